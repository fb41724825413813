"""`matinee recs …`: the recommender by itself, on any interactions: learn, examine, rank, explain."""

import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import cyclopts
from cyclopts import Parameter
from rich.console import Console

from matinee.up.recs_tables import as_data, reasons_table, results_table

if TYPE_CHECKING:
    from matinee.insight.taste.features import About
    from matinee.insight.taste.model import Model
    from matinee.insight.taste.reading import Rows
    from matinee.insight.taste.training import Deepen, Factorise

Tell = Callable[[str], None]
Protocol = Annotated[
    Literal["leave-one-out", "strong-generalisation", "time-split"] | None,
    Parameter(
        help="What it shall be good at: the next title (leave-one-out), titles left out of a history "
        "(strong-generalisation), or all that comes after an hour (time-split). Else the first, if the times say something."
    ),
]
Items = Annotated[
    Path | None,
    Parameter(help="What is known of items (item, genres, people, plot, year), so that hardly watched ones are placed, too."),
]
Weight = Annotated[
    str, Parameter(help="A column to weigh rows by, other than `weight`: a rating, say. 0 is: seen, but it counts for nothing.")
]
Seed = Annotated[int, Parameter(help="Whatever is left to chance follows from it.")]
SkipBad = Annotated[bool, Parameter(negative="", help="Leave bad rows out and say which, rather than refuse the file.")]
KeepSeen = Annotated[bool, Parameter(negative="", help="Also rank titles that are in the history; else they are left out.")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
Deep = Annotated[
    bool,
    Parameter(
        negative="",
        help="With a transformer, too, heard as far as it helps on what is held out. Takes minutes, and matinee[deep].",
    ),
]
ModelFolder = Annotated[Path, Parameter(help="A folder made by `matinee recs fit`.")]

recs = cyclopts.App(name="recs")
screen = Console(width=None if sys.stdout.isatty() else 170, highlight=False)
said = Console(stderr=True, highlight=False, soft_wrap=True)


@recs.command
def fit(
    interactions: Path,
    *,
    out: Path,
    items: Items = None,
    protocol: Protocol = None,
    weight: Weight = "",
    seed: Seed = 0,
    skip_bad: SkipBad = False,
    engine: Annotated[
        Literal["numpy", "spark"], Parameter(help="Who learns the factors: spark, for what is too large here.")
    ] = "numpy",
    deep: Deep = False,
) -> None:
    """Learn a model from interactions and keep it in a folder.

    Parameters
    ----------
    interactions
        Rows of user, item and, if you have them, timestamp (seconds, milliseconds or dates) and weight: csv, tsv, RecBole's
        .inter, ratings.dat, parquet or npz. Several rows of one user and item count as the latest, with the greatest weight.
    out
        The folder for the model; a model that is there is replaced.
    """
    with _plain_errors():
        from matinee.insight.taste import keeping, training

        rows, catalog = _read(interactions, weight, skip_bad), _catalog(items)
        deepen = _transformer() if deep else None
        with _progress() as tell, _spark_factors() if engine == "spark" else nullcontext(training.ials) as factorise:
            model = training.fit(rows.interactions, catalog, seed, protocol, tell, factorise, deepen).trimmed()
            model = replace(model, facts={**model.facts, "engine": engine})
            keeping.keep(model, out)
    _tell_fitted(out, model, deep)


@recs.command
def evaluate(
    interactions: Path,
    *,
    items: Items = None,
    protocol: Protocol = None,
    k: Annotated[tuple[int, ...], Parameter(negative="")] = (10, 100),
    weight: Weight = "",
    seed: Seed = 0,
    keep_seen: KeepSeen = False,
    skip_bad: SkipBad = False,
    deep: Deep = False,
    as_json: AsJson = False,
) -> None:
    """Hold something out, learn every model from the rest, and say how well each ranks what was held out.

    All titles are ranked, never a sample. Whatever is chosen is chosen without the test, which is read once.

    Parameters
    ----------
    interactions
        As for `fit`.
    k
        How many of the best are looked at; give it once for each. Coverage, lift and genres look at the fewest.
    """
    if not k or min(k) < 1:
        sys.exit("matinee: --k: give numbers of 1 or more")
    with _plain_errors():
        from matinee.insight.taste.examination import examine

        rows, catalog = _read(interactions, weight, skip_bad), _catalog(items)
        _say_what_is_odd(max(k), len(rows.interactions.with_titles(catalog or ()).titles))
        with _progress() as tell:
            deepen = _transformer() if deep else None
            found = examine(rows.interactions, catalog, _cpu_s, protocol, k, seed, keep_seen, tell, deepen)
    if as_json:
        sys.stdout.write(json.dumps(as_data(found), indent=1) + "\n")
    else:
        screen.print(results_table(found))


@recs.command
def predict(
    *,
    model: ModelFolder,
    histories: Path,
    out: Path,
    k: int = 10,
    keep_seen: KeepSeen = False,
    weight: Weight = "",
    skip_bad: SkipBad = False,
) -> None:
    """Rank the titles for each history in a file, the best k first.

    Parameters
    ----------
    histories
        Rows of user, item and, if you have them, timestamp and weight, as for `fit`; without timestamps the order of rows
        is the order of watching. A row with a user and no item asks for somebody who has watched nothing.
    out
        Where to write user, item, rank and score: .csv, .tsv or .parquet.
    k
        How many titles for each user; fewer are written where there are no more.
    """
    if k < 1:
        sys.exit("matinee: --k: give a number of 1 or more")
    with _plain_errors():
        from matinee.insight.taste import keeping, writing
        from matinee.insight.taste.interactions import known_to

        writing.check(out)
        learnt = keeping.load(model)
        rows = _read(histories, weight, skip_bad, empty_items=True).interactions
        asked, unknown = known_to(learnt.titles, rows)
        ordered = rows.time_s is not None or learnt.facts["protocol"] == "strong-generalisation"
        _say_what_is_odd(k, len(learnt.titles), unknown, ordered=ordered)
        with _progress() as tell:
            tell("ranking")
            written = writing.write(out, rows.users, learnt.titles, learnt.ranked(asked, k, keep_seen))
    said.print(f"{out}: {written:,} rows for {len(asked):,} users", markup=False)


@recs.command
def explain(*, model: ModelFolder, histories: Path, user: str, item: str = "", as_json: AsJson = False) -> None:
    """Say which of the watched titles speak for a title, and how much; by default for the best one.

    Parameters
    ----------
    histories
        As for `predict`.
    user
        Whose history.
    item
        The title to be explained.
    """
    with _plain_errors():
        from matinee.insight.taste import keeping
        from matinee.insight.taste.reasons import explained_by_name

        learnt = keeping.load(model)
        found = explained_by_name(learnt, _read(histories, "", False, empty_items=True).interactions, user, item)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
    else:
        screen.print(reasons_table(found))


def _read(file: Path, weight: str, skip_bad: bool, empty_items: bool = False) -> "Rows":
    from matinee.insight.taste.reading import read_interactions

    rows = read_interactions(file, weight, skip_bad, empty_items)
    for note in rows.notes:
        said.print(note, markup=False)
    return rows


def _say_what_is_odd(k: int, titles: int, unknown: int = 0, *, ordered: bool = True) -> None:
    if not ordered:
        said.print("no timestamps: the order of rows is taken as the order of watching, which this model minds")
    if k > titles:
        said.print(f"--k {k:,}: there are {titles:,} titles, so the best {k:,} are all of them", markup=False)
    if unknown:
        said.print(f"{unknown:,} rows name titles the model does not know; they say nothing", markup=False)


def _catalog(items: Path | None) -> "dict[str, About] | None":
    from matinee.insight.taste.catalog_file import read_catalog

    return read_catalog(items) if items else None


@contextmanager
def _spark_factors() -> "Generator[Factorise]":
    from functools import partial

    from matinee.insight.spark.engine import spark
    from matinee.insight.spark.factors import spark_factors

    with spark() as machine:
        yield partial(spark_factors, machine)


def _tell_fitted(out: Path, model: "Model", deep: bool) -> None:
    facts = model.facts
    said.print(
        f"{out}: learnt from {facts['interactions']:,} interactions of {facts['profiles']:,} profiles with {facts['titles']:,} "
        f"titles, for {facts['protocol']}; {_cpu_s():.1f} s of CPU",
        markup=False,
    )
    if deep:
        long, short = (model.weights[each].get("deep", 0.0) for each in ("long", "short"))
        said.print(f"the transformer counts {long:.2f}, for short histories {short:.2f}", markup=False)


def _transformer() -> "Deepen":
    from functools import partial

    from matinee.insight.deep.engine import jax
    from matinee.insight.deep.learning import learnt

    return partial(learnt, jax())


def _cpu_s() -> float:
    """Seconds of CPU of ours so far, and of the children that have ended."""
    return sum(os.times()[:4])


@contextmanager
def _plain_errors() -> Generator[None]:
    """What the owner of the files can mend is told in a line, without a traceback."""
    # Two threads that wait for each other on busy processors cost ten times the CPU of one; numpy reads this when it is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from matinee.insight.deep.engine import NoJax
    from matinee.insight.spark.engine import NoSpark
    from matinee.insight.taste.columns import Unreadable
    from matinee.insight.taste.interactions import NothingToLearn
    from matinee.insight.taste.keeping import NoModel
    from matinee.insight.taste.protocols import CannotExamine
    from matinee.insight.taste.reasons import NotThere
    from matinee.insight.taste.writing import CannotWrite

    try:
        yield
    except (Unreadable, NothingToLearn, NoModel, CannotExamine, NotThere, CannotWrite, NoSpark, NoJax) as error:
        sys.exit(f"matinee: {error}")
    except OSError as error:
        sys.exit(f"matinee: {error.filename or 'the files'}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def _progress() -> Generator[Tell]:
    """Shows what is being done, where somebody looks."""
    with said.status("reading") as status:
        yield lambda step: status.update(step)
