"""How `matinee insight` shows what it found to people."""

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.markup import escape
from rich.table import Column, Table

if TYPE_CHECKING:
    from matinee.insight.warehouse.tables import Tables

MOST_ROWS = 200


def overview_table(warehouse: "Tables") -> Group:
    """Tables with their rows, files and hours; models with the question they answer."""
    from matinee.insight.warehouse.models import models

    facts = Table(
        "table", Column("rows", justify="right"), Column("files", justify="right"), "as of", "columns", box=None, pad_edge=False
    )
    for name in warehouse.names():
        if name.startswith("facts."):
            table = warehouse.table(name)
            snapshot = table.current_snapshot()
            told: dict[str, str] = snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
            as_of = f"{_when(snapshot.timestamp_ms)}" if snapshot else "-"
            columns = ", ".join(field.name for field in table.schema().fields)
            facts.add_row(
                name.partition(".")[2], told.get("total-records", "0"), told.get("total-data-files", "0"), as_of, escape(columns)
            )
    questions = Table("model", "what a line of it is", box=None, pad_edge=False)
    for model in models().values():
        questions.add_row(model.name, escape(model.says))
    nothing = "No facts are loaded yet: the house does it every hour, `matinee insight load` at once."
    return Group(facts if facts.row_count else nothing, "", questions)


def answer_table(answer: Any) -> Group:
    """The first rows of a pyarrow.RecordBatchReader."""
    table = Table(*(escape(name) for name in answer.schema.names), box=None, pad_edge=False)
    left = MOST_ROWS
    for batch in answer:
        for row in batch.slice(0, left).to_pylist():
            table.add_row(*(escape(_cell(value)) for value in row.values()))
        if batch.num_rows > left:
            return Group(table, f"and more: {MOST_ROWS} rows are shown; --format csv gives them all")
        left -= batch.num_rows
    return Group(table)


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.6g}"
        case _:
            # What a page told of itself must not steer the operator's terminal.
            return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(value))


def _when(at_ms: int) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
