"""What people watch shows on the operator's page while they do, and leads from a figure to one view and what became of it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.access import WIDTHS, assert_accessible
from journeys.watching import PLAYING_WITHIN_MS, come_in, press_play
from running import OPERATOR, House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

SOON_MS = 2_000
TIMES = 5


def sign_in_as_operator(page: Page, house: House) -> None:
    come_in(page, house, OPERATOR)
    page.goto(f"{house.address}/operator/figures")
    expect(page.get_by_role("heading", name="Figures", level=1)).to_be_visible()


def assert_usable(page: Page, what: str) -> None:
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page, f"{what}, {width} wide")


def test_a_film_that_plays_is_seen_by_the_operator_within_two_seconds(page: Page, chromium: Browser, house: House) -> None:
    """Five times: Play is pressed, the film stands under what is watched right now; it is left, and is gone again."""
    sign_in_as_operator(page, house)
    now = page.get_by_role("region", name="Watched right now").last
    viewer = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
    come_in(viewer, house, "seen-by-the-operator@example.org")
    for _ in range(TIMES):
        press_play(viewer, "Clock", "dash")
        viewer.wait_for_function("() => document.querySelector('video').currentTime > 0", timeout=PLAYING_WITHIN_MS)
        expect(now.get_by_role("link", name="Clock")).to_be_visible(timeout=SOON_MS)
        viewer.goto(house.address)
        expect(now.get_by_role("link", name="Clock")).to_have_count(0, timeout=20_000)


def walk_to_the_last_view(page: Page) -> None:
    """By arrow keys along the plot, back from now, to the minute in which somebody watched last."""
    plot = page.get_by_role("slider", name=re.compile("^Views at once"))
    expect(plot).to_be_visible()
    plot.focus()

    def stands() -> bool:
        page.keyboard.press("End")
        for _ in range(10):
            if not re.search(": (0|nothing)$", plot.get_attribute("aria-valuetext") or ": nothing"):
                return True
            page.keyboard.press("ArrowLeft")
        return False

    wait_until(stands, 30, "a minute with a view in it")


def test_a_figure_leads_to_its_sessions_and_to_one_timeline_by_keys_alone(page: Page, chromium: Browser, house: House) -> None:
    """From a point of a plot, by arrows and Enter, to the sessions behind it, to what happened in one of them."""
    viewer = chromium.new_context(reduced_motion="reduce").new_page()
    come_in(viewer, house, "behind-a-figure@example.org")
    press_play(viewer, "Clock", "dash")
    viewer.goto(house.address)
    sign_in_as_operator(page, house)
    walk_to_the_last_view(page)
    page.keyboard.press("Enter")
    sessions = page.get_by_role("group", name=re.compile("^Sessions: All"))
    expect(sessions).to_be_focused()
    link = sessions.get_by_role("link", name="Clock").first
    link.focus()
    page.keyboard.press("Enter")
    moments = page.get_by_role("list", name="What happened")
    expect(moments).to_contain_text("asked")
    expect(moments).to_contain_text("began")
    assert_usable(page, "one session")
    page.get_by_role("link", name="Back to the sessions").press("Enter")
    expect(sessions).to_be_visible()
    assert_usable(page, "the figures and their sessions")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_the_figures(page: Page, house: House, width: int, height: int) -> None:
    """Live with a plot's table open, drilled down to its sessions, and over a week: axe finds nothing wrong."""
    page.set_viewport_size({"width": width, "height": height})
    come_in(page, house, OPERATOR)
    press_play(page, "Clock", "dash")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0", timeout=PLAYING_WITHIN_MS)
    page.goto(f"{house.address}/operator/figures")
    page.get_by_text("As a table").first.click(timeout=20_000)
    expect(page.get_by_role("region", name="Who comes back").first).to_contain_text("taken in", timeout=60_000)
    assert_accessible(page, "the figures")
    page.get_by_role("button", name=re.compile("^Sessions at")).first.click()
    sessions = page.get_by_role("group", name=re.compile("^Sessions: All"))
    link = sessions.get_by_role("link", name="Clock").first
    expect(link.or_(sessions.get_by_text("No session"))).to_be_visible(timeout=20_000)
    assert_accessible(page, "the sessions behind a figure")
    page.goto(f"{house.address}/operator/figures?span=week&by=box")
    expect(page.get_by_role("link", name="Week")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("region", name="Boxes").first).to_be_visible(timeout=20_000)
    assert_accessible(page, "the figures of a week")


def test_figures_are_told_to_operators_only(house: House) -> None:
    """A stranger is asked to sign in, a member is told whose they are."""
    stranger, member = Visitor(house), Visitor(house)
    member.sign_up("curious-about-figures@example.org")
    assert stranger.ask("/operator/figures/live")[0] == 401
    assert stranger.ask("/operator/figures/live", headers={"x-matinee-role": "operator", "x-matinee-account": "me"})[0] == 401
    assert member.ask("/operator/figures/live")[0] == 403
