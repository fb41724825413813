"""Tests that share something dear say so, by a group; whoever runs them in several processes heeds it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.topology import REPOSITORY

GROUPED = """
import os
from pathlib import Path
import pytest

pytestmark = pytest.mark.xdist_group("one house")

@pytest.mark.parametrize("number", range(3))
def test_it_says_where_it_ran(number):
    with Path("workers").open("a") as workers:
        print(os.environ["PYTEST_XDIST_WORKER"], file=workers)
"""


def group_of(item: pytest.Item | pytest.Module) -> str:
    """The one whose tests are all run by one worker; "" for a test that any worker may run."""
    mark = item.get_closest_marker("xdist_group")
    return mark.args[0] if mark else ""


def test_a_group_is_run_by_one_worker(tmp_path: Path) -> None:
    """A house that many tests visit is brought up once: they run in one process, whatever file they stand in."""
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = *.py")
    for file in ("one.py", "other.py"):
        (tmp_path / file).write_text(GROUPED)
    words = ["-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
    assert " ".join(words[:4]) in (REPOSITORY / "Makefile").read_text(), "`make test` runs them so"
    argv = [sys.executable, "-m", "pytest", "-p", "xdist", *words]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the others take seconds to load, in each process
    ran = subprocess.run(argv, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert "6 passed" in ran.stdout, ran.stdout + ran.stderr
    assert len(set((tmp_path / "workers").read_text().split())) == 1


SHARED = {
    "house": ("tests/", {"house", "evening"}),
    "cinema": ("tests/journeys/", {"till"}),
    "stage": ("tests/security/", {"security"}),
}
"""What whole groups visit, each its own: the tests to which its name means that, unless their file has its own, and the groups.
There are two such houses, for one worker would still be at what is seen in one when all the others had gone."""


@pytest.mark.parametrize("shared", SHARED)
def test_who_visits_what_others_visit_is_in_their_group(request: pytest.FixtureRequest, shared: str) -> None:
    """Nobody has one more house brought up, for want of a word on top of a file."""
    where, groups = SHARED[shared]
    visiting: dict[str, list[str]] = {}
    for item in request.session.items:
        named = isinstance(item, pytest.Function) and shared in item.fixturenames and not hasattr(item.module, shared)
        if named and item.nodeid.startswith(where):
            visiting.setdefault(group_of(item), []).append(item.nodeid)
    strange = {group: names for group, names in visiting.items() if group not in groups}
    assert strange == {}
