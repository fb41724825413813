"""The files that decide: the one list is [tool.matinee] in pyproject.toml. `python -m tests.deciding` prints their paths."""

import configparser
import tomllib
from pathlib import Path


def deciding_files(root: Path) -> list[str]:
    """As paths from the root of the tree, in the order of the list."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return [f"src/matinee/{name}.py" for name in settings["tool"]["matinee"]["deciding"]]


def held_by_import_linter(root: Path) -> list[str]:
    """The same, as `.importlinter` has them."""
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter")
    modules = contracts["importlinter:contract:deciding"]["source_modules"].split()
    return [f"src/{module.replace('.', '/')}.py" for module in modules]


if __name__ == "__main__":
    print(*deciding_files(Path(__file__).parents[1]))
