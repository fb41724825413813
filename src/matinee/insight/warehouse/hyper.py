"""Tableau's extract, written by Tableau's own library: the optional extra `matinee[tableau]`. It is told to send nothing home."""

import importlib
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matinee.insight.warehouse.arrow import pa

TABLE = ("Extract", "Extract")
"""Where Tableau looks for an extract's rows."""


class NoHyper(ValueError):
    """Tableau's library is not here; the text says how it comes."""


@contextmanager
def hyper_writer(file: Path, schema: Any) -> Generator[Callable[[Any], None]]:
    """Takes batches; the extract is complete when it closes. Raises NoHyper."""
    try:
        api: Any = importlib.import_module("tableauhyperapi")
    except ModuleNotFoundError as error:
        raise NoHyper("a .hyper file needs Tableau's library: pip install 'matinee[tableau]'") from error
    quiet = api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with TemporaryDirectory(prefix="matinee-hyper-") as logs:
        # Its log goes where it is forgotten; one more line of it in the working directory would be nobody's.
        process = api.HyperProcess(quiet, "matinee", parameters={"log_dir": logs})
        with process as hyper, api.Connection(hyper.endpoint, str(file), api.CreateMode.CREATE_AND_REPLACE) as connection:
            columns = [api.TableDefinition.Column(field.name, _sql_type(api.SqlType, field.type)) for field in schema]
            table = api.TableDefinition(api.TableName(*TABLE), columns)
            connection.catalog.create_schema(TABLE[0])
            connection.catalog.create_table(table)
            with api.Inserter(connection, table) as inserter:
                yield lambda batch: inserter.add_rows(_rows(api, batch))
                inserter.execute()


def _sql_type(kinds: Any, kind: Any) -> Any:
    chosen: Sequence[tuple[Callable[[Any], bool], Callable[[], Any]]] = (
        (pa.types.is_boolean, kinds.bool),
        (pa.types.is_uint64, kinds.double),
        (lambda of: pa.types.is_int64(of) or pa.types.is_uint32(of), kinds.big_int),
        (pa.types.is_integer, kinds.int),
        (pa.types.is_floating, kinds.double),
        (pa.types.is_decimal, kinds.double),
        (pa.types.is_date, kinds.date),
        (pa.types.is_timestamp, kinds.timestamp_tz),
    )
    return next((make() for fits, make in chosen if fits(kind)), kinds.text())


def _rows(api: Any, batch: Any) -> list[list[Any]]:
    columns = [[_value(api, value) for value in column.to_pylist()] for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _value(api: Any, value: Any) -> Any:
    match value:
        case datetime():
            return api.Timestamp.from_datetime(value)
        case date():
            return api.Date.from_date(value)
        case list() | dict():
            return json.dumps(value, default=str)
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return float(value)
        case _:
            return str(value)
