"""Several workers at one film: killed, cancelled, tried again, and superseded; what comes of it is the same film."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from films import generated
from matinee.contracts.studio_pb2 import CANCELLED, DONE, JOB_FAILED, Job, JobId, ListJobsRequest
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Call, Refused
from matinee.studio import holdings, ledger
from matinee.studio.film import Film
from matinee.studio.migrations import MIGRATIONS
from matinee.studio.office import Office
from matinee.topology import REPOSITORY

from . import scene as scene_module
from .conftest import LONGER
from .pipeline import encoding, until, watching
from .scene import Scene, complete, ended, studio

CALL = Call("a test", "the operator", time.monotonic() + 600)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("long") / "long.mkv", *LONGER)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.engines)])
async def test_a_film_made_through_the_deaths_of_two_workers_is_the_undisturbed_one(
    engine: str, film: Path, tmp_path: Path
) -> None:
    """Whoever dies, my film is the same, byte for byte; only what the dead had in hand is made again."""
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    for state in (calm, wild):
        state.mkdir()
    async with studio(calm, chunk_s=4) as scene:
        await scene.find(film, "film")
        undisturbed = (await scene.hears(complete("film"))).published.edition.edition_id
    with ExitStack() as workers:
        first, second = (workers.enter_context(worker(wild, slot, engine)) for slot in ("worker", "worker-2"))
        async with watching(wild, engine) as scene:
            await scene.find(film, "film")
            for victim in (first, second):
                await until(lambda pid=victim.pid: child_encodes(wild, pid), patience_s=120, every_s=0.01)
                hands = encoders_of(wild, victim.pid)
                victim.send_signal(signal.SIGKILL)
                await until(lambda hands=hands: not hands & set(encoding(wild)))
            workers.enter_context(worker(wild, "worker", engine))
            disturbed = (await scene.hears(complete("film"))).published.edition.edition_id
            await until(lambda: not list((wild / "studio").iterdir()))
    assert content(wild, disturbed) == content(calm, undisturbed)
    assert not encoding(wild)
    rungs, chunks, deaths = 3, 3, 2
    assert rungs * chunks <= chunks_made(wild) <= rungs * chunks + deaths
    assert not list((wild / "blobs" / "chunks").iterdir())


async def test_a_cancelled_job_stops_at_once_and_may_be_tried_again(film: Path, tmp_path: Path) -> None:
    """I change my mind twice: the encoder is gone within a second, the title says so, and the next attempt makes the film,
    while I see every rung grow, how fast, and how long it will take."""
    async with studio(tmp_path, chunk_s=4) as scene:
        await scene.find(film, "film")
        await until(lambda: encoding(tmp_path), every_s=0.01)
        job = (await jobs(scene))[0]
        cancelled = await scene.office.cancel_job(JobId(job_id=job.job_id), CALL)
        assert cancelled.state == CANCELLED
        # A second, and what a busy machine adds to it.
        await until(lambda: not encoding(tmp_path), patience_s=5)
        assert "Cancelled by the operator" in (await scene.hears(ended("film"))).failed.reason
        await until(lambda: not list((tmp_path / "studio").iterdir()))
        with pytest.raises(Refused, match="is cancelled"):
            await scene.office.cancel_job(JobId(job_id=job.job_id), CALL)
        await scene.office.retry_job(JobId(job_id=job.job_id), CALL)
        seen = await followed(scene)
        await scene.hears(complete("film"))
    assert [job.progress for job in seen] == sorted(job.progress for job in seen)
    assert any(0 < job.progress < 1 and job.speed > 0 and job.seconds_left > 0 for job in seen)
    assert {rung.name for job in seen for rung in job.rungs} >= {"v234-145k", "v360-365k"}
    assert any("encoding 360p" in job.stage for job in seen)


async def test_the_next_attempt_does_not_boast_of_what_the_last_one_left_half_made(tmp_path: Path) -> None:
    """What I see grow never shrinks again: a new attempt begins with whole pieces only, whatever is said late of the others."""
    sql, film = SqliteSql(tmp_path / "studio.db"), Film("film", "/films/film.mkv", 1, 1, 0)
    office = Office(sql=sql, clock=SystemClock())
    await office.start()

    async def told(attempt: int, **made_ms: int) -> float:
        words = [ledger.Made(film.job_id, attempt, piece, 1, so_far) for piece, so_far in made_ms.items()]
        await sql.transact(lambda db: ledger.tell_progress(db, words, 2))
        return (await office.get_job(JobId(job_id=film.job_id), CALL)).progress

    pieces = [ledger.Piece(film.job_id, name, "rung", 1000, 1) for name in ("whole", "half")]
    await sql.transact(lambda db: (ledger.note(db, film, 1), ledger.lay_out(db, pieces)))
    assert await told(film.attempt, whole=1000, half=500) == 0.75
    await office.cancel_job(JobId(job_id=film.job_id), CALL)
    again = await office.retry_job(JobId(job_id=film.job_id), CALL)
    assert again.progress == await told(film.attempt, half=600) == 0.5
    assert await told(film.attempt + 1, half=100) == 0.55
    await office.close()


async def test_a_job_is_done_before_what_it_was_made_of_is_cleared_away(film: Path, tmp_path: Path) -> None:
    """At no moment have I a job under way of which nothing is made any more."""
    blobs = Cleared(tmp_path / "blobs")
    async with studio(tmp_path, all_rungs=False, blobs=blobs) as scene:
        blobs.look = lambda: jobs(scene)
        await scene.find(film, "film")
        await scene.hears(complete("film"))
        await until(lambda: not list((tmp_path / "studio").iterdir()))
    assert blobs.states
    assert set(blobs.states) == {DONE}


class Cleared(DirectoryBlobs):
    """Keeps in mind in which states jobs were when their chunks went."""

    look: Callable[[], Awaitable[list[Job]]]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.states: list[int] = []

    async def delete(self, unit: str) -> None:
        if unit.startswith("chunks/"):
            self.states += [job.state for job in await self.look()]
        await super().delete(unit)


async def test_a_broken_film_fails_in_plain_words_and_keeps_the_details(film: Path, tmp_path: Path) -> None:
    """Viewers read no program's complaint; whoever mends it finds it in the job."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(5000))
    async with studio(tmp_path) as scene:
        await scene.find(broken, "broken")
        reason = (await scene.hears(ended("broken"))).failed.reason
        job = (await jobs(scene))[0]
    assert job.state == JOB_FAILED
    assert job.problem == reason
    assert "ffprobe" not in reason
    assert "ffprobe" in job.detail


async def test_a_wrong_job_id_is_answered_with_those_near_it(film: Path, tmp_path: Path) -> None:
    """A slip of the finger costs no search."""
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(film, "film")
        await scene.hears(ended("film"))
        right = (await jobs(scene))[0].job_id
        assert len(right) <= 12
        with pytest.raises(Refused, match=f"Near to it are {right}"):
            await scene.office.get_job(JobId(job_id=f"{right[:-1]}!"), CALL)


async def test_a_superseded_edition_outlives_its_last_viewer(tmp_path: Path) -> None:
    """Who began with the old edition plays it to its end; a day and a half later its room is free. The same film under
    another title keeps it, and pictures are no editions."""
    clock, sql, hour_ms = ManualClock(), SqliteSql(tmp_path / "studio.db"), 3_600_000
    await sql.install(MIGRATIONS)

    async def publish(title: str, unit: str) -> None:
        await sql.transact(lambda db: holdings.claim(db, title, unit))
        await sql.transact(lambda db: holdings.shown(db, Film(title, "", 1, 1, 0), unit, clock.now_ms()))

    async def outlived() -> list[tuple[str, str]]:
        return await sql.read(lambda db: holdings.outlived(db, clock.now_ms()))

    for title, unit in [
        ("a", "films/quick"),
        ("a", "art/first"),
        ("a", "films/whole"),
        ("b", "films/shared"),
        ("c", "films/shared"),
        ("b", "films/new"),
    ]:
        await publish(title, unit)
    await clock.advance(35 * hour_ms / 1000)
    assert await outlived() == []
    await clock.advance(2 * hour_ms / 1000)
    assert await outlived() == [("a", "films/quick"), ("b", "films/shared")]
    assert await sql.read(lambda db: holdings.is_held(db, "films/shared"))
    await publish("a", "films/quick")
    assert await outlived() == [("b", "films/shared")]
    await sql.close()


async def test_an_edition_wanted_again_is_never_deleted_under_its_title(tmp_path: Path) -> None:
    """I put the old file back in the very second its edition is cleared: either it stays, or it is made again."""
    sql, much_later_ms = SqliteSql(tmp_path / "studio.db"), 2 * holdings.KEPT_MS
    await sql.install(MIGRATIONS)

    async def old(unit: str) -> None:
        for each in (unit, "films/new"):
            await sql.transact(lambda db, each=each: holdings.claim(db, "film", each))
            await sql.transact(lambda db, each=each: holdings.shown(db, Film("film", "", 1, 1, 0), each, 1))

    async def claim(unit: str) -> bool:
        return await sql.transact(lambda db: holdings.claim(db, "film", unit))

    async def let_go(unit: str) -> bool:
        return await sql.transact(lambda db: holdings.let_go(db, "film", unit, much_later_ms))

    await old("films/first-to-claim")
    assert await claim("films/first-to-claim")
    assert not await let_go("films/first-to-claim")
    await old("films/first-to-go")
    assert await let_go("films/first-to-go")
    assert not await claim("films/first-to-go")
    assert ("film", "films/first-to-go") in await sql.read(lambda db: holdings.outlived(db, much_later_ms))
    await sql.transact(lambda db: holdings.forget(db, "film", "films/first-to-go"))
    assert await claim("films/first-to-go")
    await sql.close()


@contextmanager
def worker(state: Path, slot: str, engine: str) -> Iterator[subprocess.Popen[bytes]]:
    folder = Path(scene_module.__file__).parents[1]
    with (state / "workers.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "studio.scene", str(state), slot, "4", engine],
            cwd=folder,
            stdout=log,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY)},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def jobs(scene: Scene) -> list[Job]:
    return list((await scene.office.list_jobs(ListJobsRequest(finished=True), CALL)).jobs)


async def followed(scene: Scene) -> list[Job]:
    """The only job, as it is told again and again until it is done."""
    seen: list[Job] = []
    while not seen or seen[-1].state != DONE:
        seen += await jobs(scene)
        await asyncio.sleep(0.1)
    return seen


def encoders_of(state: Path, worker: int) -> set[int]:
    return {pid for pid in encoding(state) if parent(pid) == worker}


def child_encodes(state: Path, worker: int) -> bool:
    return bool(encoders_of(state, worker))


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def chunks_made(state: Path) -> int:
    return len(
        re.findall(r"job=chunk outcome=made|outcome=made.*job=chunk|job=chunk.*outcome=made", (state / "workers.log").read_text())
    )


def content(state: Path, edition: str) -> dict[str, bytes]:
    folder = state / "blobs" / "films" / edition
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
