"""Coming in, in a real browser with a real (if virtual) authenticator: passkeys, codes, devices, a forgotten password."""

import asyncio
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pyotp
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from journeys.access import WIDTHS, assert_accessible
from journeys.watching import PASSWORD, come_in, say_who
from letterbox import letter_to, link_in
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.accounts import ACCOUNTS, SESSIONS
from matinee.members.devices import DEVICES
from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")
T = TypeVar("T")
NEW = "an even quieter evening"


def with_authenticator(page: Page) -> None:
    """Gives the browser what a laptop with a fingerprint reader has."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, house: House, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{house.address}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    page.get_by_role("heading", name="Welcome back").wait_for()


def security(page: Page, house: House) -> None:
    page.goto(f"{house.address}/account/security")
    page.get_by_role("heading", name="Signing in", level=1).wait_for()


def beside_the_browser(work: Coroutine[Any, Any, T]) -> T:
    """The browser's driver keeps a loop running in this thread."""
    with ThreadPoolExecutor() as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()


def test_a_passkey_is_made_and_opens_the_door(page: Page, house: House) -> None:
    """Signed in once, a member makes a passkey, signs out, and is in again with one tap and nothing typed."""
    with_authenticator(page)
    come_in(page, house, "passkey@example.org")
    security(page, house)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove Passkey 1")).to_be_visible()
    page.get_by_role("button", name="Rename Passkey 1").click()
    page.get_by_label("A name for Passkey 1").fill("This laptop")
    page.get_by_role("button", name="Keep the name").click()
    expect(page.get_by_role("button", name="Remove This laptop")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Who’s watching?").wait_for()
    say_who(page)
    security(page, house)
    expect(page.get_by_text("used today")).to_be_visible()
    page.get_by_role("button", name="Remove This laptop").click()
    expect(page.get_by_role("button", name="Remove This laptop")).to_be_hidden()


def test_codes_are_set_up_and_asked_for(page: Page, house: House) -> None:
    """The picture's secret goes into an app, its code turns codes on; from then on the password alone opens nothing."""
    come_in(page, house, "codes@example.org")
    security(page, house)
    page.get_by_role("button", name="Set up codes").click()
    picture = page.get_by_role("img", name="The secret below, for an app to scan")
    page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=picture.element_handle())  # it can be scanned
    secret = page.get_by_text(re.compile(r"^[A-Z2-7]{32}$")).inner_text()
    page.get_by_label("The code it shows now").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Ask for codes from now on").click()
    recovery = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(recovery).to_have_count(10)
    spare = recovery.first.inner_text()
    sign_out(page)
    sign_in(page, house, "codes@example.org")
    page.get_by_role("heading", name="One more step").wait_for()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("did not match")
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Who’s watching?").wait_for()


def test_another_browser_is_signed_out_from_this_one(page: Page, chromium: Browser, house: House) -> None:
    """The list names every device; one tap ends the others, and they are led to the door."""
    come_in(page, house, "two-browsers@example.org")
    other = chromium.new_context().new_page()
    come_in(other, house, "two-browsers@example.org")
    security(page, house)
    expect(page.get_by_text("This one")).to_have_count(1)
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("button", name="Sign out everywhere else")).to_be_hidden()
    other.goto(f"{house.address}/account/security")
    other.get_by_role("heading", name="Welcome back").wait_for()
    other.context.close()


def test_a_forgotten_password_is_replaced_by_letter(page: Page, house: House) -> None:
    """The page says the same to everybody; the link of the letter takes a new password, and leaves no trace in the address."""
    come_in(page, house, "forgot@example.org")
    page.context.clear_cookies()
    for email in ("nobody-at-all@example.org", "forgot@example.org"):
        page.goto(f"{house.address}/reset")
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Write to me").click()
        page.get_by_role("heading", name="Look at your letters").wait_for()
    page.goto(link_in(letter_to(house, "forgot@example.org", "reset_password"), "/reset"))
    page.get_by_label("New password").fill(NEW)
    expect(page).not_to_have_url(re.compile("#"))
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="That is your password now").wait_for()
    sign_in(page, house, "forgot@example.org", NEW)
    say_who(page)
    page.wait_for_url(f"{house.address}/")


def test_ten_minutes_later_one_shows_again_who_one_is(page: Page, house: House) -> None:
    """Before a way in is changed the house asks once more, and goes on where one was when it knows."""
    with_authenticator(page)
    come_in(page, house, "stale-session@example.org")
    beside_the_browser(_long_ago(house.state, "stale-session@example.org"))
    security(page, house)
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    dialog.get_by_label("Your password").fill("not this one")
    dialog.get_by_role("button", name="It is me").click()
    expect(dialog.get_by_role("alert")).to_contain_text("did not match")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="It is me").click()
    expect(page.get_by_role("button", name="Remove Passkey 1")).to_be_visible()


async def _long_ago(state: Path, email: str) -> None:
    """That account's people showed long ago who they are."""
    sql = SqliteSql(state / "identity.db")
    account = sa.select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.email == email)
    mine = sa.select(SESSIONS.c.secret_digest).where(SESSIONS.c.account_id.in_(account))
    await sql.transact(lambda db: db.execute(sa.update(DEVICES).where(DEVICES.c.secret_digest.in_(mine)).values(proved_ms=1)))
    await sql.close()


def test_at_a_bare_address_the_page_says_where_passkeys_work(page: Page, house: House) -> None:
    """Browsers know no passkeys at 127.0.0.1: the page offers the same house by its name."""
    page.goto(f"http://127.0.0.1:{house.port}/sign-in")
    page.get_by_role("link", name="localhost").click()
    page.wait_for_url(f"{house.address}/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_the_pages_of_signing_in(page: Page, house: House, width: int, height: int) -> None:
    """The door's second step, the letters' pages and the page of keys work for all, at both widths."""
    page.set_viewport_size({"width": width, "height": height})
    with_authenticator(page)
    for path, heading in (("/reset", "Forgot it?"), ("/reset#x.y", "A new password"), ("/verify#x.y", "That link is used up")):
        page.goto("about:blank")
        page.goto(house.address + path)
        page.get_by_role("heading", name=heading).wait_for()
        assert_accessible(page, path)
    come_in(page, house, f"access-to-keys-{width}@example.org")
    security(page, house)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Rename Passkey 1").click()
    page.get_by_label("A name for Passkey 1").wait_for()
    for opener in ("Change the address", "Change the password", "Set up codes"):
        page.get_by_role("button", name=opener).click()
    page.get_by_label("The code it shows now").wait_for()
    assert_accessible(page, "the page of keys")


def test_a_viewer_cannot_choose_the_address_by_which_they_are_counted(house: House) -> None:
    """Headers that claim to come from elsewhere do not get anybody more tries."""
    guesser = Visitor(house)
    statuses = [
        guesser.ask(
            "/auth/sign-in",
            {"email": f"guess-{n}@example.org", "password": "a wrong guess"},
            {"x-matinee-address": f"198.51.100.{n}", "x-forwarded-for": f"198.51.100.{n}"},
        )[0]
        for n in range(30)
    ]
    assert statuses.count(401) in range(20, 30)
    assert set(statuses) == {401, 429}
