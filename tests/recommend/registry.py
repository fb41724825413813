"""The registry: what a model may become, which one is live, and the way back."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight import fits, registry, trial_book
from matinee.insight.recommend_migrations import MIGRATIONS
from matinee.insight.registry import CannotMove
from matinee.insight.trials.verdicts import Arm, Votes
from recommend.trials import GOOD

T = TypeVar("T")
WORSE = replace(GOOD, lead=-0.02, low=-0.03, high=-0.01)


class Book:
    def __init__(self, folder: Path) -> None:
        self.sql = SqliteSql(folder / "recommend.db")

    async def do(self, work: Callable[[sa.Connection], T]) -> T:
        return await self.sql.transact(work)

    async def add(self, figures: object = GOOD) -> str:
        def made(db: sa.Connection) -> str:
            model_id = registry.take_version(db, "blend", 1)
            registry.made(db, model_id, {"figures": asdict(figures)}, 1)  # pyright: ignore
            return model_id

        return await self.do(made)

    async def states(self) -> dict[str, str]:
        return {each.model_id: each.state for each in await self.do(registry.every)}


@pytest.fixture
async def book(tmp_path: Path) -> Book:
    found = Book(tmp_path)
    await found.sql.install(MIGRATIONS)
    return found


async def test_a_blessed_model_is_live_and_the_one_before_is_one_step_away(book: Book) -> None:
    """Of three models the blessed one is live, the others wait or are retired; going back makes the one before live again."""
    one, two, three = [await book.add() for _ in range(3)]
    assert (one, two, three) == ("blend-1", "blend-2", "blend-3")
    with pytest.raises(CannotMove, match="only one"):
        await book.do(lambda db: registry.roll_back(db, 2))
    await book.do(lambda db: registry.bless(db, one, 3))
    await book.do(lambda db: registry.bless(db, two, 4))
    assert await book.states() == {"blend-1": "retired", "blend-2": "live", "blend-3": "candidate"}
    assert await book.do(lambda db: registry.roll_back(db, 5)) == one
    assert await book.states() == {"blend-1": "live", "blend-2": "retired", "blend-3": "candidate"}
    assert await book.do(registry.live) == one
    await book.sql.close()


async def test_a_worse_model_is_refused_unless_it_is_wanted_anyway(book: Book) -> None:
    """The gate says why; nothing has changed; and whoever insists has their way."""
    await book.do(lambda db: registry.bless(db, "blend-1", 1)) if await book.add() else None
    worse = await book.add(WORSE)
    with pytest.raises(CannotMove, match=r"worse than blend-1.*--anyway"):
        await book.do(lambda db: registry.bless(db, worse, 2))
    assert await book.do(registry.live) == "blend-1"
    with pytest.raises(CannotMove, match="no model nobody"):
        await book.do(lambda db: registry.bless(db, "nobody", 2))
    await book.do(lambda db: registry.bless(db, worse, 3, anyway=True))
    assert await book.do(registry.live) == worse
    await book.sql.close()


async def test_one_trial_runs_at_a_time_and_its_count_is_kept(book: Book) -> None:
    """A trial needs something to be held against; a second one waits; when it ends its challenger is a candidate again."""
    one, two = await book.add(), await book.add()
    with pytest.raises(CannotMove, match="no model is live"):
        await book.do(lambda db: trial_book.begin(db, two, "interleave", 0.5, 0, 1))
    await book.do(lambda db: registry.bless(db, one, 1))
    with pytest.raises(CannotMove, match="is the live one"):
        await book.do(lambda db: trial_book.begin(db, one, "interleave", 0.5, 0, 1))
    trial = await book.do(lambda db: trial_book.begin(db, two, "interleave", 0.5, 0, 2))
    with pytest.raises(CannotMove, match="still runs"):
        await book.do(lambda db: trial_book.begin(db, two, "ab", 0.5, 10, 3))
    await book.do(lambda db: trial_book.note(db, trial, Votes(80, 20)))
    [tried] = await book.do(trial_book.every)
    assert (tried.verdict.outcome, tried.verdict.share) == ("challenger", 0.8)
    await book.do(lambda db: trial_book.end(db, 4))
    await book.do(lambda db: trial_book.note(db, trial, Votes(0, 100)))
    assert (await book.do(trial_book.every))[0].votes == Votes(80, 20)
    assert (await book.states())["blend-2"] == "candidate"
    ab = await book.do(lambda db: trial_book.begin(db, two, "ab", 0.5, 10, 5))
    votes = Votes(challenger=Arm(20, 5), base=Arm(21, 6))
    await book.do(lambda db: trial_book.note(db, ab, votes))
    assert (await book.do(trial_book.every))[0].votes == votes
    await book.do(lambda db: trial_book.note(db, ab, Votes(challenger=Arm(90, 80), base=Arm(91, 6))))
    assert (await book.do(trial_book.every))[0].votes == votes, "who looks again until it pleases decides nothing"
    await book.sql.close()


async def test_a_model_that_nobody_wants_is_let_go_in_the_end(book: Book) -> None:
    """Of nightly models there would be hundreds: what is live, what is one step away, what is tried and what is new stay."""
    names = [await book.add() for _ in range(5)]
    for at_ms, name in enumerate(names[:3], 2):
        await book.do(lambda db, name=name, at_ms=at_ms: registry.bless(db, name, at_ms))
    await book.do(lambda db: trial_book.begin(db, names[3], "interleave", 0.5, 0, 6))
    await book.do(lambda db: registry.let_go(db, registry.KEPT_MS))
    assert await book.do(lambda db: registry.abandoned(db, registry.KEPT_MS)) == []
    new = await book.add()
    await book.do(lambda db: registry.move(db, new, "retired", registry.KEPT_MS))
    await book.do(lambda db: registry.let_go(db, registry.KEPT_MS + 10))
    assert await book.do(lambda db: registry.abandoned(db, registry.KEPT_MS + 10)) == ["blend-1", "blend-5"]
    with pytest.raises(CannotMove, match="making"):
        await book.do(lambda db: registry.bless(db, "blend-5", registry.KEPT_MS + 11))
    assert await book.do(registry.live) == "blend-3" and await book.do(lambda db: registry.roll_back(db, 9)) == "blend-2"
    await book.sql.close()


async def test_a_night_is_fitted_once_and_by_another_when_somebody_died_over_it(book: Book) -> None:
    """Of several that could, one fits; after six hours of silence another does; a night that ended is over."""
    assert await book.do(lambda db: fits.claim(db, 1, 0))
    assert not await book.do(lambda db: fits.claim(db, 1, fits.LONGEST_MS - 1))
    assert await book.do(lambda db: fits.claim(db, 1, fits.LONGEST_MS + 1))
    await book.do(lambda db: fits.end(db, 1, "live", 5))
    assert not await book.do(lambda db: fits.claim(db, 1, 9 * fits.LONGEST_MS))
    assert await book.do(lambda db: fits.claim(db, 2, 9 * fits.LONGEST_MS))
    await book.sql.close()
