"""What a profile watched, newest first, and how it forgets some of it.

What is looked at are the bookmarks. A title that is hidden loses its own, and with it leaves Keep watching and whatever else is
drawn from them; and the ledger is told, so that it leaves the history and the taste that are drawn from players' facts, too.
"""

import uuid
from collections.abc import Sequence

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.catalog_pb2 import Audience, GetTitlesRequest, ListTitlesRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql
from matinee.screen import telling
from matinee.screen.bookmarks import Bookmark, Bookmarks

LOOKED_UP_AT_ONCE = 200
MOST_LISTED = 200
FOR_GROWN_UPS = Refused("forbidden", "That is for grown-ups.", "Let one of them say who is watching, and try again.")


class Activity:
    def __init__(self, sql: Sql, catalog: CatalogClient, bookmarks: Bookmarks, clock: Clock) -> None:
        self._sql = sql
        self._catalog = catalog
        self._bookmarks = bookmarks
        self._clock = clock

    async def page(
        self, profile_id: str, audience: Audience, first: int, most: int, call: Call
    ) -> tuple[list[tuple[Title, Bookmark]], bool]:
        """So many from `first` on, and whether there are more. Only what this audience may see is there, or counts."""
        wanted = first + min(max(1, most), MOST_LISTED)
        marks = await self._bookmarks.all_of(profile_id)
        seen: list[tuple[Title, Bookmark]] = []
        for start in range(0, len(marks), LOOKED_UP_AT_ONCE):
            seen += await self._shown(marks[start : start + LOOKED_UP_AT_ONCE], audience, call)
            if len(seen) > wanted:
                break
        return seen[first:wanted], len(seen) > wanted

    async def hide(self, account_id: str, profile_id: str, title_id: str, call: Call) -> None:
        """One title; with a series all its episodes, also those out of sight by now."""
        of_series = ListTitlesRequest(series_id=title_id, audience=Audience(operator=True))
        episodes = [each.title_id for each in (await self._catalog.list_titles(of_series, call.by_house("playback"))).titles]
        now_ms = await self._tell(account_id, profile_id, [title_id, *episodes])
        for each in (title_id, *episodes):
            await self._bookmarks.forget(profile_id, each, now_ms)

    async def hide_all(self, account_id: str, profile_id: str) -> None:
        now_ms = await self._tell(account_id, profile_id, [])
        await self._bookmarks.forget_all(profile_id, now_ms)

    async def _tell(self, account_id: str, profile_id: str, title_ids: Sequence[str]) -> int:
        """First of all: whoever is interrupted here sees the titles still, and takes them out again. When it was, in ms."""
        now_ms, name = self._clock.now_ms(), uuid.uuid4().hex
        await self._sql.transact(lambda db: telling.hide(db, name, account_id, profile_id, title_ids, now_ms))
        return now_ms

    async def _shown(self, marks: Sequence[Bookmark], audience: Audience, call: Call) -> list[tuple[Title, Bookmark]]:
        asked = GetTitlesRequest(title_ids=[each.title_id for each in marks], audience=audience)
        titles = {each.title_id: each for each in (await self._catalog.get_titles(asked, call)).titles}
        return [(titles[each.title_id], each) for each in marks if each.title_id in titles]


def page_of(watched: Sequence[tuple[Title, pb.Bookmark]], *, more: bool) -> pb.ActivityPage:
    return pb.ActivityPage(watched=[pb.WatchedTitle(title=title, bookmark=mark) for title, mark in watched], more=more)
