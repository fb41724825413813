"""Durable work: a job goes on where it was when its process died. DBOS keeps the account of it (`account.py`).

A job is a function of steps. A finished step is never run again: its result is read from the account. A step that was under
way is run again from its start, so every step may be repeated. A job that runs is held by one process, named by its
`executor_id`, new at every start; what a dead one held, a living one takes over (`crew.py` knows who is dead).

A step that fails in a way its film explains does not raise through DBOS, which would keep a Python object: its reason is
kept as text and raised again, on the first run and on every later one, as `Unfit`; likewise `CalledOff`.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID

from matinee.studio.account import Account
from matinee.studio.tools import CalledOff

T = TypeVar("T")
Argument = dict[str, Any]

POLL_S, POLL_IDLE_S = 0.5, 2.0
"""How often a queue is looked into: one that somebody waits for, and another. A look costs 7 ms of CPU."""
GATHER_S = 0.3
ASKED_AT_ONCE = 32
LATEST_S = 2**31 - 1
log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


class Unfit(Exception):
    """The film cannot go on: why, for its owner, and what a program said, for whoever has to mend it.

    `quietly` when that is nobody's fault: another finding of the file will answer for it.
    """

    def __init__(self, reason: str, *, detail: str = "", quietly: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.quietly = reason, detail, quietly


@dataclass(frozen=True)
class Queue:
    name: str
    at_once: int
    idle: bool = False  # nobody waits for what is in it


@dataclass(frozen=True)
class Broken:
    """A job that ended in an error of ours."""

    name: str
    job_id: str
    argument: Argument
    error: str


class _Outcome(msgspec.Struct):
    kind: Literal["done", "unfit", "outdated", "called off"]
    value: Any = None
    detail: str = ""


class Jobs:
    """Use: `define` every job, `open`, `enqueue`. One per process, as DBOS is. Its methods block: call them from threads."""

    def __init__(self, account: Account, executor_id: str, poll_idle_s: float = POLL_IDLE_S) -> None:
        self._account = account
        self._executor_id = executor_id
        self._poll_idle_s = poll_idle_s
        self._work: dict[str, Callable[[str, Argument], str]] = {}

    def define(self, name: str, work: Callable[[Argument], str]) -> None:
        """`work` returns what came of it, in a word or a sentence."""

        def job(about: str, argument: Argument) -> str:
            started_s, outcome = time.monotonic(), "interrupted"
            try:
                outcome = work(argument)
                return outcome
            finally:
                elapsed_ms = round((time.monotonic() - started_s) * 1000)
                log.info("job", job=name, about=about, outcome=outcome, elapsed_ms=elapsed_ms)

        self._work[name] = DBOS.workflow(name=name)(job)

    def open(self, queues: Sequence[Queue]) -> None:
        """Opens the account and begins to take jobs."""
        with self._account.opening():
            DBOS(config=self._config())
            DBOS.launch()
            for queue in queues:
                every_s = self._poll_idle_s if queue.idle else min(POLL_S, self._poll_idle_s)
                DBOS.register_queue(queue.name, worker_concurrency=queue.at_once, polling_interval_sec=every_s)

    def close(self) -> None:
        DBOS.destroy(destroy_registry=True)
        self._account.close()

    def enqueue(self, queue: Queue, name: str, job_id: str, about: str, argument: Argument, asked_s: int | None = None) -> None:
        """Returns when the job is on disk. A job id that was seen before changes nothing, finished or not.

        Of jobs with an `asked_s` (Unix seconds) the latest goes first; else the first does.
        """
        with SetWorkflowID(job_id), SetEnqueueOptions(priority=LATEST_S - asked_s if asked_s else None):
            DBOS.enqueue_workflow(queue.name, self._work[name], about, argument)

    def gather(self, step: str, job_ids: Sequence[str], good: str, look: Callable[[], None]) -> str:
        """Waits until other jobs have come out `good`; what came of the first that did not, else "".

        `look` is called meanwhile, and may raise. A step of the job that waits.
        """
        return self.step(step, str, lambda: _gathered(job_ids, good, look))

    def step(self, name: str, kind: type[T], work: Callable[[], T]) -> T:
        """The result of `work`, run at most once to its end; `kind` is its type. Raises Unfit, CalledOff."""
        outcome = msgspec.convert(DBOS.run_step({"name": name}, lambda: _attempt(work)), _Outcome)
        if outcome.kind == "done":
            return msgspec.convert(outcome.value, kind)
        if outcome.kind == "called off":
            raise CalledOff(str(outcome.value))
        raise Unfit(str(outcome.value), detail=outcome.detail, quietly=outcome.kind == "outdated")

    def unfinished(self) -> set[str]:
        found = DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)
        return {each.workflow_id for each in found}

    def holders(self) -> dict[str, list[tuple[str, str]]]:
        """Who holds which running jobs (id, queue)."""
        held: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for each in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            if each.queue_name:
                held[each.executor_id or ""].append((each.workflow_id, each.queue_name))
        return held

    def take_over(self, jobs: Iterable[tuple[str, str]]) -> None:
        """Back into their queues, where whoever has time finds them; they go on after their last finished step."""
        for job_id, queue in jobs:
            DBOS.resume_workflow(job_id, queue_name=queue)

    def broken(self) -> list[Broken]:
        found = DBOS.list_workflows(status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"])
        return [
            Broken(each.name, each.workflow_id, each.input["args"][1], str(each.error or "it was interrupted too often"))
            for each in found
            if each.input
        ]

    def forget(self, before_s: float) -> int:
        """Clears the account of jobs that ended before; how many there were."""
        ended = ["SUCCESS", "ERROR", "CANCELLED"]
        before = datetime.fromtimestamp(before_s, UTC).isoformat()
        found = DBOS.list_workflows(
            status=ended, completed_before=before, has_parent=False, limit=200, load_input=False, load_output=False
        )
        if found:
            DBOS.delete_workflows([each.workflow_id for each in found], delete_children=True)
        return len(found)

    def _config(self) -> DBOSConfig:
        return {
            **self._account.config(),
            "name": "matinee-studio",
            "executor_id": self._executor_id,
            # Fixed: DBOS resumes only jobs of its own version, and a film half made before an upgrade must still be finished.
            "application_version": "1",
            # Text that outlives our classes, not pickles of them.
            "serializer": DBOSPortableJSONSerializer(),
            # Nothing is sent anywhere, and its greetings are not ours to print.
            "enable_otlp": False,
            "log_level": "ERROR",
        }


def _attempt(work: Callable[[], object]) -> Mapping[str, object]:
    try:
        value = msgspec.to_builtins(work())
        return {"kind": "done", "value": value}
    except Unfit as unfit:
        return {"kind": "outdated" if unfit.quietly else "unfit", "value": unfit.reason, "detail": unfit.detail}
    except CalledOff as cancelled:
        return {"kind": "called off", "value": str(cancelled)}


def _gathered(job_ids: Sequence[str], good: str, look: Callable[[], None]) -> str:
    """They end about in the order they were queued, so only those at the head are asked about."""
    waiting = list(job_ids)
    while waiting:
        look()
        ended = {
            each.workflow_id: str(each.output if each.status == "SUCCESS" else each.error or each.status)
            for each in DBOS.list_workflows(workflow_ids=waiting[:ASKED_AT_ONCE], load_input=False)
            if each.status not in {"PENDING", "ENQUEUED", "DELAYED"}
        }
        if bad := [outcome for outcome in ended.values() if outcome != good]:
            return bad[0]
        waiting = [job_id for job_id in waiting if job_id not in ended]
        if not ended:
            time.sleep(GATHER_S)
    return ""
