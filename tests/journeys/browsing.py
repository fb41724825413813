"""Looking for something to watch, in a real browser on the real house: who is watching, what there is, what is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from journeys.watching import PASSWORD, PLAYING_WITHIN_MS, come_in, press_play, say_who
from running import OPERATOR, House

pytestmark = pytest.mark.xdist_group("house")


def come_back(page: Page, house: House, email: str) -> None:
    """Signs in to an account that exists, and says who is watching."""
    page.goto(f"{house.address}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    say_who(page)
    page.wait_for_url(f"{house.address}/")


def wait_for_title(page: Page, name: str) -> str:
    """Until home shows it; the path of its page."""
    link = page.get_by_role("link", name=re.compile(name)).first
    link.wait_for(timeout=PLAYING_WITHIN_MS)
    return link.get_attribute("href") or ""


def test_a_film_is_found_by_a_misspelt_name_and_kept_for_later(page: Page, house: House) -> None:
    """Search forgives a slip; what is put on my list stands there after a reload, and is gone when it is taken off."""
    come_in(page, house, "browsing@example.org")
    wait_for_title(page, "Big Buck Bunny")
    page.get_by_role("searchbox").fill("big bukc buny")
    expect(page.get_by_role("heading", level=1)).to_contain_text("big bukc buny")
    assert page.url == f"{house.address}/search?q=big+bukc+buny"
    page.get_by_role("list", name="Found").get_by_role("link", name="Big Buck Bunny").click()
    expect(page.get_by_role("heading", name="Big Buck Bunny", level=1)).to_be_visible()
    expect(page.get_by_label("About this title")).to_contain_text("Animation")
    page.get_by_role("button", name="Put on my list: Big Buck Bunny").click()
    page.get_by_role("button", name="Take off my list: Big Buck Bunny").wait_for()
    page.get_by_role("link", name="My list").click()
    page.get_by_role("list", name="My list").get_by_role("link", name="Big Buck Bunny").wait_for()
    page.reload()
    page.get_by_role("list", name="My list").get_by_role("link", name="Big Buck Bunny").click()
    page.get_by_role("button", name="Take off my list: Big Buck Bunny").click()
    page.get_by_role("button", name="Put on my list: Big Buck Bunny").wait_for()
    page.get_by_role("link", name="My list").click()
    expect(page.get_by_role("heading", name="Nothing on it yet")).to_be_visible()


def test_what_nobody_has_says_so_and_leads_on(page: Page, house: House) -> None:
    """A search for what is not here ends at the genres that are, and Back leads to where it began."""
    come_in(page, house, "seeking@example.org")
    wait_for_title(page, "Clock")
    page.get_by_role("searchbox").fill("qqqqqqq")
    page.get_by_role("heading", name="Not on our shelves").wait_for()
    page.get_by_role("navigation", name="Genres").get_by_role("link", name="Animation").click()
    expect(page.get_by_role("heading", name="Animation", level=1)).to_be_visible()
    page.get_by_role("list", name="Animation").get_by_role("link", name="Big Buck Bunny").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Not on our shelves").wait_for()
    page.go_back()
    page.wait_for_url(f"{house.address}/")


def test_a_child_sees_only_what_is_for_children(page: Page, house: House) -> None:
    """A kids' profile finds the film for everybody; the unrated one is on no shelf and has no page; it manages no profiles."""
    come_in(page, house, "parent@example.org")
    unrated = wait_for_title(page, "Clock")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="Manage profiles").click()
    page.get_by_role("button", name="Add a profile").click()
    page.get_by_label("Name").fill("Mini")
    page.get_by_label("kite").check()
    page.get_by_label(re.compile("For kids")).check()
    expect(page.get_by_label("May watch")).to_have_value("7")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name=re.compile("Mini")).click()
    page.wait_for_url(f"{house.address}/")
    wait_for_title(page, "Big Buck Bunny")
    expect(page.get_by_role("link", name=re.compile("Clock"))).to_have_count(0)
    page.get_by_role("searchbox").fill("clock")
    page.get_by_role("heading", name="Not on our shelves").wait_for()
    page.goto(house.address + unrated)
    page.get_by_role("heading", name="Not on the shelf").wait_for()
    page.goto(f"{house.address}/who?manage")
    page.get_by_role("button", name=re.compile("^Mini")).wait_for()
    expect(page.get_by_role("button", name=re.compile("Manage|Change|Add a profile"))).to_have_count(0)


def test_profiles_are_renamed_and_removed_and_the_last_one_stays(page: Page, house: House) -> None:
    """A name that is taken is refused in words; a removed profile is gone; the last one offers no way to remove it."""
    come_in(page, house, "keeper@example.org")
    page.goto(f"{house.address}/who?manage")
    for name in ("Ada", "ada"):
        page.get_by_role("button", name="Add a profile").click()
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Change Ada").click()
    page.get_by_label("Name").fill("Ada L.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Change Ada L.").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove Ada L. and its list").click()
    page.get_by_role("button", name="Add a profile").wait_for()
    expect(page.get_by_role("button", name=re.compile("^Change "))).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Change ")).click()
    page.get_by_label("Name").wait_for()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)


def test_the_operator_sees_what_is_made_and_what_serves(page: Page, house: House) -> None:
    """The operator's page shows every job, box and title; a member who finds its address is told whose it is."""
    come_back(page, house, OPERATOR)
    wait_for_title(page, "Clock")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="Look after the house").click()
    expect(page.get_by_role("heading", name="The house", level=1)).to_be_visible()
    boxes = page.get_by_role("region", name="Boxes", exact=True).last
    expect(boxes.get_by_role("row").filter(has_text="serving")).to_have_count(2, timeout=15_000)
    page.get_by_label("Finished ones too").check()
    expect(page.get_by_role("row", name=re.compile(r"Clock \(2026\)\.mp4"))).to_contain_text("done", timeout=PLAYING_WITHIN_MS)
    page.get_by_role("searchbox", name="Search the library").fill("buck")
    titles = page.get_by_role("region", name="Titles").get_by_role("row")
    expect(titles).to_have_count(2)
    expect(titles.last).to_contain_text(re.compile("Big Buck Bunny.*playable"))


def test_the_operators_page_is_the_operators(page: Page, house: House) -> None:
    """A member who finds its address is told whose page it is, and is offered no way there."""
    come_in(page, house, "nosy@example.org")
    page.goto(f"{house.address}/operator")
    page.get_by_role("heading", name="For the operator").wait_for()
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_role("link", name="Look after the house")).to_have_count(0)


def test_a_row_is_walked_by_arrow_keys_and_a_card_grows_under_the_focus(page: Page, house: House) -> None:
    """One stop per row for the Tab key; arrows rove; who lingers may play or keep without leaving the row."""
    come_in(page, house, "arrows@example.org")
    row = page.get_by_role("region", name="New", exact=True)
    for name in ("Big Buck Bunny", "Clock"):
        row.get_by_role("link", name=name).wait_for(timeout=PLAYING_WITHIN_MS)
    row.locator("[data-card]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(row.locator("[data-card]").nth(1)).to_be_focused()
    keep = row.get_by_role("button", name=re.compile("^Put on my list"))
    keep.wait_for()
    page.keyboard.press("Tab")
    expect(keep).to_be_focused()


def test_what_was_begun_waits_on_home_until_it_is_taken_out(page: Page, house: House) -> None:
    """A film left in the middle is resumed from home or from its page; taken out of Keep watching, from its page only."""
    come_in(page, house, "begun@example.org")
    press_play(page, "Big Buck Bunny", "dash")
    page.evaluate("() => { document.querySelector('video').currentTime = 300 }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 301", timeout=PLAYING_WITHIN_MS)
    page.go_back()
    page.get_by_role("button", name="Resume").wait_for()
    page.get_by_role("link", name="Home", exact=True).click()
    row = page.get_by_role("region", name="Keep watching")
    expect(row).to_contain_text("5 min left")
    row.get_by_role("button", name="Take Big Buck Bunny out of Keep watching").click()
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Big Buck Bunny").first.click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
