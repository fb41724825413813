"""The house numbers and house rules as functions: each takes the root of a tree and says what is wrong in it.

They look at the text of the files and run nothing, so that a rule can be tried on a copy with a fault planted in it
(tests/rules.py). Exceptions are named here, with their reason, and one that is no longer needed is itself a fault.
"""

import ast
import functools
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import TypeVar

from deciding import deciding_files, held_by_import_linter

MOST_LINES = 300
MOST_FUNCTION_LINES = 40
HARD_FUNCTION_LINES = 60
GENERATED = re.compile(r"src/matinee/contracts/\w+_(pb2|rpc)\.py")
NOWHERE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}
NOBODYS_ENDINGS = ("Manager", "Helper", "Helpers", "Util", "Utils", "Impl")
FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "exists", "is_file", "is_dir", "stat", "iterdir"}

LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
CATCH_ALL = {
    "src/matinee/engines/rpc_callee.py:answer",  # the rpc boundary: whatever breaks in the callee has one name for the caller
    "src/matinee/up/rim.py:keep_running",  # the task boundary: a loop that fails is logged, counted and started again
}
UNCHECKED: set[str] = set()
NOBODY_IMPORTS = {"src/matinee/engines/manual_clock.py"}  # the clock that tests drive

Node = TypeVar("Node", bound=ast.AST)


def sources(root: Path, *folders: str) -> dict[str, str]:
    """Our own Python files by path, generated ones left out."""
    found = {}
    for folder in folders or ("src", "tests", "bench", "contracts", "infra"):
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not GENERATED.fullmatch(name):
                found[name] = path.read_text()
    return found


@functools.cache
def tree_of(text: str) -> ast.Module:
    return ast.parse(text)


@functools.cache
def nodes(text: str, *kinds: type[Node]) -> tuple[Node, ...]:
    """All of these kinds in a file. Kept, for the same thousand files are looked through for each fault that is planted."""
    return tuple(node for node in ast.walk(tree_of(text)) if isinstance(node, kinds))


def outdated(exceptions: set[str], needed: set[str], rule: str) -> list[str]:
    return [f"{name}: no longer an exception to '{rule}', take it off the list" for name in sorted(exceptions - needed)]


def functions(text: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    return nodes(text, ast.FunctionDef, ast.AsyncFunctionDef)


def long_files(root: Path) -> list[str]:
    long = {path: count for path, text in sources(root).items() if (count := len(text.splitlines())) > MOST_LINES}
    wrong = [
        f"{path}: {count} lines, {MOST_LINES} at most: part it by subject"
        for path, count in long.items()
        if path not in LONG_FILES
    ]
    return wrong + outdated(LONG_FILES, set(long), "long files")


def long_functions(root: Path) -> list[str]:
    long = {
        f"{path}:{function.name}": lines
        for path, text in sources(root).items()
        for function in functions(text)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    }
    wrong = [
        f"{name}: {lines} lines, {MOST_FUNCTION_LINES} at most: name its parts"
        for name, lines in long.items()
        if name not in LONG_FUNCTIONS or lines > HARD_FUNCTION_LINES
    ]
    return wrong + outdated(LONG_FUNCTIONS, set(long), "long functions")


def empty_names(root: Path) -> list[str]:
    """Names that say nothing about their bearer."""
    wrong = []
    for path, text in sources(root).items():
        for part in Path(path).with_suffix("").parts:
            if part in NOWHERE_NAMES or part.rpartition("_")[2] in {"utils", "util", "helpers", "helper"}:
                wrong.append(f"{path}: '{part}' says nothing, name it for its subject")
        for node in nodes(text, ast.ClassDef):
            if node.name.endswith(NOBODYS_ENDINGS):
                wrong.append(f"{path}:{node.lineno}: class {node.name} is named for no subject")
    return wrong


def catches_all(handler: ast.expr | None) -> bool:
    named = handler.elts if isinstance(handler, ast.Tuple) else [handler]
    broad = {"Exception", "BaseException"}
    return any(each is None or (isinstance(each, ast.Name) and each.id in broad) for each in named)


def called(call: ast.Call) -> str:
    """The last of the names by which a function is called; none for what is called without one."""
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def is_catch_all(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and called(node).endswith("suppress"):
        return any(catches_all(each) for each in node.args)
    return isinstance(node, ast.ExceptHandler) and catches_all(node.type)


def catch_alls(root: Path) -> list[str]:
    """`except Exception`, bare `except` and `suppress(Exception)` outside the named boundaries."""
    found: dict[str, int] = {}
    for path, text in sources(root).items():
        if broad := [node for node in nodes(text, ast.Call, ast.ExceptHandler) if is_catch_all(node)]:
            inside = {id(node): function.name for function in functions(text) for node in ast.walk(function)}
            found |= {f"{path}:{inside.get(id(node), 'the module')}": getattr(node, "lineno", 0) for node in broad}
    wrong = [f"{name} (line {line}): name the errors you can handle" for name, line in found.items() if name not in CATCH_ALL]
    return wrong + outdated(CATCH_ALL, set(found), "catch-alls")


def mocks(root: Path) -> list[str]:
    wrong = []
    for path, text in sources(root).items():
        for node in nodes(text, ast.Import, ast.ImportFrom, ast.Attribute):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom):
                imported = [f"{node.module}.{name}" for name in imported]
            patches = isinstance(node, ast.Attribute) and node.attr in ("setattr", "patch")
            patches = patches and ast.unparse(node) in ("monkeypatch.setattr", "mocker.patch")
            if patches or any("mock" in name.split(".") for name in imported):
                wrong.append(f"{path}:{getattr(node, 'lineno', 0)}: patches what it tests: use a small engine, or pass it in")
    return wrong


def module_names(path: str) -> str:
    """`src/matinee/up/rim.py` is imported as `matinee.up.rim`, `tests/exams/sql.py` as `exams.sql`."""
    return path.partition("/")[2].removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def imports(path: str, text: str) -> frozenset[str]:
    """The full names of what a file imports, and of what it may have meant by `from here import there`."""
    found: set[str] = set()
    room = path.split("/")[1:-1]
    for node in nodes(text, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            above = room[: len(room) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def has_tests(text: str) -> bool:
    return any(function.name.startswith("test_") for function in functions(text))


def orphans(root: Path) -> list[str]:
    """Files nobody imports. `wiring`, `subjects`, the command line and `python -m` count; tests alone are no tenant."""
    ours, tests = sources(root, "src"), sources(root, "tests")
    tables = "".join(ours.get(f"src/matinee/{each}.py", "") for each in ("wiring", "subjects", "__main__"))
    named = set(re.findall(r'"(matinee[\w.]+):\w+"', tables) + re.findall(r'"-m", "(matinee\.[\w.]+)"', "".join(ours.values())))
    wrong: set[str] = set()
    for family in (ours, tests):
        readers = Counter(name for path, text in family.items() for name in imports(path, text))
        for path, text in family.items():
            stem = Path(path).stem
            if stem in ("__init__", "__main__", "conftest") or (family is tests and has_tests(text)):
                continue
            name = module_names(path)
            if name not in named and readers[name] == (name in imports(path, text)):  # nobody, or nobody else
                wrong.add(path)
    printed = re.findall(r"python -m ([\w.]+)", (root / "Makefile").read_text())
    wrong -= {f"{name.replace('.', '/')}.py" for name in printed}
    lines = [f"{path}: nobody imports it, remove it or use it" for path in sorted(wrong - NOBODY_IMPORTS)]
    return lines + outdated(NOBODY_IMPORTS, wrong, "files nobody imports")


def engines_named_elsewhere(root: Path) -> list[str]:
    """The import contract sees imports; this sees names in strings."""
    wrong = []
    for path, text in sources(root, "src").items():
        if path != "src/matinee/wiring.py" and not path.startswith("src/matinee/engines/"):
            for node in nodes(text, ast.Constant):
                if isinstance(node.value, str) and "matinee.engines" in node.value:
                    wrong.append(f"{path}:{node.lineno}: names an engine: only wiring.py does")
    return wrong


def undecided_lists(root: Path) -> list[str]:
    """The deciding files: one list, held everywhere, and none of its files touches another file."""
    listed, held = deciding_files(root), held_by_import_linter(root)
    wrong = [
        f"{path}: listed as deciding in pyproject.toml or in .importlinter, not in both"
        for path in sorted(set(listed) ^ set(held))
    ]
    for path in listed:
        if not (root / path).exists():
            wrong.append(f"{path}: listed as deciding and not there: correct [tool.matinee] in pyproject.toml")
            continue
        for node in nodes((root / path).read_text(), ast.Call):
            if called(node) in FILE_CALLS:
                wrong.append(f"{path}:{node.lineno}: {ast.unparse(node.func)} touches a file: take its contents as a fact")
    return wrong


def unlisted_messages(root: Path) -> list[str]:
    """Every message file of `contracts/` is held by the import contract about protobuf."""
    text = (root / ".importlinter").read_text()
    stems = sorted(path.stem for path in (root / "contracts").rglob("*.proto"))
    return [f"{stem}.proto: add matinee.contracts.{stem}_pb2 to .importlinter" for stem in stems if f".{stem}_pb2\n" not in text]


def unchecked_files(root: Path) -> list[str]:
    """Files of ours that ruff or basedpyright pass by, because a pattern meant for generated ones fits them."""
    tools = tomllib.loads((root / "pyproject.toml").read_text())["tool"]
    patterns = [*tools["ruff"].get("extend-exclude", []), *tools["basedpyright"].get("exclude", [])]
    plain = [pattern.removeprefix("**/") for pattern in patterns]
    passed = {path for path in sources(root, "src") for each in plain if fnmatch(path, each) or fnmatch(Path(path).name, each)}
    return [f"{path}: no checker reads it, see the excludes in pyproject.toml" for path in sorted(passed)]


def speechless_tests(root: Path) -> list[str]:
    return [
        f"{path}:{function.name}: say in a sentence what a user may count on"
        for path, text in sources(root, "tests").items()
        for function in functions(text)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]


def tracked(root: Path) -> list[str]:
    """What is, or would be, committed. A tree without git is taken whole."""
    if not (root / ".git").exists():
        return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if path and (root / path).is_file()]


# Written in pieces, so that this file does not find itself.
ELSEWHERE = re.compile(
    r"(?<![\w./$}~-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/"
    r"|files\.python" + r"hosted|py" + r"pi\.org/simple|registry\.np" + r"mjs|registry\.yarn" + r"pkg"
    r'|"reso' + r'lved": "http'
)


def private_addresses(root: Path) -> list[str]:
    """Paths of one machine and hosts of registries, in any file that is committed."""
    wrong = []
    for path in tracked(root):
        content = (root / path).read_bytes()
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if found := ELSEWHERE.search(line):
                wrong.append(f"{path}:{number}: '{found[0]}' is true on one machine or in one place only")
    return wrong


RULES: tuple[Callable[[Path], list[str]], ...] = (
    long_files,
    long_functions,
    empty_names,
    catch_alls,
    mocks,
    orphans,
    engines_named_elsewhere,
    undecided_lists,
    unlisted_messages,
    unchecked_files,
    speechless_tests,
    private_addresses,
)
