"""`matinee insight …`: the warehouse by hand: what is in it, questions to it, files out of it, facts into it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts
from cyclopts import Parameter
from rich.console import Console

from matinee.topology import Topology, decode_topology
from matinee.up.insight_tables import answer_table, overview_table
from matinee.up.opened_house import opened_house
from matinee.up.state import CannotStart, held
from matinee.wiring import store

if TYPE_CHECKING:
    from matinee.insight.warehouse.loading import Loaded
    from matinee.insight.warehouse.tables import Tables

    Work = Callable[[Any, Tables], Awaitable[dict[str, Loaded]]]

Tell = Callable[[str], None]
State = Annotated[Path, Parameter(help="The house's state directory.")]
Form = Literal["csv", "json", "parquet", "hyper"]
AT_ONCE_S, JOINS_WITHIN_S = 0.2, 15.0
"""How long the log is waited for: a file is there at once, a group of Kafka takes its time to share out what there is."""

insight = cyclopts.App(name="insight")
screen = Console(width=None if sys.stdout.isatty() else 170, highlight=False)
said = Console(stderr=True, highlight=False, soft_wrap=True)


@insight.command
def tables(*, state: State = Path(".state")) -> None:
    """List what can be asked: the tables of facts and the models made of them."""
    with _plain_errors(), _warehouse(opened_house(state)) as warehouse, _progress():
        found = overview_table(warehouse)
    screen.print(found)


@insight.command
def query(
    question: str,
    *,
    state: State = Path(".state"),
    format_: Annotated[Literal["table", Form] | None, Parameter(name="--format")] = None,
    out: Path | None = None,
) -> None:
    """Answer a question in SQL (DuckDB's) over tables and models; nothing can be changed by it.

    Parameters
    ----------
    question
        One SELECT; - reads it from the standard input. `matinee insight tables` lists what there is to ask.
    format_
        table for people, csv or json (an object a line), to a file also parquet or hyper (Tableau). By default a table, or what
        the file's name ends in.
    out
        A file to write to.
    """
    with _plain_errors():
        from matinee.insight.warehouse import asking, writing

        sql = sys.stdin.read() if question == "-" else question
        form = writing.form_of_file(out, "" if format_ in (None, "table") else str(format_)) if out else format_ or "table"
        if not out and form in ("parquet", "hyper"):
            raise writing.CannotWrite(f"{form} goes into a file: give --out FILE")
        house = opened_house(state)
        with _warehouse(house) as warehouse, asking.opened(warehouse, _aside(house)) as connection:
            answer = asking.asked(connection, sql)
            if out:
                said.print(f"{out}: {writing.write(out, form, answer):,} rows", markup=False)
            elif form == "table":
                screen.print(answer_table(answer))
            else:
                writing.tell(sys.stdout, form, answer)


@insight.command
def export(
    *names: str,
    out: Path,
    format_: Annotated[Form, Parameter(name="--format")] = "parquet",
    state: State = Path(".state"),
) -> None:
    """Write tables and models into a folder, a file each: for a spreadsheet, Tableau or `matinee recs fit`.

    Parameters
    ----------
    names
        As `matinee insight tables` lists them; without any, every model.
    out
        The folder; files of those names are replaced.
    format_
        What files to write: csv, json, parquet, or hyper, Tableau's extract (pip install 'matinee[tableau]').
    """
    with _plain_errors():
        from matinee.insight.warehouse import asking, writing
        from matinee.insight.warehouse.models import models

        house = opened_house(state)
        out.mkdir(parents=True, exist_ok=True)
        with _warehouse(house) as warehouse, asking.opened(warehouse, _aside(house)) as connection, _progress() as tell:
            for name in names or list(models()):
                tell(f"writing {name}")
                answer = asking.asked(connection, f"FROM {asking.quoted(name)}")
                file = out / f"{Path(name).name}.{format_}"
                said.print(f"{file}: {writing.write(file, format_, answer):,} rows", markup=False)


@insight.command
def sql(model: str, *, dialect: Literal["duckdb", "spark", "redshift"] = "duckdb") -> None:
    """Print the SQL of a model, as another engine reads it.

    Parameters
    ----------
    model
        As `matinee insight tables` lists them.
    dialect
        For which engine it shall be.
    """
    with _plain_errors():
        from matinee.insight.warehouse.models import in_dialect, models

        if model not in models():
            sys.exit(f"matinee: there is no model {model}: there are {', '.join(sorted(models()))}")
        sys.stdout.write(in_dialect(models()[model], dialect) + "\n")


@insight.command
def load(*, state: State = Path(".state"), house: Annotated[Path | None, Parameter(show=False)] = None) -> None:
    """Load what is new on the log, tidy the tables, and make the models anew; the house does it every hour by itself.

    Parameters
    ----------
    house
        The resolved topology, as the service `warehouse` wrote it.
    """
    ours = decode_topology(house.read_bytes()) if house else opened_house(state)
    with _plain_errors(), _progress() as tell:
        from matinee.insight.warehouse import loading

        wait_s = AT_ONCE_S if ours.engines.log.startswith("sqlite:") else JOINS_WITHIN_S

        async def work(log: Any, there: "Tables") -> "dict[str, Loaded]":
            tell("profiles that were removed")
            await loading.forget(log, there, wait_s)
            return await _all_topics(loading.load, log, there, wait_s, tell)

        _run(ours, tell, work)


@insight.command(show=False)
def made(model: str, *, house: Path) -> None:
    """Print a model as it was made when facts were loaded last, an object a line; nothing, when it never was."""
    with _plain_errors():
        from matinee.insight.warehouse import tables, writing

        name = f"{tables.MODELS}.{model}"
        with _warehouse(decode_topology(house.read_bytes())) as warehouse:
            if name in warehouse.names():
                writing.tell(sys.stdout, "json", warehouse.dataset(name).to_table().to_reader())


@insight.command
def backfill(*, state: State = Path(".state")) -> None:
    """Read the whole log again, from its first entry, and add what the tables have not got: it never makes a fact stand twice."""
    with _plain_errors(), _progress() as tell:
        from matinee.insight.warehouse import loading

        _run(opened_house(state), tell, lambda log, there: _all_topics(loading.backfill, log, there, tell))


async def _all_topics(work: Callable[..., Awaitable["Loaded"]], log: Any, there: "Tables", *more: Any) -> "dict[str, Loaded]":
    from matinee.insight.warehouse.facts import TOPICS

    done = await asyncio.gather(*(work(log, there, topic, *more) for topic in TOPICS))
    return {topic.name: each for topic, each in zip(TOPICS, done, strict=True)}


def _run(house: Topology, tell: Tell, work: "Work") -> None:
    """Alone in this state directory: whoever comes second is told so."""
    try:
        lock = held(house.state / "run" / "warehouse.lock", "the warehouse is being loaded just now: try again when that is done")
    except CannotStart as error:
        from matinee.insight.warehouse.room import BUSY

        said.print(f"matinee: {error}", markup=False)
        sys.exit(BUSY)
    with lock, _warehouse(house) as warehouse:
        asyncio.run(_loaded(house, warehouse, tell, work))


async def _loaded(house: Topology, warehouse: "Tables", tell: Tell, work: "Work") -> None:
    import time

    from matinee.insight.warehouse import asking, tidying

    log: Any = store(house, "log")
    try:
        done = await work(log, warehouse)
    finally:
        await log.close()
    tell("titles")
    warehouse.keep_titles(await _titles(house))
    tell("tidying")
    tidied = tidying.tidy(warehouse, time.time_ns() // 1_000_000)
    tell("models")
    made = asking.materialise(warehouse, aside=_aside(house))
    for name, each in done.items():
        unread = f", {each.unread:,} of a form we do not know" if each.unread else ""
        said.print(f"{name}: {each.read:,} read, {each.added:,} new{unread}", markup=False)
    said.print(f"{tidied.hours:,} hours written as one file, {tidied.files:,} old files removed, {len(made)} models made")


async def _titles(house: Topology) -> list[dict[str, Any]]:
    """What the library calls its titles: read in the house's own store, whether it runs or not."""
    from matinee.library.roll import named_titles
    from matinee.subjects import history_of

    library: Any = store(house, "sql", "catalog")
    try:
        await library.install(history_of("catalog"))
        return await library.read(named_titles)
    finally:
        await library.close()


def _aside(house: Topology) -> Path:
    return house.state / "run" / "aside"


@contextmanager
def _warehouse(house: Topology) -> "Generator[Tables]":
    from matinee.insight.warehouse.place import place_of
    from matinee.insight.warehouse.tables import Tables

    found = Tables(place_of(house.engine_url("sql", "warehouse"), house.engine_url("blobs", "warehouse")))
    try:
        yield found
    finally:
        found.close()


def _failures() -> tuple[type[Exception], ...]:
    import duckdb
    from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
    from sqlalchemy.exc import SQLAlchemyError

    from matinee.insight.warehouse import asking, hyper, place, tables, tidying, writing
    from matinee.insight.warehouse.arrow import ARROW_ERRORS
    from matinee.ports.sql import SchemaTooNew
    from matinee.ports.unavailable import Unavailable

    ours: Sequence[type[Exception]] = (
        asking.BadQuestion,
        hyper.NoHyper,
        place.NoWarehouse,
        tables.Crowded,
        tidying.Lost,
        writing.CannotWrite,
    )
    theirs = (CommitFailedException, NoSuchTableError, SQLAlchemyError, duckdb.Error, *ARROW_ERRORS, OSError)
    return (*ours, SchemaTooNew, Unavailable, *theirs)


@contextmanager
def _plain_errors() -> Generator[None]:
    """What the owner can mend is told in a line, without a traceback."""
    failures = _failures()
    try:
        yield
    except failures as error:
        sys.exit(f"matinee: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def _progress() -> Generator[Tell]:
    """Shows what is being done, where somebody looks."""
    with said.status("opening the warehouse") as status:
        yield lambda step: status.update(step)
