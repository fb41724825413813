"""Bookmarks: how far each profile came in each title. A partition per profile; the latest position wins."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from matinee.contracts.ids import may_be_id
from matinee.ports.clock import Clock
from matinee.ports.rows import MOST_ROWS, Row, Rows
from matinee.ports.unavailable import Fallback
from matinee.screen.resume import is_opening

TABLE = "bookmarks"
CELL = "mark"


@dataclass(frozen=True)
class Mark:
    """One cell, so that no two positions are ever mixed."""

    position_ms: int
    runtime_ms: int
    at_ms: int


@dataclass(frozen=True)
class Bookmark:
    title_id: str
    mark: Mark


class Bookmarks:
    def __init__(self, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._unread = Fallback("playback: from the beginning", clock)
        self._unkept = Fallback("playback: a place is not kept", clock)

    async def keep(self, profile_id: str, title_id: str, mark: Mark) -> None:
        """A film's opening is not kept: a player that has not yet found its place says 0, and would lose a real one."""
        if not is_opening(mark.position_ms, mark.runtime_ms):
            await self._rows.put(TABLE, profile_id, title_id, {CELL: msgspec.json.encode(mark)}, mark.at_ms)

    async def keep_if_there(self, profile_id: str, title_id: str, mark: Mark) -> None:
        """The same, and no error when the places are away: a player that goes on says it again soon."""
        await self._unkept.instead(lambda: self.keep(profile_id, title_id, mark))

    async def of_if_there(self, profile_id: str, title_ids: Sequence[str]) -> list[Bookmark] | None:
        """Those of these titles, the latest first; None when the places are away."""
        return await self._unread.instead(lambda: self.of(profile_id, title_ids))

    async def forget(self, profile_id: str, title_id: str, at_ms: int) -> None:
        if may_be_id(title_id):
            await self._rows.drop(TABLE, profile_id, title_id, at_ms)

    async def forget_all(self, profile_id: str, at_ms: int) -> None:
        await self._rows.drop_partition(TABLE, profile_id, at_ms)

    async def of(self, profile_id: str, title_ids: Sequence[str]) -> list[Bookmark]:
        """Those of these titles, the latest first."""
        wanted = sorted(set(title_ids))
        found: list[Row] = []
        for first in range(0, len(wanted), MOST_ROWS):
            found += (await self._rows.get(TABLE, profile_id, wanted[first : first + MOST_ROWS])).values()
        return _latest_first(found)

    async def all_of(self, profile_id: str) -> list[Bookmark]:
        """All of the profile's, the latest first."""
        found: list[Row] = []
        after = ""
        while page := await self._rows.page(TABLE, profile_id, MOST_ROWS, after):
            found += page
            after = page[-1].key
        return _latest_first(found)


def _latest_first(rows: Sequence[Row]) -> list[Bookmark]:
    read = [Bookmark(row.key, msgspec.json.decode(row.cells[CELL], type=Mark)) for row in rows]
    return sorted(read, key=lambda each: (-each.mark.at_ms, each.title_id))
