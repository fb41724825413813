"""A member's money, from the first plan to the last payment, in a real browser on a house with a till of its own."""

import re
import sqlite3
import time
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from journeys.access import assert_accessible
from journeys.watching import PASSWORD, press_play, say_who
from postbox import Postbox
from running import House, wait_until

pytestmark = pytest.mark.xdist_group("till")

MEMBER = "asha@example.org"
DAY_MS = 24 * 3600 * 1000
SOON_S = 60


def let_pass(house: House, days: int) -> None:
    """So many days go by for the cashier: every moment that it wrote down is that much longer ago."""
    with closing(sqlite3.connect(house.state / "cashier.db", timeout=10)) as db, db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            moments = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1].endswith("_ms")]
            for moment in moments:
                db.execute(f"UPDATE {table} SET {moment} = {moment} - ? WHERE {moment} > 0", (days * DAY_MS,))


def amounts_in(text: str) -> list[str]:
    return re.findall(r"€[\d,]+\.\d\d", text)


def choose_card(page: Page, name: str) -> None:
    """Takes one of the till's test cards."""
    page.get_by_role("heading", name="Choose a card").wait_for()
    page.get_by_role("button").filter(has=page.get_by_text(name, exact=True)).click()


def comes_to_say(page: Page, address: str, where: Locator, words: str) -> None:
    """Opens the page until it says so: the cashier looks every second at what is due."""
    until_s = time.monotonic() + SOON_S
    while True:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if where.get_by_text(words).is_visible():
            return
        assert time.monotonic() < until_s, f"{address} did not come to say: {words}"


def account(page: Page, house: House) -> Locator:
    """The account page, once it knows how the membership stands."""
    page.goto(f"{house.address}/account")
    page.get_by_role("heading", name="Plan", exact=True).wait_for()
    return page.get_by_role("main")


def press_play_again(page: Page, house: House) -> None:
    page.goto(house.address)
    press_play(page, "Clock", "dash")


def come_to(page: Page, house: House, plan: str, email: str) -> None:
    """A stranger chooses a plan and makes an account; what it costs is shown next."""
    page.goto(f"{house.address}/join")
    page.get_by_role("radio", name=re.compile(plan)).check(force=True)
    page.get_by_role("button", name=re.compile("Go on with")).click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("region", name="What it costs").wait_for()


def assert_written(postbox: Postbox, reader: str, letters: list[tuple[str, str]]) -> None:
    """Exactly these letters came, each once: by its kind, and what its subject says."""
    wait_until(lambda: len(postbox.to(reader)) >= len(letters), SOON_S, f"{len(letters)} letters to {reader}")
    came = sorted(postbox.to(reader))
    assert [kind for kind, _ in came] == sorted(kind for kind, _ in letters)
    assert [words for (_, subject), (_, words) in zip(came, sorted(letters), strict=True) if words not in subject] == []


def join(page: Page, house: House) -> None:
    """Chooses the smallest plan, makes an account, and pays with a card that will be declined later."""
    page.goto(f"{house.address}/sign-up")
    page.get_by_role("heading", name="Choose your seat").wait_for()
    assert_accessible(page, "the plans")
    page.get_by_role("radio", name=re.compile("Small")).check(force=True)
    page.get_by_role("button", name=re.compile("Go on with")).click()
    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.get_by_role("link", name="Plan").click()
    expect(page.get_by_role("radio", name=re.compile("Small"))).to_be_checked()
    page.get_by_role("button", name=re.compile("Go on with")).click()
    page.get_by_label("Email").fill(MEMBER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    quote = page.get_by_role("region", name="What it costs")
    expect(quote).to_contain_text("Today €4.99, then €4.99 a month")
    assert_accessible(page, "payment")
    page.get_by_role("button", name="Go to payment").click()
    choose_card(page, "Works now, declined later")
    page.get_by_text("€4.99 was charged.").wait_for()
    assert_accessible(page, "the end of joining")
    page.get_by_role("link", name="Who’s watching?").click()
    page.get_by_role("heading", name="Who’s watching?").wait_for()
    say_who(page)
    page.wait_for_url(f"{house.address}/")


def upgrade(page: Page, house: House) -> str:
    """Takes a dearer plan: what was shown before is what the invoice says after."""
    account(page, house).get_by_role("link", name="Change plan").click()
    page.get_by_role("radio", name=re.compile("Standard")).check(force=True)
    quote = page.get_by_role("region", name="What it costs")
    expect(quote).to_contain_text("then €9.99 a month")
    shown = amounts_in(quote.get_by_role("status").inner_text())[0]
    assert_accessible(page, "another plan")
    page.get_by_role("button", name=re.compile("Change to")).click()
    newest = page.get_by_role("region", name="Your invoices").get_by_role("row").nth(1)
    expect(newest).to_contain_text(shown)
    with page.expect_download() as saved:
        newest.get_by_role("link", name=re.compile("PDF")).click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    return shown


def fail_and_mend(page: Page, house: House) -> None:
    """A month later the card says no: a banner, a week's grace, Play refused; another card, and the film goes on."""
    let_pass(house, days=31)
    banner = page.get_by_role("complementary", name="About your membership")
    comes_to_say(page, house.address, banner, "Your last payment did not go through. You can watch on until")
    assert_accessible(page, "home with a banner")
    press_play_again(page, house)
    watching = page.url
    let_pass(house, days=8)
    comes_to_say(page, house.address, banner, "so nothing plays")
    page.goto(watching)
    no = page.get_by_role("alert")
    expect(no).to_contain_text("A payment is missing.")
    expect(no).to_contain_text("The last payment did not go through. Pay, and play on. Mend it in your account.")
    assert_accessible(page, "Play refused")
    no.get_by_role("link", name="To your account").click()
    expect(page.get_by_role("region", name="To be mended")).to_contain_text("The bank said no. Ask it why, or use another card.")
    page.get_by_role("button", name="Use another card").click()
    choose_card(page, "Works")
    expect(page.get_by_text(re.compile("Next payment: €9.99 on"))).to_be_visible(timeout=SOON_S * 1000)
    page.get_by_role("link", name="Watch it now").click()
    page.wait_for_url(watching)
    page.wait_for_function("() => (document.querySelector('video')?.currentTime ?? 0) > 0.5")


def leave_and_return(page: Page, house: House) -> None:
    """Cancels, watches until the time that was paid for is over, and comes back with one tap."""
    account(page, house).get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog", name=re.compile("Cancel"))
    expect(dialog).to_contain_text("Everything plays until")
    assert_accessible(page, "before cancelling")
    dialog.get_by_role("button", name="Cancel it").click()
    page.get_by_role("button", name="Keep my plan").wait_for()
    let_pass(house, days=31)
    banner = page.get_by_role("complementary", name="About your membership")
    comes_to_say(page, house.address, banner, "Your membership has ended")
    banner.get_by_role("link", name="Come back").click()
    page.get_by_role("button", name="Come back").click()
    expect(page.get_by_text(re.compile("Next payment: €9.99 on"))).to_be_visible(timeout=SOON_S * 1000)
    press_play_again(page, house)


def test_a_member_joins_pays_fails_mends_leaves_and_comes_back(page: Page, cinema: House, postbox: Postbox) -> None:
    """A member signs up, pays, watches and upgrades; a payment fails, Play is refused, and a new card mends it; they cancel,
    their time runs out, and they come back. Of each of these they are written once."""
    join(page, cinema)
    press_play(page, "Clock", "dash")
    difference = upgrade(page, cinema)
    fail_and_mend(page, cinema)
    leave_and_return(page, cinema)
    letters = [
        ("welcome", "Welcome"),
        ("confirm_address", "Is this your address?"),
        ("subscription_started", "Your membership: Matinee Small"),
        ("subscription_started", "Your membership: Matinee Standard"),
        ("payment_made", "Paid: €4.99, invoice"),
        ("payment_made", f"Paid: {difference}, invoice"),
        ("payment_made", "Paid: €9.99, invoice"),
        ("payment_made", "Paid: €9.99, invoice"),
        ("plan_changed", "Matinee Standard"),
        ("payment_failed", "Your payment of €9.99 did not go through"),
        ("payment_failed", "Your payment of €9.99 did not go through"),
        ("subscription_cancelled", "You cancelled; you can watch until"),
        ("subscription_ended", "Your membership has ended"),
    ]
    assert_written(postbox, MEMBER, letters)
    failed = postbox.text(MEMBER, "payment_failed")
    assert failed.count("Your bank said no.") == 2
    assert [failed.count(words) for words in ("We try again on", "We do not try again by ourselves.", "you watch on")] == [
        1,
        1,
        1,
    ]


def test_a_bank_that_asks_is_answered_when_joining_and_when_a_month_is_renewed(
    page: Page, cinema: House, postbox: Postbox
) -> None:
    """Who has to confirm each payment (3-D Secure) does so at their bank when they join; a renewal waits for them, tells them,
    and is mended by a tap and another yes."""
    come_to(page, cinema, "Small", "cleo@example.org")
    page.get_by_role("button", name="Go to payment").click()
    choose_card(page, "Asks every time")
    expect(page.get_by_role("main")).to_contain_text("asks before it lets this house keep the card")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Confirm the payment").click()
    expect(page.get_by_role("main")).to_contain_text("asks before it pays 4.99 EUR")
    page.get_by_role("button", name="Refuse").click()
    page.get_by_text("It was not confirmed at the bank.").wait_for()
    assert_accessible(page, "not paid yet")
    page.get_by_role("button", name="Pay again").click()
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("€4.99 was charged.").wait_for()

    let_pass(cinema, days=31)
    mending = page.get_by_role("region", name="To be mended")
    comes_to_say(page, f"{cinema.address}/account", page.get_by_role("main"), "The bank wants you to confirm it.")
    mending.get_by_role("button", name="Pay €4.99 now").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text(re.compile("Next payment: €4.99 on"))).to_be_visible(timeout=SOON_S * 1000)
    expect(mending).to_have_count(0)
    letters = [
        ("welcome", "Welcome"),
        ("confirm_address", "Is this your address?"),
        ("subscription_started", "Your membership: Matinee Small"),
        ("payment_made", "Paid: €4.99, invoice"),
        ("payment_made", "Paid: €4.99, invoice"),
        ("payment_failed", "Your payment of €4.99 did not go through"),
    ]
    assert_written(postbox, "cleo@example.org", letters)
    assert "Your bank wants to hear from you" in postbox.text("cleo@example.org", "payment_failed")
