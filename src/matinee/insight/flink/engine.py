"""Flink, run as a program of its own: in a Python that has pyflink, on a Java that it can use.

Nothing of it is imported here, so that no house needs it. `make flink` makes such a Python in `.venv-flink`.
"""

import json
import os
import signal
import subprocess
from base64 import b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matinee.insight.flink import program
from matinee.insight.flink.bundle import bundle
from matinee.insight.other_pythons import find, has_java, last_words
from matinee.insight.streams.job import Job

PROGRAM = program.__name__
PYTHON = "MATINEE_FLINK_PYTHON"
"""The variable that names a Python with pyflink."""
BESIDE = Path(".venv-flink/bin/python")
LEAVES_WITHIN_S = 10.0


class NoFlink(RuntimeError):
    """Flink cannot be run here, or gave up; the text says why and what to do."""


@dataclass(frozen=True)
class Topic:
    """A topic on Kafka, by the names that it and its readers have there; `ends`: what stands on it now, and no more."""

    servers: str
    topic: str
    group: str
    ends: bool = False


@dataclass(frozen=True)
class Task:
    """A job, whence its facts come (a file as `record` writes it, or a topic), and the folder where its tables are written."""

    job: Job
    source: Path | Topic
    out: Path

    def as_json(self) -> dict[str, Any]:
        wish = {"job": self.job.name, "out": str(self.out.absolute())}
        if isinstance(self.source, Path):
            return {**wish, "file": str(self.source.absolute())}
        return {**wish, "kafka": vars(self.source)}


@dataclass(frozen=True)
class Flink:
    """`python` has pyflink; `jars` is the folder of the connectors."""

    python: Path
    jars: Path | None = None

    def run(self, tasks: Sequence[Task]) -> None:
        """Until their sources end; who gives up waiting ends it. Raises NoFlink."""
        with TemporaryDirectory(prefix="matinee-flink-") as folder, self.start(tasks, Path(folder)) as running:
            try:
                _, said = running.communicate()
            finally:
                _end(running)
        if running.returncode:
            raise NoFlink(f"Flink gave up: {last_words(said)}")

    def start(self, tasks: Sequence[Task], folder: Path) -> "subprocess.Popen[str]":
        """The process that runs these in a session of its own, with what it needs in the folder."""
        task, code = folder / "task.json", folder / "matinee.zip"
        bundle(code)
        jars = sorted(map(str, self.jars.glob("*.jar"))) if self.jars else []
        task.write_text(json.dumps({"jobs": [each.as_json() for each in tasks], "jars": jars, "code": [str(code)]}))
        for each in tasks:
            each.out.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(self.python), "-m", PROGRAM, str(task)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(code), "FLINK_LOG_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def flink(jars: Path | None = None) -> Flink:
    """The Flink of this machine. Raises NoFlink."""
    if not has_java():
        raise NoFlink("Flink needs Java 17. Type: sudo apt-get install -y openjdk-17-jre-headless")
    if python := find("pyflink", PYTHON, BESIDE):
        return Flink(python, jars)
    raise NoFlink(f"no Python with pyflink was found: type `make flink`, or name one in {PYTHON}")


def record(values: Iterable[bytes], file: Path) -> None:
    """Facts, as they stand on the log, as a file that Flink reads."""
    file.write_text("".join(f"{b64encode(value).decode()}\n" for value in values))


def _end(running: "subprocess.Popen[str]") -> None:
    """With all that it began: Java and the steps' Pythons are of its session, which hears no Ctrl-C."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            running.wait(LEAVES_WITHIN_S)
            return
        os.killpg(running.pid, signal.SIGKILL)
