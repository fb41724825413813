"""Programs that work in a Python of their own, for they are too large for a house: Spark, Flink, JAX."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LAST_LINES = 6


def find(module: str, variable: str, beside: Path) -> Path | None:
    """A Python that has the module: the one that the variable names, the one in the sources, or ours."""
    asked = os.environ.get(variable)
    for python in (Path(asked) if asked else None, beside.absolute(), Path(sys.executable)):
        if python and has(python, module):
            return python
    return None


def has(python: Path, module: str) -> bool:
    looked_for = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return python.exists() and subprocess.run([str(python), "-c", looked_for], check=False).returncode == 0


def has_java() -> bool:
    return bool(shutil.which("java") or os.environ.get("JAVA_HOME"))


def last_words(said: str) -> str:
    """Why it gave up, as far as its output tells."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line or "Exception" in line] or lines
    return " | ".join(telling[-LAST_LINES:]) or "it said nothing"
