"""The cashier behind its rim: who may ask what about money, and that what operators do stands in the book."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.audit_pb2 import ActsRequest
from matinee.contracts.audit_rpc import AUDIT, AuditClient
from matinee.contracts.cashier_rpc import CASHIER, CashierClient
from matinee.contracts.identity_pb2 import AccountId
from matinee.engines.act_book import ActBook
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.audit import Audit
from matinee.ports.rpc import Call, Refused
from members.money_house import MemorySql, MoneyHouse
from passes import HOUSE, VISITOR, Desk

ASHA = AccountId(account_id="asha")
GIFT = pb.CompRequest(account_id="asha", months=1, note="sorry", ask_id="sorry-asha")


class Counter:
    """Asha is a member, and asks like everybody else: through the rim."""

    def __init__(self, folder: Path, house: MoneyHouse) -> None:
        self.house, self.audit = house, Audit(sql=SqliteSql(folder / "audit.db"))
        self.desk = Desk(folder, house.clock.now_ms())
        self.exchange = LocalExchange(house.clock, self.desk.passports)
        self.cashier = CashierClient(self.exchange.channel("Cashier"))

    async def open(self) -> None:
        await self.audit.start()
        await self.house.join("asha")
        self.exchange.mount(CASHIER, self.house.cashier)
        self.exchange.mount(AUDIT, self.audit)
        self.exchange.write_acts_into(ActBook(AuditClient(self.exchange.channel("Audit")), self.house.clock))

    async def no(self, ask: Callable[[Any, Call], Awaitable[object]], asked: object, call: Call) -> str:
        with pytest.raises(Refused) as refused:
            await ask(asked, call)
        return refused.value.kind


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    counter = Counter(tmp_path, await MoneyHouse(MemorySql()).open())
    await counter.open()
    yield counter
    await counter.audit.close()


async def test_a_membership_is_shown_to_its_owner_and_to_operators(counter: Counter) -> None:
    """Asha and the operator see it; Ben is refused, and who is signed out is asked to sign in."""
    cashier, desk = counter.cashier, counter.desk
    for call in (desk.call("asha"), desk.call("boss", operator=True)):
        assert (await cashier.entitled(ASHA, call)).plan == "Matinee Standard"
    assert (await cashier.get_membership(ASHA, desk.call("asha"))).plan.plan_id == "standard"
    for ask in (cashier.entitled, cashier.get_membership, cashier.cancel, cashier.list_invoices):
        assert await counter.no(ask, ASHA, desk.call("ben")) == "forbidden"
        assert await counter.no(ask, ASHA, VISITOR) == "unauthenticated"
    assert (await cashier.entitled(ASHA, HOUSE)).plan == "Matinee Standard"


async def test_an_invoice_is_for_who_pays_it_and_for_operators(counter: Counter) -> None:
    """Ben gets none of Asha's, whoever's he says it is."""
    (invoice,) = (await counter.cashier.list_invoices(ASHA, counter.desk.call("asha"))).invoices
    ask, desk = counter.cashier.get_invoice, counter.desk
    for who, call in (("asha", desk.call("asha")), ("boss", desk.call("boss", operator=True))):
        assert (await ask(pb.InvoiceRequest(account_id=who, number=invoice.number), call)).content
    assert await counter.no(ask, pb.InvoiceRequest(account_id="asha", number=invoice.number), desk.call("ben")) == "forbidden"
    assert await counter.no(ask, pb.InvoiceRequest(account_id="ben", number=invoice.number), desk.call("ben")) == "missing"


async def test_what_an_operator_gives_bears_the_name_in_their_passport(counter: Counter) -> None:
    """It stands in the member's papers and in the book of acts; a member gives nothing to themselves."""
    assert await counter.no(counter.cashier.comp, GIFT, counter.desk.call("asha")) == "forbidden"
    assert await counter.no(counter.cashier.comp, GIFT, HOUSE) == "unauthenticated"
    member = await counter.cashier.comp(GIFT, counter.desk.call("boss", operator=True))
    assert [each.by for each in member.acts] == ["boss"]
    (line,) = (await counter.audit.list_acts(ActsRequest(), HOUSE)).acts
    assert (line.method, line.by_account_id, line.outcome) == ("Cashier.Comp", "boss", "done")
    assert "asha" in line.about


async def test_a_stranger_may_look_into_the_shop_window(counter: Counter) -> None:
    """The plans are shown to whoever comes; what another member would be asked is not."""
    plans = (await counter.cashier.list_plans(pb.ListPlansRequest(), VISITOR)).plans
    assert [each.plan_id for each in plans] == ["small", "standard", "large"]
    assert (
        await counter.no(counter.cashier.get_quote, pb.QuoteRequest(account_id="asha", plan_id="large"), VISITOR)
        == "unauthenticated"
    )
