"""The web app's own rules bite: each checker says no to a fault planted in a copy of the sources."""

import shutil
import subprocess
from pathlib import Path

import pytest

from matinee.topology import REPOSITORY

WEB = REPOSITORY / "web"
TSC, ESLINT = ["node_modules/.bin/tsc", "--noEmit"], ["node_modules/.bin/eslint", "src/planted.ts", "--max-warnings", "0"]
CLEAN = "export const rung = (heightPx: number): string => `${String(heightPx)}p`;\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The web app without what is built, beside the packages that are installed."""
    folder = tmp_path_factory.mktemp("web") / "web"
    shutil.copytree(WEB, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    return folder


@pytest.mark.parametrize(
    ("checker", "source", "told"),
    [
        (TSC, 'export const wrong: number = "text";\n', "TS2322"),
        (TSC, "export const first = (all: string[]): string => all[0];\n", "TS2322"),
        (ESLINT, "export const loose = (x: any) => x;\n", "no-explicit-any"),
        (ESLINT, "export const forgotten = () => { Promise.resolve(1); };\n", "no-floating-promises"),
        (ESLINT, "".join(f"export const line{n} = {n};\n" for n in range(201)), "max-lines"),
    ],
    ids=["types", "unchecked-index", "any", "floating-promise", "length"],
)
def test_a_fault_in_the_web_app_is_noticed(copy: Path, checker: list[str], source: str, told: str) -> None:
    """What the rules forbid is reported by name."""
    (copy / "src" / "planted.ts").write_text(source)
    checked = subprocess.run(checker, cwd=copy, capture_output=True, text=True, check=False)
    assert checked.returncode != 0
    assert told in checked.stdout


@pytest.mark.parametrize("checker", [TSC, ESLINT], ids=["tsc", "eslint"])
def test_a_file_without_fault_passes(copy: Path, checker: list[str]) -> None:
    """The checkers say nothing about good code, so that what they say above means something."""
    (copy / "src" / "planted.ts").write_text(CLEAN)
    checked = subprocess.run(checker, cwd=copy, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
