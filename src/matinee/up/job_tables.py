"""How jobs of the studio look on a terminal, and as data for other programs."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table

from matinee.contracts.studio_pb2 import CANCELLED, DONE, JOB_FAILED, RUNNING, WAITING, Job

WORDS = {WAITING: "waiting", RUNNING: "running", DONE: "done", JOB_FAILED: "failed", CANCELLED: "cancelled"}
BAR_WIDTH = 20


def job_table(jobs: Sequence[Job]) -> Table:
    table = Table("job", "film", "state", "stage", "", "", "speed", "time left", box=None, pad_edge=False, header_style="bold")
    for job in jobs:
        table.add_row(
            job.job_id,
            job.file_name,
            WORDS[job.state] + (", playable" if job.playable and job.state != DONE else ""),
            job.stage or job.problem,
            _bar(job.progress),
            f"{job.progress:.0%}",
            _speed(job),
            _time(job.seconds_left),
        )
    return table


def job_card(job: Job) -> RenderableType:
    """Everything about one job; the parts that say nothing are left out."""
    facts = {
        "job": job.job_id,
        "film": job.file_name,
        "title": job.title_id,
        "state": WORDS[job.state] + (", can be played" if job.playable else ""),
        "stage": job.stage,
        "made": f"{job.progress:.0%}",
        "speed": _speed(job),
        "time left": _time(job.seconds_left),
        "problem": job.problem,
        "detail": job.detail,
    }
    card = Table(box=None, pad_edge=False, show_header=False)
    for name, value in facts.items():
        if value:
            card.add_row(name, value)
    rungs = Table(box=None, pad_edge=False, show_header=False)
    for rung in job.rungs:
        rungs.add_row(rung.name, _bar(rung.progress), f"{rung.progress:.0%}")
    return Group(card, rungs) if job.rungs else card


def as_data(job: Job) -> dict[str, object]:
    return {
        "job": job.job_id,
        "title": job.title_id,
        "film": job.file_name,
        "path": job.path,
        "state": WORDS[job.state],
        "playable": job.playable,
        "stage": job.stage,
        "progress": round(job.progress, 4),
        "speed": round(job.speed, 2),
        "seconds_left": job.seconds_left,
        "problem": job.problem,
        "detail": job.detail,
        "queued_ms": job.queued_ms,
        "ended_ms": job.ended_ms,
        "rungs": {rung.name: round(rung.progress, 4) for rung in job.rungs},
    }


def _bar(share: float) -> ProgressBar:
    return ProgressBar(total=1.0, completed=share, width=BAR_WIDTH)


def _speed(job: Job) -> str:
    """In times of playing."""
    return f"{job.speed:.1f}x" if job.speed else ""


def _time(seconds: int) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
