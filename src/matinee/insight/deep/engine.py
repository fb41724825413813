"""JAX, run as a program of its own: by the Python that we run in, where it has jax (`matinee[deep]`), or by another.

Nothing of it is imported here, so that no house needs it. `make test-deep` makes such a Python in `.venv-deep`.
"""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import matinee
from matinee.insight.other_pythons import has, last_words

PYTHON = "MATINEE_DEEP_PYTHON"
"""The variable that names a Python with jax."""
BESIDE = Path(".venv-deep/bin/python")
SOURCES = Path(*matinee.__path__).parent
ONE_THREAD = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "NPROC": "1", "OMP_NUM_THREADS": "1"}
"""Threads that wait for each other on busy processors cost far more CPU than one; whoever has idle ones may say otherwise."""


class NoJax(RuntimeError):
    """A transformer cannot be learnt here, or learning gave up; the text says why and what to do."""


@dataclass(frozen=True)
class Jax:
    """`python` has jax."""

    python: Path

    def run(self, folder: Path) -> None:
        """Does what the folder asks for (`job.py`), and ends with us. Raises NoJax."""
        ours = {**ONE_THREAD, "JAX_PLATFORMS": "cpu", **os.environ, "PYTHONPATH": str(SOURCES)}
        words = [str(self.python), "-m", "matinee.insight.deep.job", str(folder), str(os.getpid())]
        done = subprocess.run(words, cwd=folder, env=ours, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoJax(f"learning the transformer gave up (status {done.returncode}): {last_words(done.stderr)}")


def jax() -> Jax:
    """The JAX of this machine. Raises NoJax."""
    found = installed() or (Jax(BESIDE.absolute()) if has(BESIDE, "jax") else None)
    if found is None:
        raise NoJax(
            "the transformer is learnt by JAX, which is not installed: type `pip install 'matinee[deep]'`, "
            f"or `make .venv-deep/done` in the sources, or name a Python that has it in {PYTHON}"
        )
    return found


def installed() -> Jax | None:
    """JAX where the house itself was given it: in our own Python, or in the one that is named. Raises NoJax for a wrong name."""
    if asked := os.environ.get(PYTHON):
        named = Path(asked).absolute()
        if not has(named, "jax"):
            raise NoJax(f"{PYTHON}={asked}: that is no Python with jax: name one that has it")
        return Jax(named)
    return Jax(Path(sys.executable)) if importlib.util.find_spec("jax") else None
