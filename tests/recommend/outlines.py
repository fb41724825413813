"""Outlines of the library, from which rows are ranked: one for all who may see the same, and as few as are needed."""

import asyncio
from typing import Any

from matinee.contracts.catalog_pb2 import Audience, LibraryOutline
from matinee.engines.manual_clock import ManualClock
from matinee.insight import shelves
from matinee.insight.rows.shelf import Shelf
from matinee.insight.shelves import Outlined, shelf_in
from recommend.house import CALL, Stacks, film

COUNTRIES = [f"{first}{second}" for first in "ABCDE" for second in "ABCDEFGH"]
AGES = (0, 6, 12, 16, 18)


class Counting(Stacks):
    """The catalog, and how often it was asked for an outline."""

    outlines = 0

    async def outline(self, request: Any, call: Any) -> LibraryOutline:
        self.outlines += 1
        return await super().outline(request, call)


def outlined_of(catalog: Any, clock: ManualClock) -> Outlined[Shelf]:
    return Outlined(catalog, clock, shelf_in)


async def asked(outlined: Outlined[Shelf], ages: tuple[int, ...] = AGES) -> list[set[str]]:
    audiences = [Audience(maturity_limit=age, country=country) for country in COUNTRIES for age in ages]
    return [set((await outlined.of(each, CALL)).ids) for each in audiences]


async def test_audiences_that_may_see_the_same_share_an_outline() -> None:
    """Forty countries with five ages each have five outlines, for no title knows countries; a new one is made five times, too."""
    clock = ManualClock()
    catalog = Counting(clock, [film(f"from-{age}", years=age) for age in AGES])
    outlined = outlined_of(catalog, clock)
    first = await asked(outlined)
    assert await asked(outlined) == first and first[:2] == [{"from-0"}, {"from-0", "from-6"}]
    assert catalog.outlines == len(AGES)
    catalog.put([film("new")])
    await clock.advance(shelves.AGAIN_AFTER_S)
    async with asyncio.timeout(20):
        while not all("new" in each for each in await asked(outlined)):
            await asyncio.sleep(0.01)  # it is made in a thread, while nobody waits
    assert catalog.outlines == 2 * len(AGES)


async def test_what_one_country_may_not_see_is_in_no_outline_of_its_own() -> None:
    """One right that one country has makes it one outline more, and its titles are in that one alone."""
    clock = ManualClock()
    catalog = Counting(clock, [film("all"), film("here", countries=frozenset({"AA"}))])
    found = await asked(outlined_of(catalog, clock), (18,))
    assert found == [{"all", "here"}, *[{"all"}] * (len(COUNTRIES) - 1)]
    assert catalog.outlines == 2


async def test_outlines_are_kept_by_how_many_titles_they_have() -> None:
    """Those asked for least lately go, and are made again for whoever asks; the one just made stays, however large."""
    clock = ManualClock()
    films = [film(f"{each}-{n}", countries=frozenset({each})) for each in ("AA", "AB", "AC") for n in range(3)]
    catalog: Any = Counting(clock, [*films, *(film(f"AD-{n}", countries=frozenset({"AD"})) for n in range(9))])
    outlined = Outlined(catalog, clock, shelf_in, most_titles=6)
    for country, made in (("AA", 1), ("AB", 2), ("AA", 2), ("AC", 3), ("AA", 3), ("AB", 4), ("AD", 5), ("AD", 5)):
        found = await outlined.of(Audience(maturity_limit=18, country=country), CALL)
        assert (all(each.startswith(country) for each in found.ids), catalog.outlines) == (True, made)


async def test_who_asks_at_the_same_time_waits_for_the_same_outline() -> None:
    """Though they are of different countries."""
    clock = ManualClock()
    catalog = Counting(clock, [film("all")])
    outlined = outlined_of(catalog, clock)
    await asyncio.gather(*(outlined.of(Audience(maturity_limit=18, country=each), CALL) for each in COUNTRIES))
    assert catalog.outlines == 1
