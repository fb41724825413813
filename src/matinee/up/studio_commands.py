"""`matinee studio …`: films into the house, and a look at what the studio makes of them."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import cyclopts
from cyclopts import Parameter
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from matinee.contracts.studio_pb2 import CANCELLED, DONE, JOB_FAILED, Job, JobId, ListJobsRequest
from matinee.contracts.studio_rpc import StudioService
from matinee.ports.rpc import Refused
from matinee.ports.sql import SchemaTooNew
from matinee.settings import FILMS
from matinee.topology import Topology
from matinee.up.adding import Addition, CannotAdd, additions, copy
from matinee.up.at_the_machine import call_of_the_house, written_down
from matinee.up.job_tables import as_data, job_card, job_table
from matinee.up.opened_house import opened_house
from matinee.up.state import LOCK, CannotStart, held
from matinee.wiring import alone

T = TypeVar("T")

State = Annotated[Path, Parameter(help="The house's state directory.")]

LOOK_S = 0.5
MOST = 1000
ENDED = {DONE, JOB_FAILED, CANCELLED}

studio = cyclopts.App(name="studio")
out = Console(width=None if sys.stdout.isatty() else 130, highlight=False)


@studio.command
def add(*paths: Path, state: State = Path(".state"), wait: Annotated[bool, Parameter(negative="--no-wait")] = True) -> None:
    """Copy films into the house, and follow them until they can be played.

    Parameters
    ----------
    paths
        Films, with what lies beside them under the same name (.nfo, subtitles, posters), or folders of films.
    wait
        Stay until every film can be played or has failed.
    """
    if not paths:
        sys.exit("matinee: which films? Give files or folders: matinee studio add FILM…")
    house = opened_house(state)
    films = house.state / FILMS
    try:
        wanted = additions(paths, films)
        for moved in (each for each in wanted if each.is_film and each.target != each.asked):
            there, name = moved.asked.relative_to(films), moved.target.relative_to(films)
            out.print(f"{moved.source}: there is another {there} already, so it is added as {name}", markup=False)
        _copy(house, wanted, films)
    except (CannotAdd, SchemaTooNew) as error:
        sys.exit(f"matinee: {error}")
    running = _is_running(house)
    if not running:
        out.print("The house is not running: the studio begins with them when it is. Type: matinee up")
    elif wait:
        sys.exit(_ask(house, lambda office: _follow(office, [each.target for each in wanted if each.is_film])))


@studio.command
def jobs(
    *,
    state: State = Path(".state"),
    watch: Annotated[bool, Parameter(negative="")] = False,
    finished: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """List what the studio works on, and how far it is.

    Parameters
    ----------
    watch
        Stay and show it as it goes, until Ctrl-C.
    finished
        Also those that ended, the last first.
    as_json
        Print JSON, times in Unix milliseconds.
    """
    house = opened_house(state)
    request = ListJobsRequest(finished=finished, limit=MOST)

    async def show(office: StudioService) -> None:
        found = (await office.list_jobs(request, call_of_the_house())).jobs
        if as_json:
            sys.stdout.write(json.dumps([as_data(job) for job in found], ensure_ascii=False) + "\n")
        elif watch:
            await _watch(office, request)
        else:
            out.print(job_table(found) if found else "Nothing is being made.")

    _ask(house, show)
    if not as_json and not _is_running(house):
        out.print("The house is not running: nothing goes on until it is. Type: matinee up")


@studio.command
def show(job_id: str, *, state: State = Path(".state")) -> None:
    """Say all there is to know of one job."""
    out.print(job_card(_ask(opened_house(state), lambda office: office.get_job(JobId(job_id=job_id), call_of_the_house()))))


@studio.command
def retry(job_id: str, *, state: State = Path(".state")) -> None:
    """Begin a job anew that failed or was cancelled."""
    _act(state, "RetryJob", job_id, lambda office: office.retry_job(JobId(job_id=job_id), call_of_the_house()))


@studio.command
def cancel(job_id: str, *, state: State = Path(".state")) -> None:
    """Stop a job; what can be played already stays so."""
    _act(state, "CancelJob", job_id, lambda office: office.cancel_job(JobId(job_id=job_id), call_of_the_house()))


def _act(state: Path, method: str, job_id: str, ask: Callable[[StudioService], Awaitable[Job]]) -> None:
    house = opened_house(state)
    about = f'job_id: "{job_id}"'
    out.print(job_card(_ask(house, lambda office: written_down(house, f"Studio.{method}", about, lambda: ask(office)))))


def _is_running(house: Topology) -> bool:
    try:
        held(house.state / LOCK, "it runs").close()
    except CannotStart:
        return True
    return False


def _ask(house: Topology, ask: Callable[[StudioService], Awaitable[T]]) -> T:
    """The office's answer: it needs nobody but the ledger, so this process has one of its own."""

    async def asked() -> T:
        front: Any = alone(house, "studio")
        await front.start()
        try:
            return await ask(cast(StudioService, front))
        finally:
            await front.close()

    try:
        return asyncio.run(asked())
    except SchemaTooNew as error:
        sys.exit(f"matinee: {error}")
    except Refused as refused:
        sys.exit(f"matinee: {refused.title} {refused.reason}")
    except KeyboardInterrupt:
        sys.exit(130)


def _copy(house: Topology, wanted: Sequence[Addition], films: Path) -> None:
    async def copied() -> None:
        parts = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        with Progress("copying", *parts, console=out, transient=True) as progress:
            task = progress.add_task("copying", total=sum(addition.size_bytes for addition in wanted))
            copy(wanted, films, lambda count: progress.advance(task, count))

    about = " ".join(f'film: "{each.target.relative_to(films)}"' for each in wanted if each.is_film)
    asyncio.run(written_down(house, "Studio.AddFilms", about, copied))


async def _watch(office: StudioService, request: ListJobsRequest) -> None:
    with Live(console=out, auto_refresh=False) as live:
        while True:
            live.update(job_table((await office.list_jobs(request, call_of_the_house())).jobs), refresh=True)
            await asyncio.sleep(LOOK_S)


async def _follow(office: StudioService, films: Sequence[Path]) -> int:
    """Shows the films' jobs until each can be played or ended; the exit status."""
    wanted = {str(film) for film in films}
    with Live("Waiting for the house to find them.", console=out, auto_refresh=False) as live:
        while True:
            listed = (await office.list_jobs(ListJobsRequest(finished=True, limit=MOST), call_of_the_house())).jobs
            newest: dict[str, Job] = {}
            for job in sorted(listed, key=lambda job: job.queued_ms):
                if job.path in wanted:
                    newest[job.path] = job
            if newest:
                live.update(job_table(list(newest.values())), refresh=True)
            if len(newest) == len(wanted) and all(job.playable or job.state in ENDED for job in newest.values()):
                return 0 if all(job.playable for job in newest.values()) else 1
            await asyncio.sleep(LOOK_S)
