"""Durable work: a job goes on where it was when its process died. DBOS keeps the account of it, in `jobs.db`.

A job is a function of steps. A finished step is never run again: its result is read from the account. A step that was under
way is run again from its start, so every step may be repeated. Jobs of one process are its own: after a death they are taken
up by the next process with the same slot name, so no two living processes may share one.

A step that fails in a way its film explains does not raise through DBOS, which would keep a Python object: its reason is
kept as text and raised again, on the first run and on every later one, as `Unfit`.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

T = TypeVar("T")
Argument = dict[str, Any]

POLL_S = 0.5
log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


class Unfit(Exception):
    """The film cannot go on. `quietly` when that is nobody's fault: another finding of the file will answer for it."""

    def __init__(self, reason: str, *, quietly: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.quietly = quietly


@dataclass(frozen=True)
class Queue:
    name: str
    at_once: int


@dataclass(frozen=True)
class Broken:
    """A job that ended in an error of ours."""

    name: str
    job_id: str
    argument: Argument
    error: str


class _Outcome(msgspec.Struct):
    kind: Literal["done", "unfit", "outdated"]
    value: Any = None


class Jobs:
    """Use: `define` every job, `open`, `enqueue`. One per process, as DBOS is. Its methods block: call them from threads."""

    def __init__(self, database: Path, slot: str) -> None:
        self._database = database
        self._slot = slot
        self._work: dict[str, Callable[[str, Argument], None]] = {}

    def define(self, name: str, work: Callable[[Argument], str]) -> None:
        """`work` returns what came of it, in a word or a sentence for the log."""

        def job(about: str, argument: Argument) -> None:
            started_s, outcome = time.monotonic(), "interrupted"
            try:
                outcome = work(argument)
            finally:
                elapsed_ms = round((time.monotonic() - started_s) * 1000)
                log.info("job", job=name, about=about, outcome=outcome, elapsed_ms=elapsed_ms)

        self._work[name] = DBOS.workflow(name=name)(job)

    def open(self, queues: Sequence[Queue]) -> None:
        """Takes up what a dead process of this slot left."""
        self._database.parent.mkdir(parents=True, exist_ok=True)
        self._database.touch(mode=0o600)
        connection = sqlite3.connect(self._database)
        try:
            # DBOS would use a rollback journal, under which readers and the writer wait for each other.
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()
        DBOS(config=self._config())
        DBOS.launch()
        for queue in queues:
            DBOS.register_queue(queue.name, worker_concurrency=queue.at_once, polling_interval_sec=POLL_S)

    def close(self) -> None:
        DBOS.destroy(destroy_registry=True)

    def enqueue(self, queue: Queue, name: str, job_id: str, about: str, argument: Argument) -> None:
        """Returns when the job is on disk. A job id that was seen before changes nothing, finished or not."""
        with SetWorkflowID(job_id):
            DBOS.enqueue_workflow(queue.name, self._work[name], about, argument)

    def step(self, name: str, kind: type[T], work: Callable[[], T]) -> T:
        """The result of `work`, run at most once to its end; `kind` is its type. Raises Unfit."""
        outcome = msgspec.convert(DBOS.run_step({"name": name}, lambda: _attempt(work)), _Outcome)
        if outcome.kind == "done":
            return msgspec.convert(outcome.value, kind)
        raise Unfit(str(outcome.value), quietly=outcome.kind == "outdated")

    def unfinished(self) -> set[str]:
        found = DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)
        return {each.workflow_id for each in found}

    def broken(self) -> list[Broken]:
        found = DBOS.list_workflows(status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"])
        return [
            Broken(each.name, each.workflow_id, each.input["args"][1], str(each.error or "it was interrupted too often"))
            for each in found
            if each.input
        ]

    def _config(self) -> DBOSConfig:
        return {
            "name": "matinee-studio",
            "system_database_url": f"sqlite:///{self._database}",
            "executor_id": self._slot,
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
        return {"kind": "outdated" if unfit.quietly else "unfit", "value": unfit.reason}
