"""The house's own till: its clock, its webhooks, and how it refuses."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.paying import Event
from matinee.members.payments import till_payments, till_secrets
from matinee.members.stripe_payments import OverHttpx, StripePayments
from matinee.members.till.api import DOES
from matinee.members.till.hooks import FIRST_PAUSE_MS, Hooks
from matinee.members.till.till import HOOKS, Till, TillSettings
from members.providers import BACK_TO, PRICE, SECRETS

FORMS = st.lists(
    st.tuples(
        st.sampled_from(["amount", "currency", "customer", "metadata[a]", "expand[0]", "mode", "a[b]", "limit"]), st.text()
    ),
    max_size=5,
).map(lambda pairs: urlencode(pairs).encode())
NOVEMBER_MS = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 1000


class Here:
    """A till in this process, on a clock of our own, and a house that hears its webhooks."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOVEMBER_MS)
        self.sql = SqliteSql(folder / "till.db")
        settings = TillSettings(is_open=True, house="http://localhost", secrets=folder / SECRETS, web=folder, doors=("none",))
        self.till = Till(sql=self.sql, clock=self.clock, settings=settings)
        self.key, self.secret = till_secrets(folder / SECRETS)
        speaks = httpx.AsyncClient(transport=httpx.ASGITransport(self.till.app()), base_url="http://till")
        given = till_payments(folder / SECRETS, ("none",), BACK_TO)
        self.payments = StripePayments(
            base=given.base, back_to=given.back_to, key=self.key, hooks=self.secret, clock=self.clock, speaks=speaks
        )
        self.sdk = stripe.StripeClient(self.key, base_addresses={"api": "http://till"}, http_client=OverHttpx(speaks))
        self.heard: list[Event] = []
        self.status = 200
        ear = Starlette(routes=[Route("/hooks/payments", self._hear, methods=["POST"])])
        house = httpx.AsyncClient(transport=httpx.ASGITransport(ear))
        self.hooks = Hooks(self.sql, self.clock, house, HOOKS, self.secret)

    async def _hear(self, request: Request) -> Response:
        event = self.payments.event(await request.body(), request.headers["stripe-signature"])
        if self.status == 200:
            self.heard.append(event)
        return Response(status_code=self.status)

    async def charge(self, customer: str, card: str, charge_id: str, attempt: int = 1) -> str:
        await self.clock.advance(0.001)
        method = await self.sdk.v1.payment_methods.attach_async(card, {"customer": customer})
        await self.clock.advance(0.001)
        said = await self.payments.charge(
            charge_id=charge_id, attempt=attempt, customer=customer, method=method.id, money=PRICE, off_session=True
        )
        return said.state

    async def deliveries(self, **how: object) -> None:
        """The till's own wish beside Stripe's API: how it delivers from now on."""
        await self.sdk.raw_request_async("post", "/v1/test_helpers/deliveries", **how)

    def kinds(self) -> Sequence[str]:
        return [event.kind for event in self.heard]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    here = Here(tmp_path)
    await here.till.start()
    yield here
    await here.till.close()


async def test_what_happens_is_told_to_the_house(here: Here) -> None:
    """A payment and its refusal reach the house as signed webhooks that name the charge, in their order, once."""
    customer = await here.payments.customer("asha")
    assert await here.charge(customer, "pm_card_visa", "c1") == "paid"
    assert await here.charge(customer, "pm_card_chargeCustomerFail", "c2") == "declined"
    await here.hooks.deliver()
    await here.hooks.deliver()
    told = [(event.kind, event.charge_id) for event in here.heard if event.kind.startswith("payment_intent")]
    assert told == [("payment_intent.succeeded", "c1"), ("payment_intent.payment_failed", "c2")]
    assert len({event.event_id for event in here.heard}) == len(here.heard) == 5


async def test_a_house_that_does_not_answer_is_told_again(here: Here) -> None:
    """While the house is away its webhooks wait, longer each time, and all arrive when it is back."""
    here.status = 503
    await here.payments.customer("asha")
    await here.hooks.deliver()
    assert here.heard == []
    here.status = 200
    assert await here.hooks.deliver() == 0, "it was asked again at once"
    await here.clock.advance(FIRST_PAUSE_MS / 1000)
    await here.hooks.deliver()
    assert here.kinds() == ["customer.created"]
    await here.clock.advance(100_000)
    assert await here.hooks.deliver() == 0


async def test_a_till_that_dies_while_telling_leaves_it_to_another(here: Here) -> None:
    """A delivery that was begun and never ended is made by whoever looks next, half a minute later."""
    await here.payments.customer("asha")
    hangs = _Hangs()
    dying = Hooks(here.sql, here.clock, httpx.AsyncClient(transport=hangs), HOOKS, here.secret)
    begun = asyncio.create_task(dying.deliver())
    await hangs.asked.wait()
    begun.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await begun
    assert await here.hooks.deliver() == 0, "two tills told it at once"
    await here.clock.advance(31)
    await here.hooks.deliver()
    assert here.kinds() == ["customer.created"]


class _Hangs(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


async def test_webhooks_come_late_twice_or_the_wrong_way_round_when_a_test_wants_it(here: Here) -> None:
    """How the till delivers is chosen by tests of those who must bear it; afterwards it is as usual again."""
    await here.deliveries(late_s=60, copies=2, newest_first="true")
    customer = await here.payments.customer("asha")
    await here.charge(customer, "pm_card_visa", "c1")
    assert await here.hooks.deliver() == 0
    await here.clock.advance(60)
    await here.hooks.deliver()
    once = ["payment_intent.succeeded", "payment_method.attached", "customer.created"]
    assert here.kinds() == [kind for kind in once for _ in range(2)]
    await here.deliveries(copies=0)
    await here.charge(customer, "pm_card_visa", "c2")
    await here.clock.advance(600)
    assert await here.hooks.deliver() == 0, "what was to be lost arrived"
    await here.deliveries()
    await here.charge(customer, "pm_card_visa", "c3")
    await here.hooks.deliver()
    assert here.heard[-1].charge_id == "c3"


async def test_a_card_expires_when_its_clock_says_so(here: Here) -> None:
    """Who lives by a test clock sees his card expire when it is advanced past its month; everybody else's goes on paying."""
    clock = await here.sdk.v1.test_helpers.test_clocks.create_async({"frozen_time": NOVEMBER_MS // 1000})
    traveller = (await here.sdk.v1.customers.create_async({"test_clock": clock.id})).id
    method = await here.sdk.v1.payment_methods.attach_async("pm_card_chargeDeclinedExpiredCard", {"customer": traveller})
    assert method.card
    assert (method.card.exp_month, method.card.exp_year) == (11, 2026)

    async def state(attempt: int) -> str:
        said = await here.payments.charge(
            charge_id="c1", attempt=attempt, customer=traveller, method=method.id, money=PRICE, off_session=True
        )
        return said.state

    assert await state(1) == "paid"
    december_s = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    advance = here.sdk.v1.test_helpers.test_clocks.advance_async
    await advance(clock.id, {"frozen_time": december_s - 1})
    assert await state(2) == "paid"
    await advance(clock.id, {"frozen_time": december_s})
    assert await state(3) == "expired_card"
    assert await here.charge(await here.payments.customer("asha"), "pm_card_chargeDeclinedExpiredCard", "c2") == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="only be advanced"):
        await advance(clock.id, {"frozen_time": december_s - 1})


async def test_a_clock_tells_of_a_card_in_its_last_month(here: Here) -> None:
    """Advanced into the last month of a card, a test clock tells the house of it, once."""
    clock = await here.sdk.v1.test_helpers.test_clocks.create_async({"frozen_time": NOVEMBER_MS // 1000})
    traveller = (await here.sdk.v1.customers.create_async({"test_clock": clock.id})).id
    method = await here.sdk.v1.payment_methods.attach_async("pm_card_visa", {"customer": traveller})
    assert method.card
    last_month = datetime(method.card.exp_year, method.card.exp_month, 1, tzinfo=UTC)
    for days in (-1, 0, 3):
        then_s = int(last_month.timestamp()) + days * 86_400
        await here.sdk.v1.test_helpers.test_clocks.advance_async(clock.id, {"frozen_time": then_s})
    await here.hooks.deliver()
    assert [event.object_id for event in here.heard if event.kind == "customer.source.expiring"] == [method.id]
    assert here.kinds().count("test_helpers.test_clock.ready") == 3


async def test_everything_that_happened_can_be_read_again(here: Here) -> None:
    """Events, cards and payments are listed page by page, the newest first, none twice and none left out."""
    customer = await here.payments.customer("asha")
    for number in range(7):
        await here.charge(customer, "pm_card_visa", f"c{number}")
    pages = await here.sdk.v1.payment_intents.list_async({"customer": customer, "limit": 3})
    ids = [each.metadata["charge_id"] async for each in pages.auto_paging_iter()]
    assert ids == [f"c{number}" for number in reversed(range(7))]
    events = await here.sdk.v1.events.list_async({"limit": 100})
    assert [event.type for event in events.data].count("payment_intent.succeeded") == 7
    cards = await here.sdk.v1.payment_methods.list_async({"customer": customer, "type": "card", "limit": 100})
    await here.sdk.v1.payment_methods.detach_async(cards.data[0].id)
    left = await here.sdk.v1.payment_methods.list_async({"customer": customer, "limit": 100})
    assert [each.id for each in left.data] == [each.id for each in cards.data[1:]]


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("payment_intents", "amount=1&currency=eur&customer=cus_x", "No such customer: 'cus_x'"),
        ("payment_intents", "amount=-1&currency=eur&customer={c}", "Invalid integer: amount"),
        ("payment_intents", "amount=1&currency=euros&customer={c}", "Invalid currency"),
        ("payment_intents", "amount=1&currency=eur&customer={c}&card[number]=4242", "unknown parameter: card"),
        ("payment_intents", "amount=1&currency=eur&customer={c}&off_session=true", "only be set together with confirm"),
        ("payment_intents", "a[b][c][d][e][f]=1", "Invalid parameter"),
        ("payment_intents", "customer[a]=1&customer[a][b]=2", "Invalid object: customer"),
        ("payment_intents", "amount=1&currency=eur&customer={c}&metadata=1", "Invalid object: metadata"),
        ("payment_intents", "amount=1&currency=eur&customer={c}&confirm=yes", "Invalid boolean: confirm"),
        ("checkout/sessions", "mode=payment&customer={c}", "cards only"),
        ("checkout/sessions", "mode=setup&customer={c}&success_url=javascript:1", "Not a valid URL: success_url"),
        ("refunds", "payment_intent=pi_x", "No such payment intent"),
        ("test_helpers/test_clocks/clock_x/advance", "frozen_time=1", "No such test clock"),
        ("customers", "%ff=%", "Invalid parameter|not a form"),
        ("customers", "metadata[k]=" + "x" * 501, "at most 50 keys"),
    ],
)
async def test_a_bad_question_is_refused_in_stripes_words_and_changes_nothing(
    here: Here, path: str, body: str, says: str
) -> None:
    """Whatever is wrong with a question, it is said which part of it, and the same key may then ask rightly."""
    customer = await here.payments.customer("asha")
    speaks = httpx.AsyncClient(transport=httpx.ASGITransport(here.till.app()), base_url="http://till")
    headers = {"authorization": f"Bearer {here.key}", "idempotency-key": "again"}
    answer = await speaks.post(f"/v1/{path}", content=body.replace("{c}", customer), headers=headers)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert re.search(says, answer.json()["error"]["message"])
    good = await speaks.post("/v1/customers", headers=headers)
    assert good.status_code == 200
    assert "idempotent-replayed" not in good.headers
    same = await speaks.post("/v1/customers", headers=headers)
    assert (same.json(), same.headers["idempotent-replayed"]) == (good.json(), "true")


async def test_a_closed_till_keeps_nothing_and_shows_nothing(tmp_path: Path) -> None:
    """In a house that pays elsewhere, or nobody, the till answers no question, has no page and makes no table or key."""
    settings = TillSettings(is_open=False, house="http://x", secrets=tmp_path / SECRETS, web=tmp_path, doors=("none",))
    sql = SqliteSql(tmp_path / "till.db")
    till = Till(sql=sql, clock=ManualClock(), settings=settings)
    await till.start()
    speaks = httpx.AsyncClient(transport=httpx.ASGITransport(till.app()), base_url="http://till")
    for path in ("/v1/customers", "/till/card/cs_1", "/till/till.css"):
        assert (await speaks.get(path)).status_code == 404
    assert till.loops() == ()
    assert not (tmp_path / SECRETS).exists()
    await till.close()


def test_whatever_is_posted_is_answered(tmp_path: Path) -> None:
    """No bytes and no name of a thing make the till stumble: it does as it was asked, or says what was wrong."""
    with asyncio.Runner() as runner:
        here = Here(tmp_path)
        runner.run(here.till.start())

        @given(path=st.sampled_from(sorted(DOES)), body=st.one_of(st.binary(max_size=60), FORMS), thing=st.text(min_size=1))
        @settings(max_examples=100, deadline=None)
        def posted(path: str, body: bytes, thing: str) -> None:
            runner.run(_post(here, path.replace("{id}", quote(thing, safe="")), body))

        posted()
        runner.run(here.till.close())


async def _post(here: Here, path: str, body: bytes) -> None:
    speaks = httpx.AsyncClient(transport=httpx.ASGITransport(here.till.app()), base_url="http://till")
    headers = {"authorization": f"Bearer {here.key}"}
    answer = await speaks.post(f"/v1/{path}", content=body, headers=headers)
    assert answer.status_code in (200, 400, 404, 405), answer.text
    asked = {"customer": body.decode("latin-1"), "starting_after": path}
    shown = await speaks.get(f"/v1/{path}", params=asked, headers=headers)
    assert shown.status_code in (200, 400, 404, 405), shown.text
