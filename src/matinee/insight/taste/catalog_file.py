"""What is known of titles, from a file: one row per title, with genres, people, a year and any text."""

import re
from collections.abc import Sequence
from pathlib import Path

from matinee.insight.taste.columns import Columns, Unreadable, read_columns
from matinee.insight.taste.features import About
from matinee.insight.taste.reading import ITEM

GENRES = ("genres", "genre", "class", "categories", "category", "tags")
PEOPLE = ("people", "cast", "actors", "directors", "director", "crew", "writers")
TEXT = ("plot", "overview", "description", "text", "movie_title", "name", "original_title")
YEAR = ("year", "release_year", "released")
KNOWN = frozenset((*ITEM, *GENRES, *PEOPLE, *TEXT, *YEAR))


def read_catalog(file: Path) -> dict[str, About]:
    """What is known of each title, by the name it has among the interactions. Raises Unreadable."""
    columns = read_columns(file, KNOWN)
    if not columns.headed:
        raise Unreadable(f"{file}: no header: its first line has to name the columns: item, genres, people, plot, year")
    key = next((name for name in ITEM if name in columns.named), None)
    if key is None:
        raise Unreadable(f"{file}: no column for the item: there are {', '.join(columns.named)}; it may be called {ITEM[0]}")
    if columns.bad:
        line, reason = columns.bad[0]
        raise Unreadable(f"{file}: {len(columns.bad)} bad rows, the first in line {line}: {reason}")
    items = _cells(columns, key)
    genres, people = _lists(columns, GENRES), _lists(columns, PEOPLE)
    text = [" ".join(each) for each in zip(*(_cells(columns, name) for name in TEXT if name in columns.named), strict=True)]
    years = [_year(cells) for cells in zip(*(_cells(columns, name) for name in YEAR if name in columns.named), strict=True)]
    return {
        item: About(genres[row], people[row], text[row] if text else "", years[row] if years else None)
        for row, item in enumerate(items)
        if item
    }


def _cells(columns: Columns, name: str) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in columns.named[name].to_pylist()]


def _lists(columns: Columns, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Names of several columns, parted by | or , or ;; RecBole's `class` parts them by blanks."""
    found = [() for _ in columns.line]
    parted = [[_parted(cell, name) for cell in _cells(columns, name)] for name in names if name in columns.named]
    return [tuple(each for cells in row for each in cells) for row in zip(*parted, strict=True)] if parted else found


def _parted(cell: str, name: str) -> tuple[str, ...]:
    parts = re.split(r"\s+" if name == "class" else r"[|,;]", cell)
    return tuple(part.strip() for part in parts if part.strip() and part.strip() != "(no genres listed)")


def _year(cells: Sequence[str]) -> int | None:
    found = re.search(r"\b(1[89]|20)\d\d\b", " ".join(cells))
    return int(found[0]) if found else None
