"""What all tests share: one running house with two films, and a browser to visit it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from films import short_film
from running import BIG_BUCK_BUNNY, OPERATOR, House, first_rung_topology
from visiting import Visitor

FOR_EVERYBODY = "<movie><title>Big Buck Bunny</title><year>2008</year><mpaa>G</mpaa><genre>Animation</genre></movie>"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house showing a short film that nobody rated and Big Buck Bunny, which is for everybody; both by stream copy only."""
    folder = tmp_path_factory.mktemp("house")
    library = folder / "films"
    short_film(library, "Clock")
    (library / "Big Buck Bunny (2008)").mkdir()
    (library / "Big Buck Bunny (2008)" / "Big Buck Bunny (2008).mp4").symlink_to(BIG_BUCK_BUNNY)
    (library / "Big Buck Bunny (2008)" / "Big Buck Bunny (2008).nfo").write_text(FOR_EVERYBODY)
    topology = first_rung_topology(folder)
    house = House(folder / "state", flags=("--library", str(library), "--topology", str(topology)))
    house.up()
    Visitor(house).sign_up(OPERATOR)
    yield house
    house.down()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """One browser per test: its driver keeps an event loop running, in which no asynchronous test can be run."""
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium: type `make browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page in a browser that knows nothing yet."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()
