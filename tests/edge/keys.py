"""The signing keys on disk."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matinee.edge.keys import BadKeyFile, KeyFile

NOW_MS = 1_800_000_000_000
DAY_MS = 24 * 3600 * 1000


def opened(path: Path) -> KeyFile:
    file = KeyFile(path)
    file.open()
    return file


def turn(file: KeyFile, now_ms: int) -> None:
    file.keep(file.turned(now_ms))


def test_keys_come_back_as_they_were(tmp_path: Path):
    """After a restart films go on playing: the keys are the same."""
    file = opened(tmp_path / "secrets" / "box-keys.json")
    turn(file, NOW_MS)
    turn(file, NOW_MS + DAY_MS)
    assert len(file.ring) == 2
    assert opened(tmp_path / "secrets" / "box-keys.json").ring == file.ring


def test_only_the_owner_can_read_the_keys(tmp_path: Path):
    """No other user of the machine can read the file, nor the folder it lies in, even if it once was open to all."""
    path = tmp_path / "secrets" / "box-keys.json"
    turn(opened(path), NOW_MS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    opened(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["box-keys.json"]


def test_secrets_are_long_and_never_the_same(tmp_path: Path):
    """Two installations share no key."""
    files = [opened(tmp_path / str(number) / "keys.json") for number in range(20)]
    for file in files:
        turn(file, NOW_MS)
    made = {file.ring[0].secret for file in files}
    assert len(made) == 20
    assert min(map(len, made)) >= 43


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"{}",
        b"[1]",
        b"[{}]",
        b"\xff\xfe",
        b'[{"kid": "k1", "secret": "short", "signs_from_ms": 1}]',
        b'[{"kid": "K 1", "secret": "' + b"s" * 43 + b'", "signs_from_ms": 1}]',
        b'[{"kid": "k1", "secret": "' + b"s" * 43 + b'", "signs_from_ms": true}]',
        json.dumps([{"kid": "k1", "secret": "s" * 43, "signs_from_ms": 1}] * 2).encode(),
    ],
)
def test_a_damaged_file_is_refused_with_a_way_out(tmp_path: Path, content: bytes):
    """Damaged keys are never replaced in silence: the message names the file and says what deleting it would cost."""
    path = tmp_path / "box-keys.json"
    path.write_bytes(content)
    with pytest.raises(BadKeyFile, match=r"box-keys\.json: .*restore it from a backup, or delete it"):
        opened(path)
    assert path.read_bytes() == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_file_cut_short_is_never_half_believed(tmp_path: Path, data: st.DataObject):
    """A disk that lost the end of the file makes a clear refusal, not a ring with one key missing."""
    path = tmp_path / "whole.json"
    if not path.exists():
        file = opened(path)
        turn(file, NOW_MS)
        turn(file, NOW_MS + DAY_MS)
    whole = path.read_bytes()
    cut = tmp_path / "cut.json"
    cut.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(BadKeyFile):
        opened(cut)
