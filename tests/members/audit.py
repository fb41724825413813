"""The book of what operators did: a line before every act, none changed, none lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from matinee.contracts.audit_pb2 import Act as Line
from matinee.contracts.audit_pb2 import ActsRequest
from matinee.contracts.audit_rpc import AUDIT, AuditClient
from matinee.contracts.studio_pb2 import Job, JobId, JobList, ListJobsRequest
from matinee.contracts.studio_rpc import STUDIO, StudioClient
from matinee.engines.act_book import ActBook
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.audit import MOST, USUAL, Audit
from matinee.ports.rpc import Call, Refused, Unavailable
from passes import HOUSE, Desk


class Office:
    """A studio that writes down which jobs it began anew; a job called "gone" it does not have."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def retry_job(self, request: JobId, call: Call) -> Job:
        if request.job_id == "gone":
            raise Refused("missing", "There is no such job.", "It was removed.")
        if request.job_id == "odd":
            raise KeyError(request.job_id)
        self.begun.append(request.job_id)
        return Job(job_id=request.job_id)

    async def cancel_job(self, request: JobId, call: Call) -> Job:
        return Job()

    async def get_job(self, request: JobId, call: Call) -> Job:
        return Job()

    async def list_jobs(self, request: ListJobsRequest, call: Call) -> JobList:
        return JobList()


class Floor:
    """The studio's rim, and the book it writes into."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.desk = Desk(folder, self.clock.now_ms())
        self.exchange = LocalExchange(self.clock, self.desk.passports)
        self.audit, self.office = Audit(sql=SqliteSql(folder / "audit.db")), Office()
        self.exchange.mount(STUDIO, self.office)
        self.studio = StudioClient(self.exchange.channel("Studio"))
        self.book = ActBook(AuditClient(self.exchange.channel("Audit")), self.clock)

    async def open(self) -> None:
        await self.audit.start()
        self.exchange.mount(AUDIT, self.audit)
        self.exchange.write_acts_into(self.book)

    def olga(self) -> Call:
        call = self.desk.call("olga", operator=True)
        return Call("trace-7", "door", call.deadline_s, passport=call.passport, address="192.0.2.7")

    async def lines(self, text: str = "", before: str = "", limit: int = 0) -> list[Line]:
        return list((await self.audit.list_acts(ActsRequest(text=text, before=before, limit=limit), HOUSE)).acts)


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    await floor.audit.close()


async def test_an_act_is_written_down_with_all_that_is_asked_later(floor: Floor) -> None:
    """Who, what, on whom, when, from where, on which request, and what came of it; looking at things is no act."""
    await floor.open()
    await floor.studio.list_jobs(ListJobsRequest(), floor.olga())
    await floor.studio.retry_job(JobId(job_id="job-1"), floor.olga())
    (line,) = await floor.lines()
    said = (line.by_account_id, line.method, line.about, line.at_ms, line.address, line.trace_id, line.outcome)
    assert said == ("olga", "Studio.RetryJob", 'job_id: "job-1"', floor.clock.now_ms(), "192.0.2.7", "trace-7", "done")


async def test_who_is_not_let_in_has_not_acted(floor: Floor) -> None:
    """A member who tries the operator's door leaves no line, and nothing happens."""
    await floor.open()
    with pytest.raises(Refused, match="operator's"):
        await floor.studio.retry_job(JobId(job_id="job-1"), floor.desk.call("asha", "p1"))
    assert (await floor.lines(), floor.office.begun) == ([], [])


async def test_without_a_book_nobody_acts(floor: Floor) -> None:
    """While the book is away, or where there is none, an act is not done."""
    with pytest.raises(Unavailable, match="writes down"):
        await floor.studio.retry_job(JobId(job_id="job-1"), floor.olga())
    floor.exchange.write_acts_into(floor.book)
    with pytest.raises(Unavailable, match="Audit"):
        await floor.studio.retry_job(JobId(job_id="job-1"), floor.olga())
    assert floor.office.begun == []


async def test_a_refused_act_is_written_as_such_and_a_broken_one_as_unknown(floor: Floor) -> None:
    """The line was there before; what came of it is said as far as anybody knows."""
    await floor.open()
    for job_id, error in (("gone", Refused), ("odd", Unavailable)):
        with pytest.raises(error):
            await floor.studio.retry_job(JobId(job_id=job_id), floor.olga())
    outcomes = {line.about: line.outcome for line in await floor.lines()}
    assert outcomes == {'job_id: "gone"': "refused: There is no such job. It was removed.", 'job_id: "odd"': ""}


async def test_the_book_is_read_page_by_page_and_by_what_it_holds(floor: Floor) -> None:
    """The last first, none twice and none left out, also of one moment; what one looks for is found in any spelling."""
    await floor.open()
    for number in range(USUAL + 7):
        if number % 10 == 0:
            await floor.clock.advance(1)
        await floor.studio.retry_job(JobId(job_id=f"Job-{number}"), floor.olga())
    first = await floor.lines()
    rest = await floor.lines(before=first[-1].act_id)
    assert (len(first), len(rest)) == (USUAL, 7)
    assert {line.about for line in first + rest} == {f'job_id: "Job-{number}"' for number in range(USUAL + 7)}
    assert [line.at_ms for line in first + rest] == sorted((line.at_ms for line in first + rest), reverse=True)
    assert [line.about for line in await floor.lines(text=" job-41 ")] == ['job_id: "Job-41"']
    assert len(await floor.lines(text="OLGA", limit=MOST + 1)) == USUAL + 7
    assert await floor.lines(text="100%") == []


async def test_the_book_is_searched_by_whom_by_act_and_by_day(floor: Floor) -> None:
    """By whom or on whom it was done, named by id; an act by its words; and from one moment to before another."""
    await floor.open()
    begun_ms = floor.clock.now_ms()
    for job_id in ("account-7", "other"):
        await floor.studio.retry_job(JobId(job_id=job_id), floor.olga())
        await floor.clock.advance(60)

    async def found(**asked: Any) -> list[str]:
        return [each.about for each in (await floor.audit.list_acts(ActsRequest(**asked), HOUSE)).acts]

    seven, other = 'job_id: "account-7"', 'job_id: "other"'
    assert await found(text="retry job") == [other, seven]
    assert await found(text="somebody@", account_ids=["account-7"]) == [seven]
    assert await found(text="olga@example.org", account_ids=["olga"]) == [other, seven]
    assert await found(text="somebody@") == []
    assert await found(from_ms=begun_ms + 1) == [other]
    assert await found(from_ms=begun_ms, until_ms=begun_ms + 60_000) == [seven]


async def test_a_line_is_never_rewritten(floor: Floor) -> None:
    """Who writes an act again, or another end of it, changes nothing."""
    await floor.open()
    await floor.studio.retry_job(JobId(job_id="job-1"), floor.olga())
    (line,) = await floor.lines()
    audit = AuditClient(floor.exchange.channel("Audit"))
    await audit.write(Line(act_id=line.act_id, at_ms=1, by_account_id="ben", method="Studio.CancelJob"), HOUSE)
    with pytest.raises(Refused):
        await audit.write(line, floor.olga())
    assert await floor.lines() == [line]
