"""`matinee recs models …`: the models of a house: what there is, which is live, what is tried, and how that goes."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import sqlalchemy as sa
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from matinee.ports.rpc import Refused
from matinee.ports.sql import SchemaTooNew
from matinee.subjects import history_of
from matinee.topology import Topology, decode_topology
from matinee.up.at_the_machine import written_down
from matinee.up.recs_commands import recs
from matinee.wiring import store

if TYPE_CHECKING:
    from matinee.insight.registry import Kept
    from matinee.insight.trial_book import Tried

T = TypeVar("T")
SUBJECT = "recommend"
State = Annotated[Path, Parameter(help="The house's state directory.")]
out = Console(width=None if sys.stdout.isatty() else 150, highlight=False)

__all__ = ["recs"]


@recs.command
def models(*, state: State = Path(".state")) -> None:
    """List the models of a house, the newest first: what each is now, and how it compares with the one it came after."""
    from matinee.insight import registry

    found = _kept(_house(state), registry.every)
    out.print(_models_table(found) if found else "There is no model yet: one is fitted when there is enough to learn from.")


@recs.command
def bless(model: str, *, anyway: Annotated[bool, Parameter(negative="")] = False, state: State = Path(".state")) -> None:
    """Make a model the live one. One that is worse than the live one beyond chance is refused.

    Parameters
    ----------
    model
        As `matinee recs models` lists it.
    anyway
        Also if the gate says no.
    """
    from matinee.insight import registry

    _acted(_house(state), "Recommend.Bless", f'model: "{model}"', lambda db: registry.bless(db, model, _now_ms(), anyway))
    out.print(f"{model} is live; to go back: matinee recs rollback", markup=False)


@recs.command
def rollback(*, state: State = Path(".state")) -> None:
    """Make the model that was live before the live one again. Every process has it within seconds."""
    from matinee.insight import registry

    model = _acted(_house(state), "Recommend.RollBack", "", lambda db: registry.roll_back(db, _now_ms()))
    out.print(f"{model} is live again", markup=False)


@recs.command(name="try")
def try_(
    model: str,
    *,
    as_: Annotated[Literal["interleave", "ab", "shadow"], Parameter(name="--as")] = "interleave",
    share: float = 0.5,
    planned: int = 0,
    state: State = Path(".state"),
) -> None:
    """Try a model against the live one.

    Parameters
    ----------
    model
        As `matinee recs models` lists it.
    as_
        interleave: both draft for one row, and what is played from it decides, whenever it can be decided. ab: a share of the
        profiles has all its rows by it, and it is decided once, at the number of profiles planned. shadow: nobody sees it.
    share
        The part of the profiles that takes part, above 0 and below 1.
    planned
        For ab: at how many profiles in each arm it is decided; else so many as find a tenth more or less four times of five.
    """
    from matinee.insight import trial_book
    from matinee.insight.trials.verdicts import profiles_needed

    if not 0 < share < 1:
        sys.exit("matinee: --share: give a part above 0 and below 1")
    horizon = planned or profiles_needed(USUAL_RATE, USUAL_RATE / 10)
    about = f'model: "{model}" as: "{as_}" share: {share:g}'
    trial = _acted(_house(state), "Recommend.Try", about, lambda db: trial_book.begin(db, model, as_, share, horizon, _now_ms()))
    out.print(f"{trial.challenger} is tried against {trial.base}; how it goes: matinee recs trial", markup=False)


@recs.command
def trial(*, end: Annotated[bool, Parameter(negative="")] = False, state: State = Path(".state")) -> None:
    """Say how trials have gone, the newest first, and what may be concluded by now.

    Parameters
    ----------
    end
        End the one that runs.
    """
    from matinee.insight import trial_book

    house = _house(state)
    if end:
        ended = _acted(house, "Recommend.EndTrial", "", lambda db: trial_book.end(db, _now_ms()))
        out.print(f"{ended.trial_id} has ended" if ended else "No trial runs.", markup=False)
    found = _kept(house, trial_book.every)
    out.print(_trials_table(found) if found else "Nothing was tried yet. Type: matinee recs try MODEL")


USUAL_RATE = 0.3
"""Of the profiles that come by, so many watch something recommended: a guess, for planning only."""


def _models_table(found: "list[Kept]") -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "state", "made", "learnt from", "NDCG@10", "lead", "over", "asked"):
        table.add_column(name, no_wrap=True)
    for each in found:
        said, facts = each.manifest.get("figures", {}), each.manifest.get("facts", {})
        own = each.manifest.get("metrics", {}).get("ndcg@10", {})
        lead = f"{said['lead']:+.4f} ({said['low']:+.4f}..{said['high']:+.4f})" if said else "-"
        table.add_row(
            each.model_id,
            each.state,
            time.strftime("%Y-%m-%d %H:%M", time.gmtime(each.made_ms / 1000)),
            f"{facts.get('interactions', 0):,} views",
            f"{own['mean']:.4f}" if own else "-",
            lead,
            said.get("against", "-"),
            str(said.get("asked", "-")),
        )
    return table


def _trials_table(found: "list[Tried]") -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("tried", "against", "as", "on", "now", "better", "by", "why"):
        table.add_column(name, no_wrap=name != "why")
    for each in found:
        verdict = each.verdict
        by = f"{verdict.share:.3f} ({verdict.low:.3f}..{verdict.high:.3f})"
        about = (each.trial.challenger, each.trial.base, each.trial.form, f"{each.trial.share:.0%}")
        table.add_row(*about, "ended" if each.ended_ms else "runs", verdict.outcome, by, verdict.why)
    return table


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _house(state: Path) -> Topology:
    """The house that lives there, as it was last opened."""
    file = state.resolve() / "run" / "house.json"
    if not file.exists():
        sys.exit(f"matinee: no house has been opened in {state}: type `matinee up --state {state}`, or give the right --state")
    return decode_topology(file.read_bytes())


def _acted(house: Topology, method: str, about: str, work: Callable[[sa.Connection], T]) -> T:
    from matinee.insight.registry import CannotMove

    async def act() -> T:
        try:
            return await _done(house, work)
        except CannotMove as no:
            raise Refused("taken", "That cannot be.", str(no)) from no

    return _ended(written_down(house, method, about, act))


def _kept(house: Topology, work: Callable[[sa.Connection], T]) -> T:
    return _ended(_done(house, work))


async def _done(house: Topology, work: Callable[[sa.Connection], T]) -> T:
    """In the house's own store, whether it runs or not."""
    sql: Any = store(house, "sql", SUBJECT)
    try:
        await sql.install(history_of(SUBJECT))
        return await sql.transact(work)
    finally:
        await sql.close()


def _ended(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except SchemaTooNew as error:
        sys.exit(f"matinee: {error}")
    except Refused as no:
        sys.exit(f"matinee: {no.reason}")
