"""A file of rows as columns of text: csv, tsv, ratings.dat, RecBole's .inter and .item, parquet and npz.

The first line is a header when it names any column we know; RecBole's `user_id:token` names `user_id`. Without one, columns go
by their place. Every row remembers its line, so that whoever finds it bad can say where it stands.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.arrow import ARROW_ERRORS, Column, pa, pa_csv, pa_parquet, pc

PARTED_BY = ("\t", ",", ";", "|")


class Unreadable(ValueError):
    """A file, or rows of it, cannot be read; the text says which, why and what to do."""


@dataclass(frozen=True)
class Columns:
    """Columns by name, all of one length, in the file's order; `line` is where each row stands, from 1.

    `bad` are rows that had no columns at all, as (line, reason). `headed` says whether the names are the file's own.
    """

    named: dict[str, Column]
    line: NDArray[np.int64]
    bad: Sequence[tuple[int, str]]
    headed: bool


def read_columns(file: Path, known: frozenset[str], places: Sequence[str] = ()) -> Columns:
    """The columns of a file. `known` are names that make a first line a header; `places` name the columns of one without."""
    if not file.is_file():
        raise Unreadable(f"{file}: there is no such file")
    try:
        match file.suffix.lower():
            case ".parquet" | ".pq":
                return _whole(file, {name.strip().lower(): each for name, each in _parquet(file).items()})
            case ".npz":
                return _whole(file, _npz(file))
            case _:
                return _text(file, known, places)
    except (*ARROW_ERRORS, UnicodeDecodeError, OSError) as error:
        raise Unreadable(f"{file}: {error}") from error


def _whole(file: Path, named: dict[str, Column]) -> Columns:
    rows = {len(each) for each in named.values()}
    if len(rows) > 1:
        lengths = ", ".join(f"{name} {len(each)}" for name, each in named.items())
        raise Unreadable(f"{file}: columns of different lengths: {lengths}")
    return Columns(named, np.arange(1, max(rows, default=0) + 1), (), True)


def _parquet(file: Path) -> dict[str, Column]:
    table = pa_parquet.read_table(file)
    return {name: table.column(name).combine_chunks() for name in table.column_names}


def _npz(file: Path) -> dict[str, Column]:
    try:
        stored: Any = np.load(file, allow_pickle=False)
        if isinstance(stored, np.ndarray):
            raise Unreadable(f"{file}: one array without a name: save the columns by np.savez(file, user=…, item=…)")
        with stored as arrays:
            return {name.lower(): pa.array(arrays[name]) for name in arrays.files if arrays[name].ndim == 1}
    except Unreadable:
        raise
    except (EOFError, BadZipFile) as error:
        raise Unreadable(f"{file}: {error}: the file is torn, or no npz at all") from error
    except ValueError as error:
        raise Unreadable(f"{file}: {error}: save plain arrays of numbers or text, without pickled objects") from error


def _text(file: Path, known: frozenset[str], places: Sequence[str]) -> Columns:
    data = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise Unreadable(f"{file}: the file is empty: its first line names the columns, the others are rows")
    first = data.split(b"\n", 1)[0]
    if b"::" in first:
        data, first = data.replace(b"::", b"\t"), first.replace(b"::", b"\t")
    line = first.decode(errors="replace").strip("\r")
    part = max(PARTED_BY, key=line.count)
    cells = next(csv.reader([line], delimiter=part), list[str]())
    names = [cell.strip().lower().partition(":")[0] for cell in cells]
    headed = bool(known.intersection(names))
    if not headed:
        names = [*places, *(f"column {number}" for number in range(len(places) + 1, len(cells) + 1))][: len(cells)]
    if len(set(names)) < len(names):
        raise Unreadable(f"{file}: line 1 names a column twice: {', '.join(names)}")
    return _parsed(file, data, names, part, headed)


def _parsed(file: Path, data: bytes, names: Sequence[str], part: str, headed: bool) -> Columns:
    bad = list[tuple[int, str]]()
    missing = set[int]()

    def torn(row: Any) -> str:
        if row.text.strip():
            bad.append((row.number or 0, f"{row.actual_columns} cells where there should be {row.expected_columns}"))
        missing.add(row.number or 0)
        return "skip"

    table = pa_csv.read_csv(
        pa.BufferReader(_as_utf8(data)),
        read_options=pa_csv.ReadOptions(column_names=list(names), skip_rows=int(headed), use_threads=False),
        parse_options=pa_csv.ParseOptions(delimiter=part, ignore_empty_lines=False, invalid_row_handler=torn),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=False, check_utf8=True
        ),
    )
    rows = int(table.num_rows) + len(missing)
    lines = np.arange(1 + headed, rows + 1 + headed)
    lines = lines[~np.isin(lines, sorted(missing))] if missing else lines
    columns = {name: table.column(name).combine_chunks() for name in names}
    said = np.zeros(len(lines), np.bool_)
    for each in columns.values():
        said |= pc.not_equal(each, "").to_numpy(zero_copy_only=False)
    if not said.all():
        columns = {name: each.filter(pa.array(said)) for name, each in columns.items()}
    return Columns(columns, lines[said], bad, headed)


def _as_utf8(data: bytes) -> bytes:
    """Old MovieLens files are Latin-1; what is neither would be read as Latin-1 too, which loses no byte."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").encode()
    return data
