"""The warehouse moves with its house: what the log has long forgotten is in the new one, too."""

from pathlib import Path
from typing import Any

from insight.stage import answers, place_in, stocked
from matinee.insight.warehouse.facts import TOPICS
from matinee.insight.warehouse.place import place_of
from matinee.insight.warehouse.tables import Tables
from matinee.moving.hours import Hours
from recorded import recorded

FORGOTTEN = "profile-0003"


async def carried(part: Hours, mark: Any = None, steps: int = 1_000) -> Any:
    """The mark after so many steps, or after the last."""
    async for step in part.carry(mark):
        mark, steps = step.mark, steps - 1
        if not steps:
            break
    return mark


def everything(tables: Tables) -> list[list[dict[str, Any]]]:
    return [
        answers(tables, f"SELECT * FROM {name} ORDER BY ALL") for name in (*(topic.name for topic in TOPICS), "titles", "views")
    ]


async def test_every_fact_arrives_once_however_often_the_move_is_begun(tmp_path: Path) -> None:
    """Broken off after two steps, gone on with, and then told all again from the start: the new tables are the old ones."""
    old = await stocked(tmp_path / "old", recorded(seed=5, views=30, hours=3, late=0.1))
    old.forget([FORGOTTEN])
    part = Hours(place_in(tmp_path / "old"), place_in(tmp_path / "new"), at_once=200)
    assert not await part.taken()
    mark = await carried(part, steps=2)
    assert await part.taken()
    was, came = await part.tallies()
    assert came.count < was.count
    again = Hours(part.source, part.target, at_once=300)
    await carried(again, mark)
    await carried(again)
    was, came = await again.tallies()
    assert (came.count, came.total) == (was.count, was.total)
    assert was.count > await again.total() > 500
    assert everything(again.new) == everything(old)
    assert answers(again.new, f"SELECT count(*) AS n FROM ledger WHERE profile_id = '{FORGOTTEN}'") == [{"n": 0}]
    again.close()


async def test_a_catalog_may_move_alone(tmp_path: Path) -> None:
    """Another database takes up the tables where they lie."""
    old = await stocked(tmp_path / "old", recorded(seed=6, views=10))
    there = place_of(f"sqlite:///{tmp_path}/other.db", f"file:///{tmp_path}/old/blobs")
    part = Hours(place_in(tmp_path / "old"), there)
    await carried(part)
    await carried(part)
    was, came = await part.tallies()
    assert was == came
    assert everything(part.new) == everything(old)
    part.close()
