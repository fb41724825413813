"""Audit: the book of what operators did, and the page that shows it.

The rim of whichever service is asked for an act writes it here first (src/matinee/engines/act_book.py); so no operator acts
without a line, also when the process dies in the midst of it: then its outcome is not known, and the page says so.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict

from matinee.contracts import audit_pb2 as pb
from matinee.members import acts
from matinee.members.audit_migrations import MIGRATIONS
from matinee.ports.rpc import Call
from matinee.ports.sql import Sql

USUAL, MOST = 50, 200
LONGEST_TEXT = 100
MOST_ACCOUNTS = 20


class Audit:
    """Implements `AuditService`."""

    def __init__(self, *, sql: Sql) -> None:
        self._sql = sql

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        await self._sql.close()

    async def write(self, request: pb.Act, call: Call) -> pb.Written:
        act = acts.Act(
            act_id=request.act_id,
            at_ms=request.at_ms,
            by_account_id=request.by_account_id,
            method=request.method,
            about=request.about,
            address=request.address,
            trace_id=request.trace_id,
        )
        await self._sql.transact(lambda db: acts.write(db, act))
        return pb.Written()

    async def end(self, request: pb.ActEnd, call: Call) -> pb.Written:
        await self._sql.transact(lambda db: acts.end(db, request.act_id, request.outcome))
        return pb.Written()

    async def list_acts(self, request: pb.ActsRequest, call: Call) -> pb.ActList:
        most = min(request.limit, MOST) if request.limit > 0 else USUAL
        text, account_ids = request.text.strip()[:LONGEST_TEXT], tuple(request.account_ids[:MOST_ACCOUNTS])
        search = acts.Search(text, account_ids, request.from_ms, request.until_ms)
        found = await self._sql.read(lambda db: acts.last(db, search, request.before, most + 1))
        return pb.ActList(acts=[pb.Act(**asdict(each)) for each in found[:most]], more=len(found) > most)
