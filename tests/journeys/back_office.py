"""The operator's side of money, in a real browser: prices, coupons, refunds; and what becomes of them on a member's page."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.access import assert_accessible
from journeys.browsing import come_back
from journeys.money import account, assert_written, choose_card
from journeys.watching import PASSWORD
from postbox import Postbox
from running import OPERATOR, House

pytestmark = pytest.mark.xdist_group("till")


def test_an_operator_sets_a_price_gives_a_coupon_and_gives_money_back(
    page: Page, chromium: Browser, cinema: House, postbox: Postbox
) -> None:
    """What the operator changes is what the next visitor sees and pays; a refund needs a reason, and is found on the invoice."""
    come_back(page, cinema, OPERATOR)
    page.goto(f"{cinema.address}/operator/plans")
    page.get_by_role("button", name=re.compile("Edit .*Large")).click()
    page.get_by_label("Price in EUR").fill("16,00")
    assert_accessible(page, "a plan's form")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=re.compile("Large"))).to_contain_text("€16.00")
    page.goto(f"{cinema.address}/operator/codes")
    page.get_by_role("button", name="Make a coupon").click()
    page.get_by_label("Code").fill("SPRING")
    page.get_by_label("Takes off").fill("50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=re.compile("SPRING"))).to_contain_text("50 % off, once")

    visitor = chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    join_with_a_code(visitor, cinema)

    page.goto(f"{cinema.address}/operator/members?q=bert")
    page.get_by_role("link", name="bert@example.org").click()
    give_back_in_parts(page)
    assert_accessible(page, "a member")
    account(visitor, cinema)
    expect(visitor.get_by_role("region", name="Your invoices")).to_contain_text("€8.00 given back")
    letters = [
        ("welcome", "Welcome"),
        ("confirm_address", "Is this your address?"),
        ("subscription_started", "Your membership: Matinee Large"),
        ("payment_made", "Paid: €8.00, invoice"),
        ("refunded", "Money back: €3.00"),
        ("refunded", "Money back: €5.00"),
    ]
    assert_written(postbox, "bert@example.org", letters)


def give_back_in_parts(page: Page) -> None:
    """A refund needs a reason; the second takes the rest, and then there is nothing left to give back."""
    page.get_by_role("button", name=re.compile("Refund 20")).click()
    page.get_by_role("button", name="Give back €8.00").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    page.get_by_label("How much").fill("3.00")
    page.get_by_label("Reason").fill("The projector failed")
    page.get_by_role("button", name="Give back €3.00").click()
    expect(page.get_by_role("region", name="List of acts")).to_contain_text("The projector failed")
    page.get_by_role("button", name=re.compile("Refund 20")).click()
    page.get_by_label("Reason").fill("It failed again")
    page.get_by_role("button", name="Give back €5.00").click()
    expect(page.get_by_role("region", name="List of acts")).to_contain_text("It failed again")
    expect(page.get_by_role("button", name=re.compile("Refund 20"))).to_have_count(0)


def join_with_a_code(page: Page, house: House) -> None:
    """On a phone: a code that does not fit is refused beside its field, one that does halves the price."""
    page.goto(f"{house.address}/join")
    page.get_by_role("radio", name=re.compile("Large")).check(force=True)
    expect(page.get_by_text("€16.00")).to_be_visible()
    page.get_by_role("button", name="I have a code").click()
    page.get_by_label("Your code").fill("WINTER")
    page.get_by_role("button", name=re.compile("Go on with")).click()
    page.get_by_label("Email").fill("bert@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Your code")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page, "a code that does not fit")
    page.get_by_label("Your code").fill("SPRING")
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("region", name="What it costs")).to_contain_text("Today €8.00, then €16.00 a month")
    page.get_by_role("button", name="Go to payment").click()
    choose_card(page, "Works")
    page.get_by_text("€8.00 was charged.").wait_for()
