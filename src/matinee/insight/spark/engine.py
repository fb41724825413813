"""Spark, run as a program of its own: in a Python that has pyspark, on a Java that it can use.

Nothing of it is imported here, so that no house needs it. `make test-spark` makes such a Python in `.venv-spark`.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from matinee.insight.other_pythons import find, has_java, last_words
from matinee.insight.spark import job

SCRIPT = Path(job.__file__)
PYTHON = "MATINEE_SPARK_PYTHON"
"""The variable that names a Python with pyspark."""
BESIDE = Path(".venv-spark/bin/python")


class NoSpark(RuntimeError):
    """Spark cannot be run here, or gave up; the text says why and what to do."""


class Spark:
    """Does one task after the other in one session, which begins with the first; leave it with `with`, or `close` it.

    `python` has pyspark. The session ends with this process, too, however that ends.
    """

    def __init__(self, python: Path) -> None:
        self._python = python
        self._process: subprocess.Popen[str] | None = None
        self._folder = TemporaryDirectory(prefix="matinee-spark-")
        self._tasks = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *why: object) -> None:
        if kind and self._process:
            # Nobody waits for what it may be at.
            self._process.terminate()
        self.close()

    def close(self) -> None:
        self._end()
        self._folder.cleanup()

    def run(self, task: Mapping[str, Any]) -> None:
        """Does one task of `job.py`. Raises NoSpark, and then the next task begins another session."""
        self._tasks += 1
        file = Path(self._folder.name, f"{self._tasks}.json")
        file.write_text(json.dumps(task))
        process = self._process = self._process or self._begun()
        assert process.stdin and process.stdout
        with suppress(BrokenPipeError):
            process.stdin.write(f"{file}\n")
            process.stdin.flush()
        if f"{file}\n" not in process.stdout:
            self._end()
            raise NoSpark(f"Spark gave up: {last_words(self._errors.read_text())}")

    @property
    def _errors(self) -> Path:
        return Path(self._folder.name, "errors")

    def _begun(self) -> "subprocess.Popen[str]":
        ours = {**os.environ, "PYSPARK_PYTHON": str(self._python), "SPARK_LOCAL_IP": "127.0.0.1"}
        with self._errors.open("w") as errors:
            return subprocess.Popen(
                [str(self._python), str(SCRIPT), "-"],
                cwd=self._folder.name,
                env=ours,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def _end(self) -> None:
        """Its input is at an end, and so is it."""
        process, self._process = self._process, None
        if process:
            process.communicate()

    def models(self, tables: Mapping[str, Sequence[str]], sql: Sequence[tuple[str, str]], out: Path) -> None:
        """Each model, named with its SQL, as a folder of parquet files in `out`; tables are lists of parquet files."""
        self.run(
            {"models": {"tables": {name: list(files) for name, files in tables.items()}, "models": list(sql), "out": str(out)}}
        )


def spark() -> Spark:
    """The Spark of this machine. Raises NoSpark."""
    if not has_java():
        raise NoSpark("Spark needs Java 17 or newer. Type: sudo apt-get install -y openjdk-17-jre-headless")
    if python := find("pyspark", PYTHON, BESIDE):
        return Spark(python)
    raise NoSpark(f"no Python with pyspark was found: type `make .venv-spark/done`, or name one in {PYTHON}")
