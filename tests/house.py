"""The house, held against its own rules; tests/rules.py shows that each of them bites."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from house_rules import RULES, functions, sources

pytestmark = pytest.mark.xdist_group("rules")  # who has read all files once need not read them again

HOUSE = Path(__file__).parents[1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Callable[[Path], list[str]]) -> None:
    """Whoever opens any file finds it as short, as honestly named and as plainly written as the last."""
    assert rule(HOUSE) == []


def collected(root: Path) -> set[tuple[str, str]]:
    """Every test pytest finds in a tree, as file and function."""
    # schemathesis finds no test of ours, and takes a second to load.
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-p", "no:schemathesis"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"^(tests/\S+?\.py)::(?:\w+::)*(test_\w+)", listed, re.MULTILINE))


def written(root: Path) -> set[tuple[str, str]]:
    return {
        (path, function.name)
        for path, text in sources(root, "tests").items()
        for function in functions(text)
        if function.name.startswith("test_")
    }


def test_every_test_that_is_written_is_collected(found: frozenset[tuple[str, str]]) -> None:
    """No test is forgotten by the one who runs them: what is written is what is found, file by file."""
    assert written(HOUSE) - (found or collected(HOUSE)) == set()
    assert len(written(HOUSE)) > 100
