"""What all tests share: one running house with two films, and a browser to visit it."""

import functools
import gc
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, expect

from browser import open_chromium
from films import big_buck_bunny, short_film
from groups import group_of
from matinee.topology import REPOSITORY
from running import OPERATOR, House, first_rung_topology
from visiting import Visitor

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `matinee recs` does; numpy reads it when the first test needs it
# A machine that stops for a moment makes no example wrong: what must be quick says so itself.
settings.register_profile("matinee", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("matinee")
expect.set_options(timeout=20_000)  # on a busy machine a page may be late; what must be in time says so itself


# Python's own 700 are passed by every test, and all that was imported was then looked through for garbage again and again.
gc.set_threshold(5_000, 10, 10)

STANDING = pytest.StashKey[list[House]]()
WRITTEN = pytest.StashKey[frozenset[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """The roll of the engines is called, too, where the tests are run by several workers, which this file alone hears of."""
    if "engines" in config.option.markexpr:
        from engines.calling import RollCall, roll_for

        if roll := roll_for(config):
            config.pluginmanager.register(RollCall(roll))


def pytest_collection_finish() -> None:
    """The tests, and what they imported, stay to the end."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What is left at the very end is taken apart as ever."""
    gc.unfreeze()


@pytest.hookimpl(tryfirst=True)  # before any is left out for what it is marked with
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A group's tests are run one after another, in one process, too, as `make test` has it; its first one keeps its place."""
    named = (re.match(r"(tests/\S+?\.py)::(?:\w+::)*(test_\w+)", item.nodeid) for item in items)
    config.stash[WRITTEN] = frozenset((each[1], each[2]) for each in named if each)
    places: dict[str, int] = {}
    for place, item in enumerate(items):
        places.setdefault(group_of(item) or item.nodeid, place)
    items.sort(key=lambda item: places[group_of(item) or item.nodeid])


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A house whose group has been takes no more of the machine from the tests that follow."""
    if nextitem and group_of(nextitem) != group_of(item):
        for house in item.config.stash.get(STANDING, []):
            house.down()


@pytest.fixture(scope="session")
def found(pytestconfig: pytest.Config) -> frozenset[tuple[str, str]]:
    """All tests there are, left out or not, as file and function; none where this run was told in which files to look."""
    is_whole = [Path(each).resolve() for each in pytestconfig.args] == [REPOSITORY / "tests"]
    return pytestconfig.stash[WRITTEN] if is_whole else frozenset()


@pytest.fixture(scope="session")
def standing(pytestconfig: pytest.Config) -> list[House]:
    """The houses that a whole group visits, which leave with it."""
    return pytestconfig.stash.setdefault(STANDING, [])


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory, standing: list[House]) -> Iterator[Callable[[str], House]]:
    """For each group a house showing a short film that nobody rated and Big Buck Bunny, which is for everybody; both by stream
    copy only."""

    @functools.cache
    def house_of(_group: str) -> House:
        folder = tmp_path_factory.mktemp("house")
        library = folder / "films"
        short_film(library, "Clock")
        big_buck_bunny(library)
        topology = first_rung_topology(folder)
        house = House(folder / "state", flags=("--library", str(library), "--topology", str(topology)))
        house.up()
        standing.append(house)
        Visitor(house).sign_up(OPERATOR)
        return house

    yield house_of
    for house in standing:
        house.down()


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, houses: Callable[[str], House]) -> House:
    """The house of the group to which this file, or the first of its tests that comes in, belongs."""
    return houses(group_of(request.node) or "house")


@pytest.fixture(scope="module")
def opened_chromium() -> Iterator[Browser]:
    """One browser for the tests of a file: its driver keeps an event loop running, in which no asynchronous test can be run."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def chromium(opened_chromium: Browser) -> Iterator[Browser]:
    """A browser that knows nothing of the tests before."""
    yield opened_chromium
    for context in opened_chromium.contexts:
        context.close()


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page in a browser that knows nothing yet."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()
