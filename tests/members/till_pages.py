"""What people see of the till: a page to choose a test card on, and one where a bank asks."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import stripe

from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.paying import Charge, Page
from matinee.members.payments import till_secrets
from matinee.members.stripe_payments import OverHttpx, StripePayments
from matinee.members.till.cards import CARDS
from matinee.members.till.till import Till, TillSettings
from members.providers import PRICE

HOUSE = "http://localhost:8080"
BACK_TO = f"{HOUSE}/join/done?page={{CHECKOUT_SESSION_ID}}"


class Visit:
    """A browser at the pages, and the house behind them."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        (folder / "index.html").write_text('<link rel="stylesheet" crossorigin href="/assets/index-Dx7lS5tk.css">')
        settings = TillSettings(is_open=True, house=HOUSE, secrets=folder / "secrets", web=folder, doors=("none",))
        self.till = Till(sql=SqliteSql(folder / "till.db"), clock=self.clock, settings=settings)
        key, secret = till_secrets(folder / "secrets")
        app = httpx.ASGITransport(self.till.app())
        speaks = httpx.AsyncClient(transport=app)
        base, back_to = "http://till", f"{HOUSE}/account?tab=plan"
        self.payments = StripePayments(base=base, back_to=back_to, key=key, hooks=secret, clock=self.clock, speaks=speaks)
        self.sdk = stripe.StripeClient(key, base_addresses={"api": base}, http_client=OverHttpx(speaks))
        self.browser = httpx.AsyncClient(transport=app, base_url=HOUSE)
        self.customer = ""

    async def page(self) -> Page:
        self.customer = self.customer or await self.payments.customer("asha")
        await self.clock.advance(1)
        return await self.payments.open_page(self.customer, page_id=f"page-{self.clock.now_ms()}", back_to=BACK_TO)

    async def choose(self, url: str, card: str) -> str:
        """Where the browser is sent."""
        answer = await self.browser.post(url, data={"card": card})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def tell(self, url: str, said: str) -> str:
        return (await self.browser.post(url, data={"answer": said})).headers.get("location", "")

    async def left(self, card: str) -> str:
        """A card that somebody left on a page: its method."""
        page = await self.page()
        where = await self.choose(page.url, card)
        if "/confirm/" in where:
            await self.tell(where, "confirm")
        return (await self.payments.page(page.page_id)).method

    async def charge(self, method: str, *, off_session: bool) -> Charge:
        await self.clock.advance(1)
        charge_id = f"c{self.clock.now_ms()}"
        return await self.payments.charge(
            charge_id=charge_id, attempt=1, customer=self.customer, method=method, money=PRICE, off_session=off_session
        )


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    visit = Visit(tmp_path)
    await visit.till.start()
    yield visit
    await visit.till.close()


async def test_a_card_is_chosen_by_what_it_does_and_has_no_number(visit: Visit) -> None:
    """The page says that no real money is taken, offers every card as a button, and has nothing to type a number into."""
    answer = await visit.browser.get((await visit.page()).url)
    html = answer.text
    assert "This house takes no real money." in html
    assert re.findall(r'<button[^>]* value="(\w+)"', html) == list(CARDS)
    assert re.findall(r"<(input|textarea|select|script)", html) == []
    assert '<link rel="stylesheet" href="/assets/index-Dx7lS5tk.css">' in html
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith(f"form-action 'self' {HOUSE}")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_chosen_card_is_the_customers_and_the_way_leads_back(visit: Visit) -> None:
    """Whoever chose a card is sent back to the house, which finds the card and may charge it; the page is then done with."""
    page = await visit.page()
    assert await visit.choose(page.url, "works") == BACK_TO.replace("{CHECKOUT_SESSION_ID}", page.page_id)
    state = await visit.payments.page(page.page_id)
    assert state.state == "done"
    assert (await visit.payments.method(state.method)).last4 == "4242"
    assert (await visit.charge(state.method, off_session=True)).state == "paid"
    again = await visit.browser.get(page.url)
    assert again.headers["location"] == BACK_TO.replace("{CHECKOUT_SESSION_ID}", page.page_id)


async def test_two_clicks_leave_one_card(visit: Visit) -> None:
    """A double click on a card, or one on each of two, leaves the customer with one."""
    page = await visit.page()
    await asyncio.gather(*(visit.choose(page.url, card) for card in ("works", "works", "later")))
    cards = await visit.sdk.v1.payment_methods.list_async({"customer": visit.customer})
    assert [each.id for each in cards.data] == [(await visit.payments.page(page.page_id)).method]


async def test_a_card_that_the_bank_refuses_is_not_kept(visit: Visit) -> None:
    """A declined card leaves the page open, says so in words, and another card may be chosen."""
    page = await visit.page()
    assert page.url.endswith(await visit.choose(page.url, "declined"))
    assert "Your card was declined." in (await visit.browser.get(page.url)).text
    assert (await visit.payments.page(page.page_id)).state == "open"
    assert page.url.endswith(await visit.choose(page.url, "no such card"))
    await visit.choose(page.url, "works")
    assert (await visit.payments.page(page.page_id)).state == "done"


async def test_a_bank_that_asks_is_answered_on_its_page(visit: Visit) -> None:
    """A card that wants confirming is kept when its owner confirms, and is not when he refuses."""
    page = await visit.page()
    where = await visit.choose(page.url, "asks")
    assert "Is it you?" in (await visit.browser.get(where)).text
    assert await visit.tell(where, "refuse") == page.url
    assert "You did not confirm this card." in (await visit.browser.get(page.url)).text
    where = await visit.choose(page.url, "asks")
    assert (await visit.tell(where, "confirm")).startswith(f"{HOUSE}/join/done")
    assert (await visit.payments.page(page.page_id)).state == "done"


async def test_a_payment_that_was_confirmed_is_paid_once(visit: Visit) -> None:
    """Confirming pays and leads back; confirming or refusing again changes nothing."""
    method = await visit.left("asks")
    waiting = await visit.charge(method, off_session=False)
    assert "12.99 EUR" in (await visit.browser.get(waiting.confirm_url)).text
    back = await visit.tell(waiting.confirm_url, "confirm")
    assert back == f"{HOUSE}/account?tab=plan&payment_intent={waiting.provider_id}&redirect_status=succeeded"
    for said in ("confirm", "refuse"):
        await visit.tell(waiting.confirm_url, said)
    assert [each.state for each in await visit.payments.look_up("", waiting.provider_id)] == ["paid"]
    assert (await visit.browser.get(waiting.confirm_url)).status_code == 404


async def test_a_payment_that_was_refused_is_not_paid(visit: Visit) -> None:
    """Refusing declines the payment, and the house may withdraw one that nobody answers: then no answer pays it."""
    method = await visit.left("asks")
    refused = await visit.charge(method, off_session=False)
    assert (await visit.tell(refused.confirm_url, "refuse")).endswith("redirect_status=failed")
    (state,) = await visit.payments.look_up("", refused.provider_id)
    assert (state.state, state.reason) == ("declined", "payment_intent_authentication_failure")
    waiting = await visit.charge(method, off_session=False)
    await visit.payments.withdraw(waiting.provider_id)
    assert await visit.tell(waiting.confirm_url, "confirm") == ""
    assert [each.state for each in await visit.payments.look_up("", waiting.provider_id)] == ["declined"]


@pytest.mark.parametrize(
    ("card", "here", "renewed"),
    [
        ("works", "paid", "paid"),
        ("asks", "needs_you", "declined"),
        ("later", "paid", "declined"),
        ("expires", "paid", "paid"),
        ("empty", "declined", "declined"),
    ],
)
async def test_a_card_does_what_its_name_says(visit: Visit, card: str, here: str, renewed: str) -> None:
    """What the page promises of a card is what becomes of it, while its owner is here and when a period is renewed."""
    method = await visit.left(card)
    assert (await visit.charge(method, off_session=False)).state == here
    assert (await visit.charge(method, off_session=True)).state == renewed


async def test_a_page_is_for_a_day(visit: Visit) -> None:
    """A page that nobody used for a day takes no card any more, and leads back to the house."""
    page = await visit.page()
    await visit.clock.advance(24 * 3600)
    assert (await visit.payments.page(page.page_id)).state == "expired"
    gone = await visit.browser.get(page.url)
    assert gone.status_code == 404
    assert f'href="{HOUSE}/join/done' in gone.text
    await visit.choose(page.url, "works")
    assert (await visit.payments.page(page.page_id)).state == "expired"


@pytest.mark.parametrize(
    "path", ["card/cs_1", "confirm/pi_1_secret_x", "confirm/seti_1_secret_x", "confirm/x", "", "../v1/events"]
)
async def test_an_address_that_nobody_was_given_shows_nothing(visit: Visit, path: str) -> None:
    """Guessing leads to a page that says that there is nothing, and to nobody's payment."""
    for answer in (await visit.browser.get(f"/till/{path}"), await visit.browser.post(f"/till/{path}", data={"card": "works"})):
        assert answer.status_code in (401, 404, 405)


async def test_a_changed_secret_opens_nothing(visit: Visit) -> None:
    """Half of an address is not enough: the payment's name without its secret confirms nothing."""
    waiting = await visit.charge(await visit.left("asks"), off_session=False)
    forged = waiting.confirm_url[:-1] + ("0" if waiting.confirm_url[-1] != "0" else "1")
    assert (await visit.browser.post(forged, data={"answer": "confirm"})).status_code == 404
    assert [each.state for each in await visit.payments.look_up("", waiting.provider_id)] == ["needs_you"]
