"""Questions in SQL, answered by DuckDB from the tables as they are now, and the models made of them.

DuckDB keeps nothing: it reads the files of one snapshot of each table, and models are views over them. Nobody who asks can
change or read anything else: one SELECT at a time, and no files but the tables'.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
from pyiceberg.exceptions import CommitFailedException

from matinee.insight.warehouse.facts import TOPICS, form_of
from matinee.insight.warehouse.models import models, needed
from matinee.insight.warehouse.tables import FACTS, MODELS, TITLE_SCHEMA, TITLES, Tables

ROWS_AT_ONCE = 50_000
BOUNDS = {"memory_limit": "1GB", "max_temp_directory_size": "10GB", "threads": "2"}
"""What a question may cost."""


class BadQuestion(ValueError):
    """It cannot be answered; the text says what is wrong with it."""


def quoted(name: str) -> str:
    """A name as SQL has it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def opened(tables: Tables, aside: Path | None = None) -> Generator[Any]:
    """A DuckDB connection in which every table and every model has its name.

    `aside` is a folder for what does not fit into the memory, until the answer is there; what the dead left in it, the next one
    clears away. Without, so large a question is refused."""
    if aside:
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(duckdb.connect(":memory:", config={**BOUNDS, "temp_directory": str(aside or "")})) as connected:
        connection: Any = connected
        # Hours and days are UTC's everywhere, whatever the machine thinks.
        connection.execute("SET TimeZone = 'UTC'")
        for name, rows in sources(tables):
            connection.register(name, rows)
        for name, model in models().items():
            connection.execute(f"CREATE VIEW {quoted(name)} AS {model.sql}")
        # Last, for it cannot be taken back: no file, no network, no other settings.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def sources(tables: Tables) -> Iterable[tuple[str, Any]]:
    """Every table that a model may read, by its name; one that is not there yet is empty, and so is a column."""
    there = set(tables.names())
    for name, schema in (*((topic.name, form_of(topic).schema) for topic in TOPICS), (TITLES, TITLE_SCHEMA)):
        yield name, tables.dataset(f"{FACTS}.{name}", schema) if f"{FACTS}.{name}" in there else schema.empty_table()


def asked(connection: Any, question: str) -> Any:
    """The answer, as a pyarrow.RecordBatchReader. Raises BadQuestion."""
    try:
        statements = connection.extract_statements(question)
        if len(statements) != 1 or statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
            raise BadQuestion("one SELECT is answered at a time, and nothing can be changed")
        return connection.sql(question).to_arrow_reader(ROWS_AT_ONCE)
    except duckdb.Error as error:
        raise BadQuestion(str(error)) from error


def materialise(tables: Tables, names: Sequence[str] = (), aside: Path | None = None) -> list[str]:
    """Makes Iceberg tables of the models (of all, or of these), whole and anew, for readers that know no SQL of ours.

    One that was made of the same facts by the same SQL stays, and so does one that another makes meanwhile; which were made."""
    standing, done = tables.standing(), list[str]()
    made_of = {name: _digest(standing, *(models()[each].sql for each in needed([name]))) for name in names or models()}
    stale = {name: made for name, made in made_of.items() if tables.made_of(f"{MODELS}.{name}") != made}
    if stale:
        with opened(tables, aside) as connection:
            for name, made in stale.items():
                rows = asked(connection, f"FROM {quoted(name)} ORDER BY ALL").read_all()
                with suppress(CommitFailedException):
                    tables.replace(f"{MODELS}.{name}", rows, made)
                    done.append(name)
    return done


def _digest(*words: str) -> str:
    return blake2b("\n".join(words).encode(), digest_size=16).hexdigest()
