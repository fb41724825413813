"""The web app's own rules bite: each checker says no to the faults planted in a copy of the app, and to nothing else."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from matinee.topology import REPOSITORY

pytestmark = pytest.mark.xdist_group("web rules")

WEB = REPOSITORY / "web"
CLEAN = "export const rung = (heightPx: number): string => `${String(heightPx)}p`;\n"
TYPES = {
    "types": ('export const wrong: number = "text";\n', "TS2322"),
    "unchecked-index": ("export const first = (all: string[]): string => all[0];\n", "TS2322"),
}
STYLE = {
    "any": ("export const loose = (x: any) => x;\n", "no-explicit-any"),
    "floating-promise": ("export const forgotten = () => { Promise.resolve(1); };\n", "no-floating-promises"),
    "length": ("".join(f"export const line{n} = {n};\n" for n in range(201)), "max-lines"),
}
Checked = tuple[int, dict[str, str]]
"""How a checker ended, and what it said of each file of which it said anything."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The web app's rules and packages, and in the place of its sources one file for each fault: whoever builds the app, as
    `make test` does before, has the types of all that it really has read by then."""
    folder = tmp_path_factory.mktemp("web") / "web"
    shutil.copytree(WEB, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "src"))
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    (folder / "src").mkdir()
    (folder / "src" / "planted-clean.ts").write_text(CLEAN)
    for name, (source, _) in (TYPES | STYLE).items():
        (folder / "src" / f"planted-{name}.ts").write_text(source)
    return folder


@pytest.fixture(scope="module")
def tsc(copy: Path) -> Checked:
    """Each of its lines begins with the file, then `(line,column): error`; what belongs to one is set in below it."""
    checked = run(copy, "tsc", "--noEmit", "--pretty", "false")
    said = dict[str, str]()
    for line in checked.stdout.splitlines():
        path = line.partition("(")[0] if not line.startswith(" ") else [*said][-1]
        said[path] = said.get(path, "") + line
    return checked.returncode, said


@pytest.fixture(scope="module")
def eslint(copy: Path) -> Checked:
    planted = [f"src/planted-{name}.ts" for name in ("clean", *STYLE)]
    checked = run(copy, "eslint", *planted, "--max-warnings", "0", "--format", "json")
    told = {str(Path(file["filePath"]).relative_to(copy)): file["messages"] for file in json.loads(checked.stdout)}
    assert set(told) == set(planted), "each was looked at"
    return checked.returncode, {path: json.dumps(messages) for path, messages in told.items() if messages}


def run(folder: Path, checker: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Once for all faults, for it reads all packages each time."""
    argv = [f"node_modules/.bin/{checker}", *words]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("fault", TYPES)
def test_a_wrong_type_in_the_web_app_is_noticed(tsc: Checked, fault: str) -> None:
    """What the types forbid is reported by name, in its file."""
    status, said = tsc
    assert status != 0
    assert TYPES[fault][1] in said[f"src/planted-{fault}.ts"]


@pytest.mark.parametrize("fault", STYLE)
def test_a_fault_in_the_web_app_is_noticed(eslint: Checked, fault: str) -> None:
    """What the rules forbid is reported by name, in its file."""
    status, said = eslint
    assert status != 0
    assert STYLE[fault][1] in said[f"src/planted-{fault}.ts"]


def test_files_without_fault_pass(tsc: Checked, eslint: Checked) -> None:
    """The checkers say nothing about good code, so that what they say above means something."""
    assert set(tsc[1]) == {f"src/planted-{fault}.ts" for fault in TYPES}
    assert set(eslint[1]) == {f"src/planted-{fault}.ts" for fault in STYLE}


def test_no_app_is_built_whose_types_are_wrong() -> None:
    """What is served was read by the same checker, every file of it."""
    build = json.loads((WEB / "package.json").read_text())["scripts"]["build"]
    assert "tsc --noEmit && vite build" in build
    assert "src" in json.loads((WEB / "tsconfig.json").read_text())["include"]
