"""Operating: the library as its owner sees it, the studio's work, the boxes, and who watches. For the operator only."""

import asyncio
from enum import Enum
from typing import Annotated, Self

import strawberry

from matinee.contracts import studio_pb2
from matinee.contracts.catalog_pb2 import EPISODE, Audience, GetTitlesRequest, ListTitlesRequest
from matinee.contracts.identity_pb2 import AccountId
from matinee.contracts.playback_pb2 import ListScreensRequest
from matinee.contracts.steering_pb2 import BoxState, ListBoxesRequest
from matinee.contracts.studio_rpc import StudioClient
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.acts import Acts, acts
from matinee.screen.schema.figures import FiguresOfTheHouse
from matinee.screen.schema.letters import LettersOfTheHouse
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.retention import RetentionOfTheHouse
from matinee.screen.schema.titles import Title
from matinee.screen.schema.viewing import Info, Viewing

EVERYTHING = Audience(operator=True, maturity_limit=18)
NOT_YOURS = RefusedCall("forbidden", "That is the operator's.", "Sign in with the account that opened this house.")


@strawberry.enum
class JobState(Enum):
    WAITING = studio_pb2.WAITING
    RUNNING = studio_pb2.RUNNING
    DONE = studio_pb2.DONE
    FAILED = studio_pb2.JOB_FAILED
    CANCELLED = studio_pb2.CANCELLED


@strawberry.type
class RungProgress:
    name: str
    progress: float


@strawberry.type(description="One film's way through the studio.")
class Job:
    id: strawberry.ID
    title_id: strawberry.ID
    file_name: str
    state: JobState
    stage: str
    progress: float = strawberry.field(description="0 to 1, of the whole job.")
    speed: float | None = strawberry.field(description="Seconds of film made per second, all rungs together.")
    seconds_left: int | None
    problem: str | None = strawberry.field(description="When it failed: why, and what to do.")
    queued_at: str
    ended_at: str | None
    rungs: list[RungProgress]

    @classmethod
    def of(cls, job: studio_pb2.Job) -> Self:
        return cls(
            id=strawberry.ID(job.job_id),
            title_id=strawberry.ID(job.title_id),
            file_name=job.file_name,
            state=JobState(job.state),
            stage=job.stage,
            progress=job.progress,
            speed=job.speed or None,
            seconds_left=job.seconds_left or None,
            problem=job.problem or None,
            queued_at=iso(job.queued_ms),
            ended_at=iso(job.ended_ms) if job.ended_ms else None,
            rungs=[RungProgress(name=rung.name, progress=rung.progress) for rung in job.rungs],
        )


@strawberry.type(description="An edge cache, as it said itself when it was heard last.")
class Box:
    id: strawberry.ID
    serving: bool
    problem: str | None
    heard_at: str | None = strawberry.field(description="Null: never.")
    address: str
    requests_per_second: float
    bits_per_second: float
    hit_ratio: float = strawberry.field(description="0 to 1, of the requests for films.")
    refused_per_second: float = strawberry.field(description="Answered 403 or 410.")
    cached_bytes: float
    capacity_bytes: float
    files: int

    @classmethod
    def of(cls, box: BoxState) -> Self:
        return cls(
            id=strawberry.ID(box.box_id),
            serving=box.serving,
            problem=box.problem or None,
            heard_at=iso(box.heard_ms) if box.heard_ms else None,
            address=box.address,
            requests_per_second=box.load.requests_per_s,
            bits_per_second=box.load.bits_per_s,
            hit_ratio=box.load.hit_ratio,
            refused_per_second=box.load.refused_per_s,
            cached_bytes=float(box.inventory.cached_bytes),
            capacity_bytes=float(box.inventory.capacity_bytes),
            files=box.inventory.files,
        )


@strawberry.type(description="Somebody watching right now.")
class Screen:
    id: strawberry.ID
    title: Title
    profile: str = strawberry.field(description="Its name.")
    device: str
    since: str


JobAnswer = Annotated[Job | Refused, strawberry.union("JobAnswer")]


@strawberry.type
class Operator(LettersOfTheHouse, FiguresOfTheHouse, RetentionOfTheHouse):
    @strawberry.field(description="Every film, series and episode, newest first; failed ones and those outside their window too.")
    async def titles(self, info: Info) -> list[Title]:
        viewing, found = info.context, list[Title]()
        for kind in (None, EPISODE):
            asked = ListTitlesRequest(audience=EVERYTHING, kind=kind)
            listed = await viewing.desks.catalog.list_titles(asked, viewing.call)
            found += [Title.of(each, for_operator=True) for each in listed.titles]
        return sorted(found, key=lambda title: -title.message.added_ms)

    @strawberry.field(description="Those at work and waiting; with `finished` also those that ended, the last first.")
    async def jobs(self, info: Info, finished: bool = False) -> list[Job]:
        viewing = info.context
        asked = studio_pb2.ListJobsRequest(finished=finished)
        return [Job.of(each) for each in (await _studio(viewing).list_jobs(asked, viewing.call)).jobs]

    @strawberry.field
    async def boxes(self, info: Info) -> list[Box]:
        viewing = info.context
        return [Box.of(each) for each in (await viewing.desks.steering.list_boxes(ListBoxesRequest(), viewing.call)).boxes]

    @strawberry.field(
        description="What operators did, the last first: fifty that hold `text`, or were done by or on whom it means, from before"
        " that act on; and from `since` to before `until`, moments as 2026-05-03T00:00:00Z."
    )
    async def acts(
        self, info: Info, text: str = "", before: strawberry.ID | None = None, since: str = "", until: str = ""
    ) -> Acts:
        return await acts(info.context, text, before or "", since, until)

    @strawberry.field(description="Who watches right now.")
    async def screens(self, info: Info) -> list[Screen]:
        viewing = info.context
        screens = (await viewing.desks.playback.list_screens(ListScreensRequest(), viewing.call)).screens
        asked = GetTitlesRequest(title_ids=list({each.title_id for each in screens}), audience=EVERYTHING)
        titles = {each.title_id: each for each in (await viewing.desks.catalog.get_titles(asked, viewing.call)).titles}
        names = await _names(viewing, {each.account_id for each in screens})
        return [
            Screen(
                id=strawberry.ID(each.view_id),
                title=Title.of(titles[each.title_id], for_operator=True),
                profile=names.get(each.profile_id, ""),
                device=each.device,
                since=iso(each.since_ms),
            )
            for each in screens
            if each.title_id in titles
        ]


@strawberry.type
class OperatingQuery:
    @strawberry.field(description="Null unless the account is the operator's.")
    async def operator(self, info: Info) -> Operator | None:
        return Operator() if info.context.asker.operator else None


@strawberry.type
class OperatingMutation:
    @strawberry.mutation(description="Begin a job anew that failed or was cancelled.")
    async def retry_job(self, info: Info, id: strawberry.ID) -> JobAnswer:
        viewing = info.context
        try:
            return Job.of(await _studio(viewing).retry_job(studio_pb2.JobId(job_id=id), viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="Stop a job within a second.")
    async def cancel_job(self, info: Info, id: strawberry.ID) -> JobAnswer:
        viewing = info.context
        try:
            return Job.of(await _studio(viewing).cancel_job(studio_pb2.JobId(job_id=id), viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)


def _studio(viewing: Viewing) -> StudioClient:
    if not viewing.asker.operator:
        raise NOT_YOURS
    return viewing.desks.studio


async def _names(viewing: Viewing, account_ids: set[str]) -> dict[str, str]:
    """What the profiles of these accounts are called, by their ids."""
    lists = [viewing.desks.identity.list_profiles(AccountId(account_id=each), viewing.call) for each in account_ids]
    return {profile.profile_id: profile.name for each in await asyncio.gather(*lists) for profile in each.profiles}
