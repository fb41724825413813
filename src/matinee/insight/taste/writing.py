"""Ranked titles into a file: one row per user and rank, as csv, tsv or parquet by the file's ending.

The file appears whole or not at all.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.arrow import pa, pa_csv, pa_parquet
from matinee.insight.taste.interactions import Names
from matinee.insight.taste.sparse import Table

FORMS = (".csv", ".tsv", ".parquet", ".pq")
ROWS_AT_ONCE = 1 << 18
SCHEMA = pa.schema([("user", pa.string()), ("item", pa.string()), ("rank", pa.int32()), ("score", pa.float32())])


class CannotWrite(ValueError):
    """The file cannot be written; the text says why and what to do."""


def check(file: Path) -> None:
    """Whether it can be written, before anything is computed for it."""
    if file.suffix.lower() not in FORMS:
        raise CannotWrite(f"--out {file}: give a name that ends in one of {', '.join(FORMS)}")
    if not file.absolute().parent.is_dir():
        raise CannotWrite(f"--out {file}: there is no folder {file.absolute().parent}")


def write(file: Path, users: Names, titles: Names, ranked: Iterable[tuple[NDArray[np.int64], Table]]) -> int:
    """Writes each user's titles, best first, and returns how many rows there are."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    names, written = titles.tolist(), 0
    try:
        with _writer(file, fresh) as writer:
            batch: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
            for user, (found, scores) in zip(users.tolist(), ranked, strict=True):
                batch["user"] += [user] * len(found)
                batch["item"] += [names[number] for number in found]
                batch["rank"] += range(1, len(found) + 1)
                batch["score"] += scores.tolist()
                if len(batch["user"]) >= ROWS_AT_ONCE:
                    written += _flushed(writer, batch)
            written += _flushed(writer, batch)
        fresh.rename(file)
    except OSError as error:
        raise CannotWrite(f"--out {file}: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return written


def _writer(file: Path, fresh: Path) -> Any:
    match file.suffix.lower():
        case ".csv" | ".tsv" as form:
            options = pa_csv.WriteOptions(delimiter="," if form == ".csv" else "\t", quoting_style="needed")
            return pa_csv.CSVWriter(fresh, SCHEMA, write_options=options)
        case _:
            return pa_parquet.ParquetWriter(fresh, SCHEMA)


def _flushed(writer: Any, batch: dict[str, list[Any]]) -> int:
    rows = len(batch["user"])
    writer.write_table(pa.table(batch, schema=SCHEMA))
    for column in batch.values():
        column.clear()
    return rows
