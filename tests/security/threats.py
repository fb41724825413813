"""docs/threats.md says where each threat is met and what tries it; what it names is there, and none of ours is left out."""

import re
from pathlib import Path

from matinee.topology import REPOSITORY

MODEL = (REPOSITORY / "docs" / "threats.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in MODEL.splitlines() if re.match(r"\| [STRIDE] \|", line)]
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)` `(test_\w+)`", MODEL))


def test_every_threat_has_a_place_and_a_test() -> None:
    """A row without a file that meets it, or without something that tries it, is a wish."""
    assert len(ROWS) > 30
    for kind, threat, met_in, tried_by, _ in ROWS:
        assert re.search(r"`(src|web)/", met_in), (kind, threat)
        assert re.search(r"`tests/[\w/]+\.py` `test_\w+`", tried_by), (kind, threat)
    assert {row[0] for row in ROWS} == set("STRIDE")


def test_every_test_that_the_model_names_exists() -> None:
    """Who doubts that a threat is met reads how it is tried."""
    missing = [f"{file}::{name}" for file, name in NAMED if not re.search(rf"def {name}\(", (REPOSITORY / file).read_text())]
    assert missing == []


def test_none_of_these_tests_is_without_its_threat() -> None:
    """Each file of attacks stands in the table: else nobody would know what it guards."""
    ours = {f"tests/security/{file.name}" for file in Path(__file__).parent.glob("*.py") if "def test_" in file.read_text()}
    assert ours - {"tests/security/threats.py"} <= {file for file, _ in NAMED}


def test_what_is_open_is_said() -> None:
    """A model without holes is one that nobody looked at."""
    assert sum(bool(row[-1]) for row in ROWS) > 15
    for word in ("TLS", "at rest", "0600", "ten minutes", "sign up before you open it"):
        assert word in MODEL, word
