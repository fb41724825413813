"""The studio's office: what is being made, how far it is, and a hand on it.

It reads and writes the ledger only, so it starts as fast as the front it lives in, and answers when no worker runs. What it
asks for (to cancel, to begin anew) the workers find in the ledger within a second.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import PurePath

import sqlalchemy as sa

from matinee.contracts import studio_pb2 as pb
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql
from matinee.studio import ledger
from matinee.studio.migrations import MIGRATIONS
from matinee.studio.pace import Pace, PieceAt, pace_of

MOST = 100
STATES = {
    ledger.WAITING: pb.WAITING,
    ledger.RUNNING: pb.RUNNING,
    ledger.DONE: pb.DONE,
    ledger.FAILED: pb.JOB_FAILED,
    ledger.CANCELLED: pb.CANCELLED,
}
CANCELLED_BY_HAND = "Cancelled by the operator. Begin anew with `matinee studio retry {job_id}`."


class Office:
    """Implements `StudioService`."""

    def __init__(self, *, sql: Sql, clock: Clock) -> None:
        self._sql, self._clock = sql, clock

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        await self._sql.close()

    async def list_jobs(self, request: pb.ListJobsRequest, call: Call) -> pb.JobList:
        most = request.limit or MOST

        def read(db: sa.Connection) -> pb.JobList:
            jobs = ledger.open_jobs(db, most)
            if request.finished:
                jobs += ledger.ended_jobs(db, most)
            return pb.JobList(jobs=self._told(db, jobs[:most]))

        return await self._sql.read(read)

    async def get_job(self, request: pb.JobId, call: Call) -> pb.Job:
        return await self._sql.read(lambda db: self._one(db, request.job_id, ledger.find(db, request.job_id)))

    async def retry_job(self, request: pb.JobId, call: Call) -> pb.Job:
        return await self._change(request.job_id, "try again", lambda db, now_ms: ledger.retry(db, request.job_id, now_ms))

    async def cancel_job(self, request: pb.JobId, call: Call) -> pb.Job:
        reason = CANCELLED_BY_HAND.format(job_id=request.job_id)
        return await self._change(request.job_id, "cancel", lambda db, now_ms: ledger.cancel(db, request.job_id, reason, now_ms))

    async def _change(self, job_id: str, wish: str, change: Callable[[sa.Connection, int], ledger.Job | None]) -> pb.Job:
        now_ms = self._clock.now_ms()
        try:
            return await self._sql.transact(lambda db: self._one(db, job_id, change(db, now_ms)))
        except ledger.IllegalMove as state:
            reason = f"Job {job_id} is {state}: there is nothing to {wish}."
            raise Refused("invalid", "That cannot be done now.", reason, field="job_id") from state

    def _one(self, db: sa.Connection, job_id: str, job: ledger.Job | None) -> pb.Job:
        if job is None:
            near = get_close_matches(job_id, ledger.job_ids(db), 3, 0.5)
            hint = f"Near to it are {', '.join(near)}." if near else "`matinee studio jobs --finished` lists them."
            raise Refused("missing", "There is no such job.", f"No job is called {job_id}. {hint}", field="job_id")
        return self._told(db, [job])[0]

    def _told(self, db: sa.Connection, jobs: Sequence[ledger.Job]) -> list[pb.Job]:
        now_ms = self._clock.now_ms()
        pieces: dict[str, list[PieceAt]] = {job.job_id: [] for job in jobs}
        for piece in ledger.pieces_of(db, list(pieces)):
            known = asdict(piece)
            pieces[known.pop("job_id")].append(PieceAt(**{name: known[name] for name in PieceAt.__dataclass_fields__}))
        return [_message(job, pace_of(pieces[job.job_id], now_ms)) for job in jobs]


def _message(job: ledger.Job, pace: Pace) -> pb.Job:
    running = job.state == ledger.RUNNING
    return pb.Job(
        job_id=job.job_id,
        title_id=job.title_id,
        file_name=PurePath(job.path).name,
        state=STATES[job.state],
        stage=job.stage,
        progress=1.0 if job.state == ledger.DONE else pace.progress,
        speed=pace.speed if running else 0.0,
        seconds_left=pace.seconds_left if running else 0,
        problem=job.problem,
        queued_ms=job.queued_ms,
        ended_ms=job.ended_ms,
        rungs=[pb.RungProgress(name=name, progress=progress) for name, progress in pace.rungs],
        playable=job.playable,
        detail=job.detail,
        path=job.path,
    )
