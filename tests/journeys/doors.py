"""What an account's people look after in the browser: PINs, their address, their password, where they are at home."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.keys import NEW, security, sign_in, sign_out
from journeys.watching import PASSWORD, PLAYING_WITHIN_MS, come_in, press_play, say_who
from letterbox import letter_to, link_in
from running import House

pytestmark = pytest.mark.xdist_group("house")


def test_a_pin_guards_a_profile_and_what_is_above_its_limit(page: Page, house: House) -> None:
    """Set with the password; from then on the profile asks for it, and so does a film above its limit before one play of it."""
    come_in(page, house, "pins@example.org")
    page.goto(f"{house.address}/who?manage")
    page.get_by_role("button", name="Change Pins").click()
    page.get_by_label("May watch").select_option("12")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Change Pins").click()
    page.get_by_label("PIN, 4 to 6 digits").fill("2468")
    page.get_by_label("The account’s password").fill(PASSWORD)
    page.get_by_label("Ask for the PIN above the limit").check()
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_text("The PIN is set.")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, house, "pins@example.org")
    page.get_by_role("heading", name="Who’s watching?").wait_for()
    say_who(page)
    page.get_by_role("heading", name="Hello, Pins").wait_for()
    for pin in ("1357", "2468"):
        expect(page.get_by_label("PIN, 4 to 6 digits")).to_be_focused()
        page.keyboard.type(pin)
        page.keyboard.press("Enter")
        if pin == "1357":
            expect(page.get_by_role("alert")).to_contain_text("PIN")
            expect(page.get_by_label("PIN, 4 to 6 digits")).to_have_value("")
    page.wait_for_url(f"{house.address}/")
    link = page.get_by_role("link", name=re.compile("Clock")).first
    link.wait_for(timeout=PLAYING_WITHIN_MS)
    link.click()
    page.get_by_role("button", name=re.compile("^Play")).first.click()
    page.get_by_role("heading", name="Above your limit").wait_for()
    expect(page.get_by_label("PIN, 4 to 6 digits")).to_be_focused()
    page.keyboard.type("2468")
    page.get_by_role("button", name="Play it once").click()
    page.wait_for_function("() => (document.querySelector('video')?.currentTime ?? 0) > 0.5", timeout=PLAYING_WITHIN_MS)
    page.goto(house.address)
    press_play(page, "Big Buck Bunny", "dash")


def test_an_address_is_proved_changed_and_the_old_one_told(page: Page, house: House) -> None:
    """The first letter's link proves it; a new address counts when its own letter was followed, and the old one hears of it."""
    come_in(page, house, "first-address@example.org")
    security(page, house)
    expect(page.get_by_text("Not verified yet")).to_be_visible()
    page.goto(link_in(letter_to(house, "first-address@example.org", "confirm_address"), "/verify"))
    page.get_by_role("heading", name="That is you").wait_for()
    security(page, house)
    expect(page.get_by_text("Verified", exact=True)).to_be_visible()
    page.get_by_role("button", name="Change the address").click()
    page.get_by_label("The new address").fill("second-address@example.org")
    page.get_by_role("button", name="Write to it").click()
    expect(page.get_by_role("status").filter(has_text="on its way to second-address@example.org")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("first-address@example.org", exact=True)).to_be_visible()
    page.goto(link_in(letter_to(house, "second-address@example.org", "confirm_address"), "/verify"))
    page.get_by_text("second-address@example.org is yours, we know now.").wait_for()
    security(page, house)
    expect(page.get_by_role("main").get_by_text("second-address@example.org", exact=True)).to_be_visible()
    assert letter_to(house, "second-address@example.org", "address_taken")
    left = letter_to(house, "first-address@example.org", "address_left")["text"]
    assert "This address was taken off your account" in left and "second-address" not in left


def test_a_password_is_changed_and_the_old_one_opens_nothing(page: Page, chromium: Browser, house: House) -> None:
    """It is asked for once more; other browsers are shown out, this one stays."""
    come_in(page, house, "new-password@example.org")
    other = chromium.new_context().new_page()
    come_in(other, house, "new-password@example.org")
    security(page, house)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_label("The one you have").fill("not this one")
    page.get_by_label("The new one").fill(NEW)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not match. Check your password")
    page.get_by_label("The one you have").fill(PASSWORD)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("That is your password now.")).to_be_visible()
    other.goto(f"{house.address}/account/security")
    other.get_by_role("heading", name="Welcome back").wait_for()
    other.context.close()
    sign_out(page)
    sign_in(page, house, "new-password@example.org")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, house, "new-password@example.org", NEW)
    say_who(page)
    page.wait_for_url(f"{house.address}/")


def test_who_signs_up_is_asked_where_they_are_at_home(chromium: Browser, house: House) -> None:
    """Where their clock says they are is chosen already; ages go by that country's names from the first page on."""
    page = chromium.new_context(timezone_id="Europe/Berlin", locale="en-US").new_page()
    page.goto(f"{house.address}/sign-up")
    expect(page.get_by_label("At home in")).to_have_value("DE")
    page.get_by_label("Email").fill("at-home-in-berlin@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Who’s watching?").wait_for()
    page.goto(f"{house.address}/who?manage")
    expect(page.get_by_label("At home in")).to_have_value("DE")
    page.context.close()
