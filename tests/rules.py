"""Each rule of the house is broken once, in a copy, to see that somebody notices."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import house_rules
from deciding import deciding_files
from house import collected, written

pytestmark = pytest.mark.xdist_group("rules")

HOUSE = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent
COPIED = ("src", "tests", "contracts", "pyproject.toml", ".importlinter", "deciding.ruff.toml", "Makefile")
LADDER = "src/matinee/studio/ladder.py"
Rule = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def sound() -> dict[Rule, list[str]]:
    """What each rule said of the copy before anything was planted: it is asked once, for `planted` leaves no trace."""
    return {}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house without its film: sources, tests and rules."""
    root = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        original = HOUSE / name
        if original.is_dir():
            shutil.copytree(original, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(original, root / name)
    (root / ".venv").symlink_to(HOUSE / ".venv")
    return root


@contextmanager
def planted(root: Path, path: str, text: str, replaces: str = "") -> Iterator[None]:
    """The text stands at the end of the file (a new one, if need be), or in the place of `replaces`, for a while."""
    file = root / path
    before = file.read_text() if file.exists() else None
    made = not file.parent.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    if replaces:
        assert before is not None and replaces in before, f"{path} has no {replaces!r} to replace"
    file.write_text(before.replace(replaces, text) if before and replaces else (before or "") + text)
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
        if made:
            file.parent.rmdir()


LONG_BODY = "\n".join(f"    x = {number}" for number in range(60))
HOUSE_FAULTS: list[tuple[Rule, str, str, str, str]] = [
    (house_rules.long_files, "src/matinee/studio/long.py", "\n" * 301, "", "301 lines"),
    (house_rules.long_files, "tests/exams/long.py", "\n" * 301, "", "301 lines"),
    (house_rules.long_functions, LADDER, f"\n\ndef endless() -> None:\n{LONG_BODY}\n", "", "ladder.py:endless: 61 lines"),
    (house_rules.long_functions, LADDER, f"\n\nasync def waits() -> None:\n{LONG_BODY}\n", "", "ladder.py:waits"),
    (house_rules.empty_names, "src/matinee/edge/utils.py", "", "", "'utils' says nothing"),
    (house_rules.empty_names, "src/matinee/edge/token_helpers.py", "", "", "'token_helpers' says nothing"),
    (house_rules.empty_names, "src/matinee/edge/common/tokens.py", "", "", "'common' says nothing"),
    (house_rules.empty_names, LADDER, "\n\nclass LadderManager: ...\n", "", "class LadderManager"),
    (house_rules.catch_alls, LADDER, "\ntry:\n    x = 1\nexcept Exception:\n    pass\n", "", "ladder.py:the module"),
    (house_rules.catch_alls, LADDER, "\ndef f():\n    try:\n        x = 1\n    except:\n        pass\n", "", "ladder.py:f"),
    (house_rules.catch_alls, LADDER, "\ntry:\n    x = 1\nexcept (KeyError, BaseException):\n    pass\n", "", "the module"),
    (house_rules.catch_alls, LADDER, "\nwith contextlib.suppress(Exception):\n    pass\n", "", "ladder.py:the module"),
    (house_rules.catch_alls, "src/matinee/up/rim.py", "except KeyError as", "except Exception as", "no longer an exception"),
    (house_rules.mocks, "tests/exams/clock.py", "\nfrom unittest.mock import patch\n", "", "patches what it tests"),
    (house_rules.mocks, "tests/exams/clock.py", "\nfrom unittest import mock\n", "", "patches what it tests"),
    (house_rules.mocks, "tests/exams/clock.py", "\nmonkeypatch.setattr(time, 'time', 1)\n", "", "patches what it tests"),
    (house_rules.orphans, "src/matinee/studio/attic.py", "X = 1\n", "", "studio/attic.py: nobody imports it"),
    (house_rules.orphans, "tests/exams/attic.py", "X = 1\n", "", "exams/attic.py: nobody imports it"),
    (
        house_rules.orphans,
        "src/matinee/wiring.py",
        '""',
        '"matinee.engines.directory_blobs:DirectoryBlobs"',
        "directory_blobs.py",
    ),
    (
        house_rules.orphans,
        "src/matinee/insight/trainer.py",
        '"-m", "elsewhere"',
        '"-m", "matinee.insight.fitting"',
        "fitting.py: nobody imports it",
    ),
    (house_rules.engines_named_elsewhere, "src/matinee/up/rim.py", "\nX = 'matinee.engines.sqlite_sql'\n", "", "names an engine"),
    (house_rules.undecided_lists, "pyproject.toml", "", '  "studio/ladder",\n', "ladder.py: listed as deciding in pyproject"),
    (
        house_rules.undecided_lists,
        "pyproject.toml",
        '  "studio/gone",\n  "studio/ladder",\n',
        '  "studio/ladder",\n',
        "not there",
    ),
    (house_rules.undecided_lists, LADDER, "\nX = PLACE.read_text()\n", "", "PLACE.read_text touches a file"),
    (house_rules.unlisted_messages, "contracts/matinee/contracts/gossip.proto", "", "", "matinee.contracts.gossip_pb2"),
    (house_rules.unchecked_files, "pyproject.toml", '"*_rpc.py"', '"src/matinee/contracts/*_rpc.py"', "local_rpc.py: no checker"),
    (house_rules.speechless_tests, "tests/exams/clock.py", "\ndef test_mute() -> None:\n    assert 1\n", "", "test_mute"),
    (house_rules.private_addresses, "src/matinee/edge/a.py", "X = '/ro" + "ot/films'\n", "", "a.py:1"),
    (house_rules.private_addresses, "web.md", "see /ho" + "me/anna/films\n", "", "web.md:1"),
    (house_rules.private_addresses, "a.lock", "--index-url https://py" + "pi.org/simple\n", "", "a.lock:1"),
    (house_rules.private_addresses, "web.json", '"reso' + 'lved": "https://registry.np' + 'mjs.org/x"\n', "", "web.json:1"),
]


@pytest.mark.parametrize(
    ("rule", "path", "text", "replaces", "told"),
    HOUSE_FAULTS,
    ids=[f"{fault[0].__name__}-{i}" for i, fault in enumerate(HOUSE_FAULTS)],
)
def test_a_house_rule_is_noticed_when_broken(
    copy: Path, sound: dict[Rule, list[str]], rule: Rule, path: str, text: str, replaces: str, told: str
) -> None:
    """A fault of each kind, put into a sound copy, is reported by its place; without it, nothing is."""
    if rule not in sound:
        sound[rule] = rule(copy)
    with planted(copy, path, text, replaces):
        faults = rule(copy)
    assert any(told in fault for fault in faults), faults
    assert not any(told in fault for fault in sound[rule])


def test_every_house_rule_is_broken_here() -> None:
    """No rule is on the list of rules without a proof that it bites."""
    assert {fault[0] for fault in HOUSE_FAULTS} == set(house_rules.RULES)


def run(root: Path, *command: str) -> tuple[int, str]:
    """A tool on the copy: how it ended, and what it said."""
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "COLUMNS": "500"}
    line = [str(TOOLS / command[0]), *command[1:]]
    done = subprocess.run(line, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def lint_imports(root: Path) -> tuple[int, str]:
    code, said = run(root, "lint-imports", "--config", ".importlinter", "--no-cache")
    return code, " ".join(said.split())


FLOORS, ENGINES, DECIDING = "Each floor of the house", "Only the table names an engine", "Files that decide know"
MESSAGES, PROTOBUF, CIRCLES = "Only front files and the generated", "Nobody but generated code", "No circles, at any depth"
IMPORT_FAULTS = [
    (FLOORS, "src/matinee/library/titles.py", "import matinee.studio.ladder\n"),
    (FLOORS, "src/matinee/ports/sql.py", "import matinee.contracts.ids\n"),
    (FLOORS, "src/matinee/contracts/ids.py", "import matinee.edge.tokens\n"),
    (FLOORS, "src/matinee/engines/system_clock.py", "import matinee.edge.tokens\n"),
    (FLOORS, "src/matinee/edge/agent.py", "import matinee.topology\n"),
    (FLOORS, "src/matinee/wiring.py", "import matinee.up.plan\n"),
    (FLOORS, "src/matinee/annexe/__init__.py", "X = 1\n"),
    (ENGINES, "src/matinee/up/rim.py", "import matinee.engines.system_clock\n"),
    (ENGINES, "src/matinee/screen/door.py", "import matinee.engines.system_clock\n"),
    (DECIDING, LADDER, "import time\n"),
    (DECIDING, LADDER, "from os import environ\n"),
    (DECIDING, LADDER, "import matinee.ports.clock\n"),
    (DECIDING, LADDER, "import matinee.studio.tools\n"),
    (MESSAGES, "src/matinee/library/titles.py", "import matinee.contracts.catalog_pb2\n"),
    (MESSAGES, "src/matinee/up/rim.py", "from matinee.contracts import events_pb2\n"),
    (PROTOBUF, "src/matinee/studio/pipeline.py", "import google.protobuf.message\n"),
    (CIRCLES, "src/matinee/edge/rotation.py", "import matinee.edge.keys\n"),
]


def test_a_sound_copy_passes_the_import_contracts(copy: Path) -> None:
    """The rules about imports hold in the house as it stands, all six of them."""
    code, said = lint_imports(copy)
    assert (code, re.findall(r"Contracts: (\d+) kept, (\d+) broken", said)) == (0, [("6", "0")]), said


@pytest.mark.parametrize(("contract", "path", "text"), IMPORT_FAULTS)
def test_a_forbidden_import_is_noticed(copy: Path, contract: str, path: str, text: str) -> None:
    """Whoever reaches into a room that is not theirs is told which rule they broke."""
    with planted(copy, path, f"\n{text}"):
        code, said = lint_imports(copy)
    assert code != 0
    assert re.search(rf"{contract}[^.]*? BROKEN", said), said


def deciding_lint(root: Path) -> tuple[int, str]:
    return run(root, "ruff", "check", "--no-cache", "--config", "deciding.ruff.toml", *deciding_files(root))


DECIDING_FAULTS = [
    ("import time\nX = time.time()\n", "TID251"),
    ("from datetime import datetime, UTC\nX = datetime.now(UTC)\n", "datetime.datetime.now"),
    ("from datetime import datetime\nX = datetime.utcnow()\n", "TID251"),
    ("from datetime import date\nX = date.today()\n", "TID251"),
    ("from uuid import uuid4\n", "TID251"),
    ("import uuid\nX = uuid.uuid1()\n", "TID251"),
    ("import secrets\n", "TID251"),
    ("from random import random\n", "TID251"),
    ("import os.path\n", "TID251"),
    ("from pathlib import Path\nX = Path('film').read_text()\n", "TID251"),
    ("with open('film') as X:\n    pass\n", "PTH123"),
    ("print('hello')\n", "T201"),
]


@pytest.mark.parametrize(("text", "told"), DECIDING_FAULTS)
def test_a_deciding_file_that_looks_out_of_the_window_is_noticed(copy: Path, text: str, told: str) -> None:
    """The clock, the dice and the disk are refused in every file that decides."""
    with planted(copy, LADDER, f"\n{text}"):
        code, said = deciding_lint(copy)
    assert code != 0
    assert told in said
    assert deciding_lint(copy)[0] == 0


RUFF_FAULTS = [
    ("import json\n", "F401"),
    ("X = undefined_name\n", "F821"),
    ("def f(x=[]):\n    return x\n", "B006"),
    ("try:\n    X = 1\nexcept Exception:\n    X = 2\n", "BLE001"),
    ("import datetime\nX = datetime.datetime.now()\n", "DTZ005"),
    ("import subprocess\nsubprocess.run('ls', shell=True)\n", "S602"),
    ("import asyncio, time\nasync def f():\n    time.sleep(1)\n", "ASYNC251"),
    ("X = open('film')\n", "PTH123"),
    ("print('hello')\n", "T201"),
]


def test_ruff_notices_what_it_was_chosen_for(copy: Path) -> None:
    """Every family of checks we chose finds a fault of its kind, and finds none in the file as it was."""
    assert run(copy, "ruff", "check", "--no-cache", LADDER)[0] == 0
    for text, told in RUFF_FAULTS:
        with planted(copy, LADDER, f"\n{text}"):
            code, said = run(copy, "ruff", "check", "--no-cache", LADDER)
        assert code != 0, told
        assert told in said


TYPE_FAULTS = """
from collections.abc import Sequence

def untyped(rung):
    return rung

def first(rungs: Sequence[int]) -> int:
    return rungs[0] if rungs else None

height_px: int = "1080"
X = (None if len("a") else "a").upper()

def unhandled(answer: int | str) -> int:
    match answer:
        case int():
            return answer
"""


def test_basedpyright_is_strict(copy: Path) -> None:
    """A value of unknown or of wrong type is found before any film is, and a sound file is passed."""
    with planted(copy, "src/matinee/studio/loose.py", TYPE_FAULTS):
        code, said = run(copy, "basedpyright", LADDER, "src/matinee/studio/loose.py")
    assert code == 1
    told = set(re.findall(r"loose\.py:\d+:\d+ - error:.*?\((report\w+)\)", re.sub(r"\n\s{4,}", " ", said)))
    expected = {"reportMissingParameterType", "reportReturnType", "reportAssignmentType", "reportOptionalMemberAccess"}
    assert expected | {"reportMatchNotExhaustive"} <= told, said
    assert "ladder.py" not in said


def test_a_test_nobody_collects_is_noticed(tmp_path: Path) -> None:
    """If pytest were told to look for other names, the count would not come out."""
    (tmp_path / "tests").mkdir()
    shutil.copy(HOUSE / "tests/exams/clock.py", tmp_path / "tests/clock.py")
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    assert len(written(tmp_path)) >= 8
    assert written(tmp_path) == collected(tmp_path)
    with planted(tmp_path, "pyproject.toml", 'python_files = ["test_*.py"]', 'python_files = ["tests/*.py"]'):
        assert collected(tmp_path) == set()
