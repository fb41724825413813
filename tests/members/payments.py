"""The exam of payment providers, through Stripe's own SDK: the house's till sits all of it, localstripe what it has."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from matinee.engines.manual_clock import ManualClock
from matinee.engines.system_clock import SystemClock
from matinee.members.declines import UNCONFIRMED, why
from matinee.members.money import Money
from matinee.members.paying import AskedOtherwise, BadSignature, Dispute, PaymentsUnavailable
from matinee.members.payments import NoKey, PaymentsSettings, open_payments
from matinee.members.till.signing import signature_of
from members.providers import BACK_TO, PRICE, Provider, kill, localstripe_at, start_localstripe, start_till, till_in

pytestmark = pytest.mark.xdist_group("providers")

NO_PAGES = "it has no hosted pages (Checkout)"
NO_KEYS = "it does not look at idempotency keys"
LOCALSTRIPE_CANNOT = {
    "test_a_customer_is_made_once": NO_KEYS,
    "test_a_page_is_opened_once_and_open_until_it_is_used": NO_PAGES,
    "test_a_repeated_charge_charges_once": NO_KEYS,
    "test_many_at_once_with_one_key_charge_once": NO_KEYS,
    "test_one_key_is_not_for_two_prices": NO_KEYS,
    "test_what_was_charged_is_found_by_its_id": "it cannot search payments by their metadata",
    "test_a_bank_that_asks_needs_its_owner": "it takes no address to come back to (return_url), so nobody can be sent to confirm",
    "test_a_charge_that_waits_can_be_withdrawn": "it takes no address to come back to (return_url)",
    "test_money_goes_back_once_and_never_more_than_came": NO_KEYS,
    "test_not_enough_money_is_told_as_such": "its cards do not run out of money",
    "test_a_card_that_is_gone_is_a_no": "it says 404 without saying what is missing",
    "test_who_has_not_the_key_is_told_nothing": "any key that begins with sk_ opens it",
}
"""What localstripe 1.15 lacks, by the test that wants it."""


@pytest.fixture(scope="module")
def till_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("till")
    process = start_till(folder)
    yield folder
    kill(process)


@pytest.fixture(scope="module")
def localstripe_base() -> Iterator[str]:
    process, base = start_localstripe()
    yield base
    kill(process)


@pytest.fixture(params=["till", "localstripe"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "localstripe":
        if why := LOCALSTRIPE_CANNOT.get(request.node.originalname):
            pytest.skip(f"localstripe: {why}")
        sitter = localstripe_at(request.getfixturevalue("localstripe_base"))
    else:
        sitter = till_in(request.getfixturevalue("till_folder"))
    yield sitter
    await sitter.close()


def new_id(what: str) -> str:
    return f"{what}-{uuid.uuid4().hex}"


async def customer_with(provider: Provider, card: str) -> tuple[str, str]:
    customer = await provider.payments.customer(new_id("account"))
    return customer, await provider.save(customer, card)


def test_what_localstripe_lacks_is_what_the_exam_asks() -> None:
    """The list of what the second provider cannot do names tests that exist, and leaves it some."""
    tests = {name for name, what in globals().items() if name.startswith("test_") and "provider" in what.__annotations__}
    assert set(LOCALSTRIPE_CANNOT) < tests


async def test_a_customer_is_made_once(provider: Provider) -> None:
    """However often the house asks, an account has one name at the provider, and another account another."""
    account = new_id("account")
    names = await asyncio.gather(*(provider.payments.customer(account) for _ in range(4)))
    assert len(set(names)) == 1
    assert await provider.payments.customer(new_id("account")) != names[0]


async def test_a_good_card_pays(provider: Provider) -> None:
    """A saved card is charged the very amount, and is known by its brand, its last digits and its month."""
    customer, method = await customer_with(provider, "works")
    paid = await provider.charge(customer, method)
    assert (paid.state, paid.money, paid.reason) == ("paid", PRICE, "")
    known = await provider.payments.method(method)
    assert (known.brand, known.last4) == ("visa", "4242")
    assert 1 <= known.month <= 12


async def test_a_declined_card_says_so(provider: Provider) -> None:
    """A bank's no is an answer with its reason, not an error; a later attempt is a charge of its own."""
    customer, method = await customer_with(provider, "later")
    charge_id = new_id("charge")
    for attempt in (1, 2):
        no = await provider.charge(customer, method, charge_id, attempt=attempt)
        assert no.state == "declined"
        assert no.reason in ("generic_decline", "card_declined")


async def test_not_enough_money_is_told_as_such(provider: Provider) -> None:
    """Who has no money left reads that, rather than that something went wrong."""
    customer, method = await customer_with(provider, "empty")
    no = await provider.charge(customer, method)
    assert (no.state, no.reason) == ("declined", "insufficient_funds")


async def test_a_bank_that_asks_needs_its_owner(provider: Provider) -> None:
    """Renewed without its owner the card needs him; with him there is a page where he confirms."""
    customer, method = await customer_with(provider, "asks")
    alone = await provider.charge(customer, method)
    assert (alone.state, alone.reason, alone.confirm_url) == ("declined", "authentication_required", "")
    here = await provider.charge(customer, method, alone=False)
    assert here.state == "needs_you"
    assert here.confirm_url.startswith("http://localhost:8080/till/confirm/pi_")
    assert here.money == PRICE


async def test_a_renewal_the_bank_asks_about_needs_its_owner(provider: Provider) -> None:
    """Whether it waits at the provider or ended there, a renewal that the bank wants confirmed says that it needs its owner."""
    customer, method = await customer_with(provider, "asks")
    alone = await provider.charge(customer, method)
    assert alone.state in ("needs_you", "declined")
    assert why(alone.reason) == UNCONFIRMED


async def test_a_charge_that_waits_can_be_withdrawn(provider: Provider) -> None:
    """What waits for its owner can be taken back for good; what is paid cannot, and says so."""
    customer, method = await customer_with(provider, "asks")
    charge_id = new_id("charge")
    waiting = await provider.charge(customer, method, charge_id, alone=False)
    assert (await provider.payments.withdraw(waiting.provider_id)).state == "declined"
    assert (await provider.payments.withdraw(waiting.provider_id)).state == "declined"
    good = await provider.save(customer, "works")
    paid = await provider.charge(customer, good, charge_id, attempt=2, alone=False)
    assert (await provider.payments.withdraw(paid.provider_id)).state == "paid"
    assert [each.state for each in await provider.payments.look_up(charge_id)] == ["paid", "declined"]


async def test_a_repeated_charge_charges_once(provider: Provider) -> None:
    """Asking again with the same id gives the same answer, good or bad, and takes no more money."""
    for card, state in (("works", "paid"), ("later", "declined")):
        customer, method = await customer_with(provider, card)
        charge_id = new_id("charge")
        said = [await provider.charge(customer, method, charge_id) for _ in range(3)]
        assert {(each.state, each.provider_id) for each in said} == {(state, said[0].provider_id)}
        assert [each.provider_id for each in await provider.payments.look_up(charge_id)] == [said[0].provider_id]


async def test_many_at_once_with_one_key_charge_once(provider: Provider) -> None:
    """Ten that come in the same instant with one id take the money once, and all hear that they did."""
    customer, method = await customer_with(provider, "works")
    charge_id = new_id("charge")
    said = await asyncio.gather(*(provider.charge(customer, method, charge_id) for _ in range(10)))
    assert {each.provider_id for each in said} == {said[0].provider_id}
    assert len(await provider.payments.look_up(charge_id)) == 1


async def test_one_key_is_not_for_two_prices(provider: Provider) -> None:
    """The same id with another amount is refused, and nothing is charged for it."""
    customer, method = await customer_with(provider, "works")
    charge_id = new_id("charge")
    await provider.charge(customer, method, charge_id)
    with pytest.raises(AskedOtherwise, match="same parameters"):
        await provider.charge(customer, method, charge_id, money=Money(1, "EUR"))
    assert [each.money for each in await provider.payments.look_up(charge_id)] == [PRICE]


async def test_what_was_charged_is_found_by_its_id(provider: Provider) -> None:
    """All attempts of a charge are found, the last first, and none of another's whose id is like it."""
    customer, method = await customer_with(provider, "later")
    charge_id = new_id("it's a \\ charge")
    no = await provider.charge(customer, method, charge_id)
    good = await provider.save(customer, "works")
    paid = await provider.charge(customer, good, charge_id, attempt=2)
    found = await provider.payments.look_up(charge_id, no.provider_id)
    assert [(each.provider_id, each.state) for each in found] == [(paid.provider_id, "paid"), (no.provider_id, "declined")]
    assert await provider.payments.look_up(charge_id[:-1]) == []


async def test_money_goes_back_once_and_never_more_than_came(provider: Provider) -> None:
    """A refund asked twice under one id goes back once; together they are never more than was paid."""
    customer, method = await customer_with(provider, "works")
    paid = await provider.charge(customer, method)
    refund_id = new_id("refund")
    part = Money(300, "EUR")
    back = [await provider.payments.refund(refund_id=refund_id, provider_id=paid.provider_id, money=part) for _ in range(2)]
    assert back[0] == back[1]
    assert back[0].state == "done"
    rest = Money(999, "EUR")
    assert (await provider.payments.refund(refund_id=new_id("r"), provider_id=paid.provider_id, money=PRICE)).state == "failed"
    assert (await provider.payments.refund(refund_id=new_id("r"), provider_id=paid.provider_id, money=rest)).state == "done"
    assert (await provider.payments.refund(refund_id=new_id("r"), provider_id=paid.provider_id, money=part)).state == "failed"


async def test_a_payment_can_go_back(provider: Provider) -> None:
    """The whole amount of a payment goes back to the card it came from."""
    customer, method = await customer_with(provider, "works")
    paid = await provider.charge(customer, method)
    back = await provider.payments.refund(refund_id=new_id("refund"), provider_id=paid.provider_id, money=PRICE)
    assert (back.state, bool(back.provider_id)) == ("done", True)


async def test_a_card_that_is_gone_is_a_no(provider: Provider) -> None:
    """Charging a card that the provider does not have asks for another card, and is not tried for ever."""
    customer = await provider.payments.customer(new_id("account"))
    no = await provider.charge(customer, "pm_nobody")
    assert (no.state, no.provider_id) == ("declined", "")


async def test_a_page_is_opened_once_and_open_until_it_is_used(provider: Provider) -> None:
    """Asking again for the same page gives the same address; it is open, and no card is there yet."""
    customer = await provider.payments.customer(new_id("account"))
    page_id = new_id("page")
    pages = [await provider.payments.open_page(customer, page_id=page_id, back_to=BACK_TO) for _ in range(2)]
    assert pages[0] == pages[1]
    assert (await provider.payments.page(pages[0].page_id)).state == "open"
    await provider.sdk.v1.checkout.sessions.expire_async(pages[0].page_id)
    assert (await provider.payments.page(pages[0].page_id)).state == "expired"


async def test_who_has_not_the_key_is_told_nothing(provider: Provider) -> None:
    """With a wrong key there is no answer about anybody's money, and the house reads why."""
    stranger = Provider(provider.settings, "sk_till_wrong", provider.hooks)
    with pytest.raises(PaymentsUnavailable, match=r"401.*Invalid API Key"):
        await stranger.payments.customer("somebody")
    await stranger.close()


async def test_a_provider_that_is_away_is_unavailable(tmp_path: Path) -> None:
    """Nobody at the other end is said so in words, within seconds."""
    settings = PaymentsSettings(tmp_path / "key", tmp_path / "hooks", BACK_TO, "http://till", (str(tmp_path / "nobody.sock"),))
    payments = open_payments(settings, SystemClock())
    with pytest.raises(PaymentsUnavailable, match="did not answer"):
        await payments.customer("somebody")
    await payments.close()


def test_a_house_without_its_key_says_which_file(tmp_path: Path) -> None:
    """With Stripe chosen and no key there, the house says where it belongs rather than failing at the first payment."""
    settings = PaymentsSettings(tmp_path / "stripe-key", tmp_path / "stripe-hooks", BACK_TO)
    with pytest.raises(NoKey, match=r"stripe-key: .*put the provider's secret there"):
        open_payments(settings, SystemClock())


@pytest.mark.parametrize(
    ("late_ms", "secret", "change", "why"),
    [
        (0, "whsec_another", b"", "did not sign"),
        (0, "", b" ", "did not sign"),
        (301_000, "", b"", "too long ago"),
        (-301_000, "", b"", "in the future"),
    ],
)
async def test_a_webhook_is_believed_only_from_the_provider(
    till_folder: Path, late_ms: int, secret: str, change: bytes, why: str
) -> None:
    """What was signed with another secret, changed on the way, or long ago, is refused; what was signed now is heard."""
    provider, clock = till_in(till_folder), ManualClock()
    provider.payments._clock, now_ms = clock, clock.now_ms()
    payload = b'{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","metadata":{"charge_id":"c1"}}}}'
    heard = provider.payments.event(payload, signature_of(payload, provider.hooks, now_ms))
    assert (heard.event_id, heard.kind, heard.object_id, heard.charge_id) == ("evt_1", "payment_intent.succeeded", "pi_1", "c1")
    with pytest.raises(BadSignature, match=why):
        provider.payments.event(payload + change, signature_of(payload, secret or provider.hooks, now_ms - late_ms))
    await provider.close()


async def test_a_dispute_says_which_payment_a_bank_asks_back(till_folder: Path) -> None:
    """From Stripe's own shape of it: which payment, how much, and how it stands; a word we do not know decides nothing."""
    provider = till_in(till_folder)
    thing = {"id": "dp_1", "object": "dispute", "amount": 999, "currency": "eur", "payment_intent": "pi_1", "metadata": {}}
    for status, outcome in {"needs_response": "open", "lost": "lost", "won": "won", "new_word": "open"}.items():
        event = {"id": "evt_1", "type": "charge.dispute.closed", "data": {"object": thing | {"status": status}}}
        payload = json.dumps(event).encode()
        heard = provider.payments.event(payload, signature_of(payload, provider.hooks, SystemClock().now_ms()))
        assert (heard.charge_id, heard.dispute) == ("", Dispute("dp_1", "pi_1", Money(999, "EUR"), outcome))  # type: ignore[arg-type]
    await provider.close()


@pytest.mark.parametrize("signature", ["", "t=1", "v1=00", "t=x,v1=00", "nonsense", "t=1,v1=é"])
@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff\xfe", b"[1]", b'{"id":1}'])
async def test_nonsense_is_no_webhook(till_folder: Path, payload: bytes, signature: str) -> None:
    """Whatever somebody posts, it is refused by name."""
    provider = till_in(till_folder)
    with pytest.raises(BadSignature):
        provider.payments.event(payload, signature)
    with pytest.raises(BadSignature):
        provider.payments.event(payload, signature_of(payload, provider.hooks, SystemClock().now_ms()))
    await provider.close()
