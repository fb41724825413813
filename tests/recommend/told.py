"""From what a player tells to what is recommended: beacons, the log, collect and figures, each the real one, on small engines."""

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from insight.collecting import Collecting, soon
from matinee.contracts import home_pb2
from matinee.contracts.events_pb2 import Hidden, PlayerFact
from matinee.contracts.recommend_pb2 import RecommendedRow
from matinee.ports.log import Entry
from recommend.house import House, film
from screen.telling_house import TellingHouse

IN_REASONS_WITHIN_S = 5.0
TRENDS_WITHIN_MS = 60_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
GENRES = ("Crime", "Nature", "Space")


class Town:
    """Players that tell, and the house that recommends, as in several processes."""

    def __init__(self, folder: Path) -> None:
        self._collecting = Collecting(folder)
        self.clock = self._collecting.clock
        films = [film(f"f{n:02}", GENRES[n % 3], people=[f"star {n % 9}"], added_ms=n) for n in range(60)]
        self.house = House(folder, films, clock=self.clock, figures=self._collecting.figures)
        self.telling = TellingHouse(folder, clock=self.clock)  # pyright: ignore[reportArgumentType] # all it is asked for
        self._told = 0

    async def open(self) -> "Town":
        await self._collecting.start()
        await self.house.open()
        return self

    async def close(self) -> None:
        await self._collecting.close()
        await self.telling.log.close()
        await self.house.close()

    async def watch(self, profile: str, title: str, at_ms: int) -> None:
        """Two minutes of a film that lasts ten, told a minute each; the second happens then."""
        minutes = [
            {
                "seq": number,
                "at": at_ms - (2 - number) * MINUTE_MS,
                "view": f"view-{self._told}",
                "title": title,
                "watched": {"positionMs": number * MINUTE_MS, "runtimeMs": 10 * MINUTE_MS, "watchedMs": MINUTE_MS},
            }
            for number in (1, 2)
        ]
        await self._tell(profile, *minutes)

    async def thumb(self, profile: str, title: str, thumb: str) -> None:
        """Of a title that was not watched here."""
        await self._tell(profile, {"seq": 1, "at": self.clock.now_ms(), "title": title, "thumbed": {"thumb": thumb}})

    async def _tell(self, profile: str, *facts: dict[str, Any]) -> None:
        """By a tab of its own."""
        self._told += 1
        batch = {"producer": f"tab-number-{self._told:06}", "profile": profile, "ledger": facts}
        headers = {"x-matinee-account": f"account-of-{profile}", "x-matinee-profile": profile}
        status, heard = await self.telling.tell(batch, headers)
        assert (status, heard["ledger"], heard["refused"]) == (200, len(facts), {})

    async def hide(self, profile: str, title: str) -> None:
        """As playback tells it."""
        now_ms = self.clock.now_ms()
        fact = PlayerFact(profile_id=profile, producer_id="hid", sequence=1, at_ms=now_ms, hidden=Hidden(title_ids=[title]))
        await self.house.log.append("ledger", [Entry(profile, fact.SerializeToString())])

    async def reasons(self, profile: str) -> set[str]:
        """What its rows are said to be for."""
        rows = (await self.house.ranked(profile)).rows
        return {each.because_of for row in rows for each in row.titles if each.because_of}

    async def trending(self) -> Sequence[str]:
        rows: Sequence[RecommendedRow] = (await self.house.ranked("somebody")).rows
        return next(([each.title_id for each in row.titles] for row in rows if row.kind == home_pb2.TRENDING), [])


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    town = await Town(tmp_path).open()
    yield town
    await town.close()


async def test_what_was_watched_is_a_reason_within_seconds(town: Town) -> None:
    """A view that a player tells of is why titles stand in rows in five seconds; hidden, it is none and is not offered."""
    assert await town.reasons("asha") == set()
    began_s = time.monotonic()
    await town.watch("asha", "f04", town.clock.now_ms())

    async def is_a_reason() -> bool:
        return await town.reasons("asha") == {"f04"}

    await soon(is_a_reason)
    assert time.monotonic() - began_s < IN_REASONS_WITHIN_S
    await town.watch("asha", "f05", town.clock.now_ms())
    await town.hide("asha", "f04")

    async def is_another() -> bool:
        return await town.reasons("asha") == {"f05"}

    await soon(is_another)
    rows = (await town.house.ranked("asha")).rows
    assert rows and not {each.title_id for row in rows for each in row.titles} & {"f04", "f05"}


async def test_a_thumb_up_is_a_reason_and_a_thumb_down_takes_it_back(town: Town) -> None:
    """A film that one knows from elsewhere: liked, it speaks for others; thought better of, it is not named again."""
    await town.thumb("bo", "f04", "UP")

    async def speaks() -> bool:
        return await town.reasons("bo") == {"f04"}

    await soon(speaks)
    rows = (await town.house.ranked("bo")).rows
    cited = [each for row in rows for each in row.titles if each.because_of]
    assert cited and all(each.liked and not each.picked for each in cited)
    await town.thumb("bo", "f04", "DOWN")

    async def is_silent() -> bool:
        return await town.reasons("bo") == set()

    await soon(is_silent)


async def test_a_surge_trends_within_a_minute(town: Town) -> None:
    """What many begin to watch all at once is first in Trending now within a minute; what is always watched does not trend."""
    now_ms = town.clock.now_ms()
    for number in range(16):
        await town.watch(f"p{number}", "f10", now_ms - number * 9 * HOUR_MS)
    for number in range(40):
        await town.watch(f"q{number}", f"f{20 + number % 4}", now_ms - 5 * HOUR_MS)

    async def is_quiet() -> bool:
        return set(await town.trending()) == {"f20", "f21", "f22", "f23"}

    await soon(is_quiet)
    surge_ms = town.clock.now_ms()
    for number in range(12):
        await town.watch(f"r{number}", "f30", surge_ms)

    async def trends() -> bool:
        return (await town.trending())[0] == "f30"

    await soon(trends)
    assert town.clock.now_ms() - surge_ms < TRENDS_WITHIN_MS
    assert "f10" not in await town.trending()
