"""Answers into files: csv, json (one object a line), parquet, or Tableau's .hyper. A file appears whole or not at all."""

import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from glob import escape
from pathlib import Path
from typing import Any, TextIO

from matinee.insight.warehouse.arrow import pa, pa_csv, pa_parquet, pc
from matinee.insight.warehouse.hyper import hyper_writer

Write = Callable[[Any], None]
"""Takes a pyarrow.RecordBatch."""


FORMULA = r"^[\s\pZ]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r]"
WORD = r"^-[0-9A-Za-z_-]*$"
"""An id may begin with a minus, and so short a formula does nothing."""


class CannotWrite(ValueError):
    """The file cannot be written; the text says why and what to do."""


def form_of_file(file: Path, form: str = "") -> str:
    """The form asked for, or the one that the file's ending says. Raises CannotWrite."""
    found = form or file.suffix.lower().removeprefix(".")
    if found not in FORMS:
        raise CannotWrite(f"{file}: give a name that ends in one of {', '.join(f'.{each}' for each in FORMS)}, or a --format")
    if not file.absolute().parent.is_dir():
        raise CannotWrite(f"{file}: there is no folder {file.absolute().parent}")
    return found


def write(file: Path, form: str, answer: Any) -> int:
    """Writes a pyarrow.RecordBatchReader; how many rows. Raises CannotWrite."""
    fresh, written = file.with_name(f".{file.name}.{os.getpid()}.new"), 0
    try:
        _clear(file)
        with FORMS[form](fresh, answer.schema) as write_batch:
            for batch in answer:
                write_batch(batch)
                written += batch.num_rows
        fresh.replace(file)
    except OSError as error:
        raise CannotWrite(f"{file}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return written


def _clear(file: Path) -> None:
    """Away with what those left who were killed as they wrote it."""
    for left in file.parent.glob(f".{escape(file.name)}.*.new"):
        try:
            os.kill(int(left.name.split(".")[-2]), 0)
        except ProcessLookupError:
            left.unlink(missing_ok=True)
        except (PermissionError, ValueError):
            continue  # another's


def tell(stream: TextIO, form: str, answer: Any) -> None:
    """As csv or json, to whoever reads on."""
    lines = _csv_lines if form == "csv" else _json_lines
    for line in lines(answer):
        stream.write(line)


def _csv_lines(answer: Any) -> Iterable[str]:
    yield _csv(answer.schema.empty_table(), heading=True)
    for batch in answer:
        yield _csv(pa.Table.from_batches([batch]), heading=False)


def _csv(rows: Any, *, heading: bool) -> str:
    sink = pa.BufferOutputStream()
    pa_csv.write_csv(_flat(rows), sink, pa_csv.WriteOptions(include_header=heading, quoting_style="needed"))
    return str(sink.getvalue().to_pybytes().decode())


def _json_lines(answer: Any) -> Iterable[str]:
    for batch in answer:
        yield "".join(json.dumps(row, default=_told, ensure_ascii=False) + "\n" for row in batch.to_pylist())


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _flat(rows: Any) -> Any:
    """Lists as JSON, for csv has no words for them; times as recs and Excel read them; no text that a spreadsheet runs."""
    columns = list[Any]()
    for column in rows.columns:
        if pa.types.is_nested(column.type):
            columns.append(pa.array([json.dumps(each, default=_told) for each in column.to_pylist()], pa.string()))
        elif pa.types.is_timestamp(column.type):
            columns.append(column.cast(pa.timestamp("ms", tz=column.type.tz), safe=False).cast(pa.timestamp("ms")))
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns.append(_harmless(column))
        else:
            columns.append(column)
    return pa.table(columns, names=rows.schema.names)


def _harmless(text: Any) -> Any:
    """With an apostrophe before what a spreadsheet would take for a formula: names come from files, browsers from whoever asks.

    As `screen/csv_lines.py` does it for what members take along."""
    runs = pc.and_(pc.match_substring_regex(text, FORMULA), pc.invert(pc.match_substring_regex(text, WORD)))
    return pc.if_else(runs, pc.binary_join_element_wise("'", text, ""), text)


@contextmanager
def _csv_writer(file: Path, schema: Any) -> Generator[Write]:
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(_csv(schema.empty_table(), heading=True))
        yield lambda batch: print(_csv(pa.Table.from_batches([batch]), heading=False), end="", file=stream)


@contextmanager
def _json_writer(file: Path, schema: Any) -> Generator[Write]:
    with file.open("w", encoding="utf-8") as stream:
        yield lambda batch: stream.writelines(_json_lines([batch]))


@contextmanager
def _parquet_writer(file: Path, schema: Any) -> Generator[Write]:
    with pa_parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        yield writer.write_batch


FORMS: Mapping[str, Callable[[Path, Any], AbstractContextManager[Write]]] = {
    "csv": _csv_writer,
    "json": _json_writer,
    "parquet": _parquet_writer,
    "hyper": hyper_writer,
}
