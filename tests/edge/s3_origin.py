"""A box that reads from a real S3: what it asks, what it does while S3 is away, and what it never tells."""

import json
import secrets
import shutil
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from obstore.exceptions import PermissionDeniedError
from obstore.store import S3Store

from edge.s3 import BUCKET, S3, Relay, on_s3
from edge.stage import KEYS, StagedBox, put, serving, token, wait_until
from infra.keys import S3_READER, S3_WRITER, s3_keys, s3_keys_file
from infra.place import DEFAULT_DATA

pytestmark = pytest.mark.engines

SEGMENTS = {"ed1/init.mp4": 700, "ed1/v/1.m4s": 3_000_000, "ed1/v/2.m4s": 90_000, "ed2/v/1.m4s": 80_000}


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Each file with bytes of its own, and one picture."""
    for name, size_bytes in SEGMENTS.items():
        put(tmp_path / "blobs" / "films" / name, secrets.token_bytes(size_bytes))
    put(tmp_path / "blobs" / "art" / "art1" / "card.webp", b"picture")
    return tmp_path / "blobs"


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay()
    made.begin()
    yield made
    made.cut()


@pytest.fixture
def box(films: Path, relay: Relay, tmp_path: Path) -> Iterator[StagedBox]:
    """Reads through the relay, with a reader's key that the test may spoil."""
    reader = tmp_path / "reader"
    shutil.copyfile(s3_keys_file(DEFAULT_DATA, S3_READER), reader)
    reader.chmod(0o600)
    staged = StagedBox(tmp_path / "box", films, s3=on_s3(films, relay.port, reader))
    yield serving(staged)
    staged.stop()


def segment(name: str) -> str:
    edition, _, file = name.partition("/")
    return token(edition) + file


def test_every_file_and_every_part_is_what_the_folder_holds(box: StagedBox):
    """A film read from S3 is byte for byte the one that was published, the second time too, when S3 is not asked."""
    for name in SEGMENTS:
        there = (box.films / "films" / name).read_bytes()
        assert box.ask(segment(name)).body == there
        for first, last in ((0, 0), (1, 500), (len(there) - 7, len(there) - 1)):
            assert box.ask(segment(name), headers=f"Range: bytes={first}-{last}\r\n").body == there[first : last + 1]


def test_what_was_read_is_not_read_again(box: StagedBox, relay: Relay):
    """S3 gives each segment once, however often it is watched; a picture too, and to HEAD it tells its size."""
    for _ in range(3):
        assert box.ask(segment("ed1/v/1.m4s")).status == 200
        assert box.line("art.sock").ask("/art/art1/card.webp").body == b"picture"
        assert box.line("art.sock").ask("/art/art1/card.webp", "HEAD").headers["content-length"] == "7"
    assert (relay.times("/v/1.m4s"), relay.times("/card.webp"), relay.times("/ed1/.whole")) == (1, 1, 1)


def test_ten_viewers_of_a_new_segment_ask_s3_once(box: StagedBox, relay: Relay):
    """However many press Play at once, S3 is asked for each segment once, and all of them see it whole."""
    there = (box.films / "films" / "ed1" / "v" / "1.m4s").read_bytes()
    with ThreadPoolExecutor(10) as viewers:
        addresses = [token(view=f"viewer-{number}") + "v/1.m4s" for number in range(10)]
        assert [answer.body == there for answer in viewers.map(box.ask, addresses)] == [True] * 10
    assert relay.times("/v/1.m4s") == 1


def test_a_film_is_not_there_before_it_is_whole(box: StagedBox, relay: Relay, films: Path):
    """A film nobody published, one that is half written, and the store's own notes are all the same to a viewer: not there."""
    prefix, attempt = box.s3.place.rpartition("/")[2] if box.s3 else "", "0" * 32
    store = s3_store(S3_WRITER)
    obstore.put(store, f"{prefix}/films/half/{attempt}/v/1.m4s", b"half")
    for name in ("none/v/1.m4s", "half/v/1.m4s", "ed1/.whole", "ed1/.names", "ed1/v/3.m4s"):
        assert box.ask(segment(name)).status == 404, name
    obstore.put(store, f"{prefix}/films/half/.whole", attempt.encode())
    wait_until(lambda: box.ask(segment("half/v/1.m4s")).body == b"half", 3)
    obstore.put(store, f"{prefix}/films/odd/.whole", b"/../../films/ed1")
    assert box.ask(segment("odd/v/1.m4s")).status == 502


def test_while_s3_is_away_what_was_read_plays(box: StagedBox, relay: Relay):
    """S3 goes: what the box holds plays on, the rest fails at once and says so in the log; S3 comes back: all of it plays."""
    assert box.ask(segment("ed1/v/1.m4s")).status == 200
    relay.cut()
    asked_s = time.monotonic()
    assert box.ask(segment("ed1/v/1.m4s")).status == 200
    assert [box.ask(segment(name)).status for name in ("ed1/v/2.m4s", "ed2/v/1.m4s")] == [502, 502]
    assert time.monotonic() - asked_s < 1
    assert box.said.read_text().count("S3 does not answer: see whether it runs") == 1
    relay.begin()
    assert [box.ask(segment(name)).status for name in ("ed1/v/2.m4s", "ed2/v/1.m4s")] == [200, 200]


def test_s3_that_hangs_holds_up_nobody_else(box: StagedBox, relay: Relay):
    """S3 takes questions and is silent: who waits for a new segment is told within seconds, all others are served meanwhile."""
    box.line().ask(segment("ed1/v/1.m4s"))
    relay.mute = True
    asked_s = time.monotonic()
    with ThreadPoolExecutor(20) as viewers:
        new = [token("ed1", view=f"viewer-{number}") + f"v/{number}.m4s" for number in range(10, 20)]
        waiting = [viewers.submit(waited, box, address) for address in [*new, segment("ed2/v/1.m4s")]]
        for _ in range(20):
            assert waited(box, segment("ed1/v/1.m4s"))[0] == 200
        assert time.monotonic() - asked_s < 2
        assert {each.result() for each in waiting} == {(504, True)}
    relay.cut()
    relay.mute = False
    relay.begin()
    assert box.ask(segment("ed1/v/2.m4s")).status == 200


def test_a_refused_key_is_named_in_the_log_and_mended_by_a_new_one(box: StagedBox):
    """S3 refuses the box's key: viewers get 502, the owner one line that says so; with a new key in the file all is well."""
    assert box.ask(segment("ed1/v/1.m4s")).status == 200
    box.stop()
    assert box.s3
    good = box.s3.keys.read_text()
    box.s3.keys.write_text(good.replace(s3_keys(DEFAULT_DATA, S3_READER)[1], "a-secret-of-yesterday"))
    serving(box)
    answers = [box.ask(segment(name)) for name in ("ed1/v/2.m4s", "ed2/v/1.m4s")]
    assert [answer.status for answer in answers] == [502, 502]
    assert not [answer for answer in answers if b"Code" in answer.body or b"Signature" in answer.body]
    assert box.said.read_text().count("S3 refused this box's key") == 1
    box.stop()
    box.s3.keys.write_text(good)
    serving(box)
    assert box.ask(segment("ed1/v/2.m4s")).status == 200
    assert nothing_told(box, "a-secret-of-yesterday")


def test_a_wrong_clock_is_named_in_the_log(box: StagedBox):
    """A machine whose clock is far behind gets nothing from S3, and its owner reads why."""
    box.stop()
    module = box.folder / "s3.js"
    box.start(lambda: module.write_text(module.read_text().replace("new Date()", "new Date(Date.now() - 1200000)")))
    box.hold(KEYS)
    assert box.ask(segment("ed1/v/1.m4s")).status == 502
    assert "whether this machine's clock is right" in box.said.read_text()


def test_a_clock_a_little_off_does_no_harm(box: StagedBox):
    """Ten minutes behind is no reason to stop playing."""
    box.stop()
    module = box.folder / "s3.js"
    box.start(lambda: module.write_text(module.read_text().replace("new Date()", "new Date(Date.now() - 600000)")))
    box.hold(KEYS)
    assert box.ask(segment("ed1/v/2.m4s")).status == 200


def test_the_key_of_a_box_can_only_read_and_is_told_nobody(box: StagedBox, relay: Relay):
    """What somebody finds in a box lets him change no film; and neither logs, cache nor answers hold key, signature or token."""
    held = json.loads((box.folder / "s3.json").read_text())
    assert (held["access"], held["secret"]) == s3_keys(DEFAULT_DATA, S3_READER)
    assert (box.folder / "s3.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(PermissionDeniedError):
        obstore.put(s3_store(S3_READER), "films/ed1/.whole", b"mine")
    mine = segment("ed1/v/1.m4s")
    answers = [box.ask(mine), box.ask(mine), box.ask(segment("ed1/v/9.m4s"))]
    relay.cut()
    answers.append(box.ask(segment("ed2/v/1.m4s")))
    assert [answer.status for answer in answers] == [200, 200, 404, 502]
    assert not [name for answer in answers for name in answer.headers if "amz" in name or "seaweed" in name]
    box.stop()
    assert nothing_told(box, mine.split("/")[1].rpartition(".")[2])


@pytest.mark.parametrize(("name", "status"), [("localhost", 200), ("elsewhere.example.org", 502)])
def test_over_https_a_box_shows_its_key_to_s3_only(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int
):
    """S3 over HTTPS is believed when this machine trusts its certificate and the name in it is right; nobody else is asked."""
    certificate = certificate_for(name, tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    relay = Relay(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    assert relay.tls
    relay.tls.load_cert_chain(certificate)
    relay.begin()
    box = StagedBox(tmp_path / "box", films, s3=on_s3(films, relay.port, at="https://localhost"))
    try:
        answer = serving(box).ask(segment("ed1/v/2.m4s"))
    finally:
        box.stop()
        relay.cut()
    assert (answer.status, bool(relay.asked)) == (status, status == 200)


def certificate_for(name: str, file: Path) -> Path:
    """Signed by itself, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    called, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), 1, now - timedelta(hours=1), now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def nothing_told(box: StagedBox, *more: str) -> bool:
    """Whether no file of a box but its key file holds the key, a signature or `more`."""
    words = [word.encode() for word in (*s3_keys(DEFAULT_DATA, S3_READER), "X-Amz-Signature=", *more)]
    # A copy that is still being written gets its name when it is whole, a moment after the viewer has it.
    wait_until(lambda: not [path for path in (box.folder / "cache").rglob("*") if path.suffix[1:].isdigit()])
    files = [path for path in [*box.folder.rglob("*"), box.said] if path.is_file() and path.name not in ("s3.json", "s3.js")]
    assert box.said in files and [path for path in files if "cache" in path.parts]
    return not [path for path in files if any(word in path.read_bytes() for word in words)]


def waited(box: StagedBox, address: str) -> tuple[int, bool]:
    """The status, and whether it came within the time a lock is waited for."""
    asked_s = time.monotonic()
    return box.ask(address).status, time.monotonic() - asked_s < 9


def s3_store(who: str) -> S3Store:
    access, secret = s3_keys(DEFAULT_DATA, who)
    return S3Store(
        BUCKET,
        endpoint=f"http://{S3[0]}:{S3[1]}",
        region="us-east-1",
        access_key_id=access,
        secret_access_key=secret,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
