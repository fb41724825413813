"""Spark, run as a program of its own: in a Python that has pyspark, on a Java that it can use.

Nothing of it is imported here, so that no house needs it. `make test-spark` makes such a Python in `.venv-spark`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matinee.insight.spark import job

SCRIPT = Path(job.__file__)
PYTHON = "MATINEE_SPARK_PYTHON"
"""The variable that names a Python with pyspark."""
BESIDE = Path(".venv-spark/bin/python")
LAST_LINES = 6


class NoSpark(RuntimeError):
    """Spark cannot be run here, or gave up; the text says why and what to do."""


@dataclass(frozen=True)
class Spark:
    """`python` has pyspark."""

    python: Path

    def run(self, task: Mapping[str, Any]) -> None:
        """Does one task of `job.py`. Raises NoSpark."""
        with TemporaryDirectory(prefix="matinee-spark-") as folder:
            file = Path(folder, "task.json")
            file.write_text(json.dumps(task))
            ours = {**os.environ, "PYSPARK_PYTHON": str(self.python), "SPARK_LOCAL_IP": "127.0.0.1"}
            done = subprocess.run(
                [str(self.python), str(SCRIPT), str(file)], cwd=folder, env=ours, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise NoSpark(f"Spark gave up: {_last_words(done.stderr)}")

    def models(self, tables: Mapping[str, Sequence[str]], sql: Sequence[tuple[str, str]], out: Path) -> None:
        """Each model, named with its SQL, as a folder of parquet files in `out`; tables are lists of parquet files."""
        self.run(
            {"models": {"tables": {name: list(files) for name, files in tables.items()}, "models": list(sql), "out": str(out)}}
        )


def spark() -> Spark:
    """The Spark of this machine. Raises NoSpark."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise NoSpark("Spark needs Java 17 or newer. Type: sudo apt-get install -y openjdk-17-jre-headless")
    asked = os.environ.get(PYTHON)
    for python in (Path(asked) if asked else None, BESIDE.absolute(), Path(sys.executable)):
        if python and python.exists() and _has_pyspark(python):
            return Spark(python)
    raise NoSpark(f"no Python with pyspark was found: type `make .venv-spark/done`, or name one in {PYTHON}")


def _has_pyspark(python: Path) -> bool:
    found = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pyspark') is None)"
    return subprocess.run([str(python), "-c", found], check=False).returncode == 0


def _last_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line or "Exception" in line] or lines
    return " | ".join(telling[-LAST_LINES:]) or "it said nothing"
