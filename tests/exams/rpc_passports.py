"""The exam of the port `rpc`, for whom a call is made: the passport travels, and who has none is not heard."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from exams.sitters import RPC, RpcSitter, sitters_of
from matinee.contracts.catalog_pb2 import GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CATALOG_GET_TITLE, CatalogClient
from matinee.engines.manual_clock import ManualClock
from matinee.ports.rpc import Call, Refused, Service, Who
from passes import Desk


class Catalog:
    def __init__(self) -> None:
        self.met: list[Call] = []

    async def get_title(self, request: GetTitleRequest, call: Call) -> Title:
        self.met.append(call)
        return Title()


class Room:
    """A catalog, the way to it, and a desk that signs passports which count there."""

    def __init__(self, sitter: RpcSitter, desk: Desk) -> None:
        self.catalog, self.desk = Catalog(), desk
        sitter.mount(Service("Catalog", (CATALOG_GET_TITLE,)), self.catalog)
        self.client = CatalogClient(sitter.channel("Catalog"))


@pytest.fixture(params=sitters_of(RPC))
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    clock = ManualClock()
    desk = Desk(tmp_path, clock.now_ms())
    sitter = RPC[request.param](clock, tmp_path, desk.passports)
    room = Room(sitter, desk)
    await sitter.open()
    yield room
    await sitter.close()


async def test_a_passport_travels_along_and_is_read_where_the_call_arrives(room: Room) -> None:
    """The one who answers knows who asks, by the passport's own word; what a caller claims to have read in it is dropped."""
    passport = room.desk.passport("asha", "p1")
    sent = Call("trace-7", "door", 5, passport=passport, address="192.0.2.7", who=Who("ben", "p2", operator=True))
    await room.client.get_title(GetTitleRequest(), sent)
    assert room.catalog.met == [replace(sent, who=Who("asha", "p1", operator=False))]


async def test_what_the_house_asks_by_itself_is_nobodys(room: Room) -> None:
    """A service's own question travels without the passport of whoever it had been asked by."""
    sent = Call("trace-7", "door", 5, passport=room.desk.passport("asha", "p1"), address="192.0.2.7").by_house("playback")
    await room.client.get_title(GetTitleRequest(), sent)
    assert room.catalog.met == [Call("trace-7", "playback", 5, house=True)]


async def test_who_may_not_ask_is_refused_before_anybody_is_asked(room: Room) -> None:
    """Without a passport, or with one that nobody here signed, a member's question is never heard."""
    for passport in ("", "e30.e30.e30"):
        with pytest.raises(Refused, match="signed out") as refused:
            await room.client.get_title(GetTitleRequest(), Call("trace-7", "door", 5, passport=passport))
        assert refused.value.kind == "unauthenticated"
    assert room.catalog.met == []
