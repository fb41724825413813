"""Interactions, histories and descriptions of titles from files of other people's making.

A bad row is refused with its line and the reason, all of them counted; nothing is dropped in silence. Whoever wants to go on
without them says so, and is told how many were left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.arrow import ARROW_ERRORS, Column, pa, pc
from matinee.insight.taste.columns import Columns, Unreadable, read_columns
from matinee.insight.taste.interactions import Floats, Interactions, Named, NothingToLearn, gathered

USER = ("user", "user_id", "userid", "profile", "profile_id", "member", "account", "uid", "u")
ITEM = ("item", "item_id", "itemid", "title_id", "movie_id", "movieid", "film_id", "title", "movie", "film", "iid", "i")
TIME = ("timestamp", "time", "time_s", "time_ms", "date", "datetime", "ts", "at", "t")
WEIGHT = ("weight", "strength", "completion", "plays", "count", "w")
KNOWN = frozenset((*USER, *ITEM, *TIME, *WEIGHT, "rating"))
PLACES = ("user", "item", "timestamp", "weight")
FILE_ORDER = ("user", "item", "rating", "timestamp", "weight")
TOLD = 5
UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""A time beyond the first is counted in so many parts of a second: Unix seconds reach 1e11 in the year 5138."""


@dataclass(frozen=True)
class Rows:
    """What a file said: the interactions, and what its owner should know about how it was read."""

    interactions: Interactions
    notes: Sequence[str]


def read_interactions(file: Path, weight: str = "", skip_bad: bool = False, empty_items: bool = False) -> Rows:
    """Rows of user, item and, if they are there, timestamp and weight.

    `weight` names another column to weigh by (a rating, say). With `skip_bad`, bad rows are left out and counted. With
    `empty_items`, a row without an item says that the user exists. Raises Unreadable, or NothingToLearn when no row is left.
    """
    columns = read_columns(file, KNOWN | {weight.lower()}, PLACES)
    columns, notes = _placed(columns)
    found = {role: _column(file, columns, role, names) for role, names in _roles(weight).items()}
    user, item = (_texts(file, role, found[role]) for role in ("user", "item"))
    faults = dict(columns.bad)
    ok = np.ones(len(columns.line), np.bool_)
    for name, texts in (("user", user), ("item", item)):
        if not (empty_items and name == "item"):
            _note(faults, columns, ok, _is_empty(texts), f"the {name} is empty")
    time_s = _seconds(file, found["timestamp"])
    heavy = None if found["weight"] is None else _numbers(found["weight"])
    if time_s is not None:
        _note(faults, columns, ok, ~np.isfinite(time_s), "the timestamp is neither a number nor a date (2026-01-31 20:15:00)")
    if heavy is not None:
        _note(faults, columns, ok, ~np.isfinite(heavy) | (heavy < 0), "the weight is not a number of 0 or more")
    notes = [*notes, *_refused(file, faults, skip_bad)]
    if empty_items:
        heavy = np.where(_is_empty(item), 0.0, np.ones(len(ok)) if heavy is None else heavy)
    if not ok.any():
        raise NothingToLearn(f"{file}: there are no interactions: give at least one row of user and item")
    interactions = gathered(
        _named(user, ok),
        _named(item, ok),
        None if time_s is None else _scaled(time_s[ok]),
        None if heavy is None else heavy[ok],
    )
    return Rows(interactions, notes)


def _roles(weight: str) -> Mapping[str, Sequence[str]]:
    return {"user": USER, "item": ITEM, "timestamp": TIME, "weight": (weight.lower(),) if weight else WEIGHT}


def _placed(columns: Columns) -> tuple[Columns, list[str]]:
    """Where a file has no header, which column is what; u.data and ratings.dat put the rating before the time."""
    left = sorted(set(columns.named) & {"rating"})
    if columns.headed:
        return columns, ["the column `rating` is left aside, every row counts the same: --weight rating weighs by it"] * len(left)
    named = columns.named
    if {"timestamp", "weight"} <= set(named):
        third, fourth = _numbers(named["timestamp"]), _numbers(named["weight"])
        if np.nanmax(third, initial=0) < 1e6 < np.nanmin(fourth, initial=np.inf):
            named = {**named, "rating": named["timestamp"], "timestamp": named["weight"]}
            del named["weight"]
    shown = ", ".join(sorted(named, key=FILE_ORDER.index) if set(named) <= set(FILE_ORDER) else named)
    return Columns(named, columns.line, columns.bad, False), [f"no header: the columns are taken as {shown}"]


def _column(file: Path, columns: Columns, role: str, names: Sequence[str]) -> Column | None:
    """The column of a role: user and item have to be there, and so has one that was asked for by name."""
    found = next((columns.named[name] for name in names if name in columns.named), None)
    if found is None and (role in ("user", "item") or (role == "weight" and names is not WEIGHT)):
        raise Unreadable(
            f"{file}: no column for the {role}: there are {', '.join(columns.named)}; it may be called {', '.join(names[:4])}"
        )
    return found


def _texts(file: Path, role: str, column: Column | None) -> Column:
    """A column as text, each text once and the rows by number; nothing is the empty text."""
    if column is None:
        raise AssertionError("the columns of user and item were looked for")
    try:
        if pa.types.is_floating(column.type):
            column = pc.cast(pc.if_else(pc.is_finite(column), column, None), pa.int64())
        return pc.fill_null(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), "").dictionary_encode()
    except ARROW_ERRORS as error:
        raise Unreadable(f"{file}: the {role} is no name: {error}: give text or whole numbers") from error


def _is_empty(texts: Column) -> NDArray[np.bool_]:
    empty = np.array([not each for each in texts.dictionary.to_pylist()], np.bool_)
    return empty[texts.indices.to_numpy()] if len(empty) else np.zeros(0, np.bool_)


def _named(texts: Column, ok: NDArray[np.bool_]) -> Named:
    """The names of the rows that are kept, in order."""
    names, number = np.unique(np.array(texts.dictionary.to_pylist(), np.str_), return_inverse=True)
    used, rows = np.unique(number[texts.indices.to_numpy()[ok]], return_inverse=True)
    return Named(names[used], rows.astype(np.int64))


def _numbers(column: Column) -> Floats:
    """Each cell as a number, nan where it is none."""
    try:
        return pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy(zero_copy_only=False)
    except ARROW_ERRORS:
        return np.array([_number(cell) for cell in column.to_pylist()], np.float64)


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return np.nan


def _seconds(file: Path, column: Column | None) -> Floats | None:
    """Each cell as a time, numbers in whatever unit they are, dates in Unix seconds; nan where it is neither."""
    if column is None:
        return None
    if pa.types.is_temporal(column.type):
        try:
            parts = pc.cast(pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64()), pa.float64(), safe=False)
        except ARROW_ERRORS as error:
            raise Unreadable(f"{file}: the timestamp is no time: {error}: give dates, or numbers since 1970") from error
        return pc.fill_null(parts, np.nan).to_numpy(zero_copy_only=False) / 1e6
    numbers = _numbers(column)
    if pa.types.is_string(column.type) and not np.isfinite(numbers).any():
        return np.array([_date(str(cell)) for cell in column.to_pylist()], np.float64)
    return numbers


def _date(cell: str) -> float:
    try:
        return float(np.datetime64(cell.strip().removesuffix("Z"), "ms").astype(np.int64)) / 1e3
    except ValueError:
        return np.nan


def _scaled(time_s: Floats) -> Floats:
    """In seconds, whatever it was counted in; the largest time tells."""
    largest = float(np.abs(time_s).max(initial=0))
    return time_s / next((parts for beyond, parts in UNITS if largest > beyond), 1.0)


def _note(faults: dict[int, str], columns: Columns, ok: NDArray[np.bool_], wrong: NDArray[np.bool_], reason: str) -> None:
    for row in np.flatnonzero(wrong & ok):
        faults[int(columns.line[row])] = reason
    ok &= ~wrong


def _refused(file: Path, faults: Mapping[int, str], skip_bad: bool) -> list[str]:
    """Raises Unreadable for bad rows, or, when they may be left out, says what was."""
    if not faults:
        return []
    told = [f"  line {line}: {reason}" for line, reason in sorted(faults.items())[:TOLD]]
    more = [f"  and {len(faults) - TOLD} more"] if len(faults) > TOLD else []
    text = "\n".join([f"{file}: {len(faults)} bad rows", *told, *more])
    if not skip_bad:
        raise Unreadable(f"{text}\nNothing was read. Mend them, or leave them out with --skip-bad.")
    return [f"{text}\nThey were left out."]
