"""Every page, at the widths of a desk and of a hand, can be used by everybody."""

import itertools
import re
from collections import deque
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from journeys.browsing import come_back, wait_for_title
from journeys.watching import come_in, press_play, stir
from matinee.topology import REPOSITORY
from running import OPERATOR, House

pytestmark = pytest.mark.xdist_group("house")

AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    ("/who", "Who’s watching?"),
    ("/films", "Films"),
    ("/series", "Series"),
    ("/genre/Animation", "Animation"),
    ("/list", "My list"),
    ("/picks", "What do you like?"),
    ("/search", "What are you in the mood for?"),
    ("/search?q=clock", "Found for “clock”"),
    ("/search?q=qqqqqqq", "Nothing found for “qqqqqqq”"),
    ("/operator", "The house"),
    ("/operator/members", "Members"),
    ("/operator/plans", "Plans"),
    ("/operator/codes", "Coupons and gifts"),
    ("/account", "Account"),
    ("/gift", "Give Matinee"),
    ("/join", "Choose your seat"),
    ("/operator/letters", "Letters"),
    ("/account/letters", "Letters"),
    ("/letters/unsubscribe#word", "No more of these letters?"),
    ("", "Clock"),
    ("/no/such/page", "Nothing plays here"),
]
WIDTHS = [(1440, 900), (390, 844)]


def assert_accessible(page: Page, what: str) -> None:
    """axe finds nothing serious, and the page does not scroll sideways."""
    found = page.evaluate(AXE.read_text() + "; axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (rule["id"], [node["target"] for node in rule["nodes"]])
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]
    assert serious == [], what
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), f"{what} scrolls sideways"


def settled(page: Page, addresses: list[tuple[str, str]]) -> Iterator[tuple[Page, str]]:
    """Each address, of which the heading is known, with nothing left to load; meanwhile the next is opened in another tab."""
    beside = page.context.new_page()
    assert page.viewport_size
    beside.set_viewport_size(page.viewport_size)
    tabs, opened = itertools.cycle((page, beside)), deque[tuple[Page, str, str]]()
    for address, heading in [*addresses, ("about:blank", "")]:
        tab = next(tabs)
        tab.goto(address, wait_until="commit")
        opened.append((tab, address, heading))
        if len(opened) == 2:
            shown, address, heading = opened.popleft()
            shown.get_by_role("heading", name=heading, level=1).wait_for()
            shown.wait_for_load_state("networkidle")
            shown.bring_to_front()
            yield shown, address
    beside.close()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_every_page(page: Page, house: House, width: int, height: int) -> None:
    """The door, who is watching, every shelf, a title, the operator's page, the player and a lost page work for all."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{house.address}/sign-in")
    page.get_by_role("button", name="Sign in").wait_for()
    assert_accessible(page, "sign in")
    come_back(page, house, OPERATOR)
    title = wait_for_title(page, "Clock")
    assert_accessible(page, "home")
    for shown, address in settled(page, [(house.address + (path or title), heading) for path, heading in PAGES]):
        assert_accessible(shown, address)
    page.goto(f"{house.address}/who?manage")
    page.get_by_role("button", name="Add a profile").click()
    page.get_by_label("Name").wait_for()
    assert_accessible(page, "a new profile")
    page.goto(house.address)
    press_play(page, "Clock", "dash")
    assert_accessible(page, "player")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_what_opens_over_a_film(page: Page, house: House, width: int, height: int) -> None:
    """Every menu of the player, its card of keys and its notices, open, work for all and fit the screen."""
    page.set_viewport_size({"width": width, "height": height})
    come_in(page, house, f"over-the-film-{width}@example.org")
    press_play(page, "Clock", "dash")
    page.evaluate("() => document.querySelector('video').pause()")
    closed = page.get_by_role("group", name="Player").get_by_role("button", expanded=False)
    stir(page)
    expect(closed).to_have_count(2)  # quality and speed
    for menu in closed.all():
        stir(page)
        menu.click()
        panel = page.get_by_role("menu")
        panel.wait_for()
        box = panel.bounding_box()
        assert box
        assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= width, "a menu leaves the screen"
        assert_accessible(page, f"the menu {panel.get_attribute('aria-label')}")
        page.keyboard.press("Escape")
        panel.wait_for(state="hidden")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    assert_accessible(page, "the card of keys")
    page.goto(f"{house.address}/watch/gone")
    page.get_by_role("alert").wait_for()
    assert_accessible(page, "a film that is gone")


def test_a_film_can_be_found_and_played_by_keyboard_alone(page: Page, house: House) -> None:
    """From the address bar to the picture without a mouse: Tab, Enter, and the space bar to pause."""
    come_in(page, house, "keyboard@example.org")
    link = page.get_by_role("link", name=re.compile("Clock")).first
    link.wait_for(timeout=60_000)
    focused = ""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("() => document.activeElement?.getAttribute('href') ?? ''")
        if focused.startswith("/title/"):
            break
    assert focused.startswith("/title/")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/title/"))
    page.goto(page.url.replace("/title/", "/watch/"))
    page.wait_for_function("() => (document.querySelector('video')?.currentTime ?? 0) > 0.5", timeout=60_000)
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    page.keyboard.press("k")
    page.wait_for_function("() => !document.querySelector('video').paused")
