"""What a profile watched, all of it, the latest first: a page costs the same after a hundred thousand views as after ten.

As Netflix keeps viewing history ("Scaling Time Series Data Storage", 2018): the newest views are live, a row each, small and
written again while they last; older ones lie compressed in blocks of two hundred, written once. Both are partitioned by profile
and sorted by when a view began, latest first; a block bears the key of its oldest view, so that the one with any view is found at
once.

Every step may be repeated and interrupted: a view has a mark that goes up, cells are written with it, and a view that is both
live and in a block is told once. What belongs into an old block (a view went on after two hundred others) is put into it.
"""

import asyncio
import zlib
from collections.abc import Mapping, Sequence

import msgspec

from matinee.insight.streams import hiding
from matinee.insight.streams.views import View
from matinee.ports.rows import LATEST_MS, MOST_ROWS, Rows

LIVE = "history"
PAST = "history_past"
CELL = "view"
BLOCK = "views"
MOST_LIVE = 400
STAY_LIVE = 200
BLOCK_VIEWS = 200
AT_ONCE = 50
LOOKED_AT_EACH = 32
"""The live views of a profile are counted with one in so many of its views."""

MOST_REMEMBERED = 10_000
DIGITS = 15
FURTHEST_MS = 10**DIGITS - 1


class Block(msgspec.Struct, array_like=True):
    mark: int  # goes up with each writing
    views: list[View]  # the latest first


ENCODER = msgspec.msgpack.Encoder()
VIEW = msgspec.msgpack.Decoder(View)
VIEWS = msgspec.msgpack.Decoder(Block)


def key_of(view: View) -> str:
    return f"{FURTHEST_MS - view.began_ms:0{DIGITS}d}{view.view_id}"


class History:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._counted: dict[str, None] = {}

    async def keep(self, views: Sequence[View]) -> None:
        """Safe to repeat, and in any order."""
        for first in range(0, len(views), AT_ONCE):
            await asyncio.gather(*(self._put(view) for view in views[first : first + AT_ONCE]))
        for view in views:
            if zlib.crc32(view.view_id.encode()) % LOOKED_AT_EACH == 0 and view.view_id not in self._counted:
                await self.roll(view.profile_id)
                self._counted[view.view_id] = None
                if len(self._counted) > MOST_REMEMBERED:
                    del self._counted[next(iter(self._counted))]

    async def page(self, profile_id: str, limit: int, after: str = "") -> tuple[list[View], str]:
        """The latest views, and what to give as `after` for those that follow; empty when there are none."""
        found = await self._past(profile_id, limit + 1, after)
        for row in await self._rows.page(LIVE, profile_id, min(limit + 1, MOST_ROWS), after):
            _add(found, VIEW.decode(row.cells[CELL]))
        latest = sorted(found)[:limit]
        return [found[key] for key in latest], latest[-1] if len(found) > limit else ""

    async def forget(self, profile_id: str) -> None:
        """All of it, and what is still on its way."""
        for table in (LIVE, PAST):
            await self._rows.drop_partition(table, profile_id, LATEST_MS)

    async def erase(self, profile_id: str, hidden: Mapping[str, int]) -> None:
        """Takes out what `hidden` covers, of the whole history. Safe to repeat and to interrupt."""
        at = ""
        while page := await self._rows.page(LIVE, profile_id, MOST_ROWS, at):
            for view in (VIEW.decode(row.cells[CELL]) for row in page):
                if hiding.covers(hidden, view.title_id, view.last_ms):
                    await self._rows.drop(LIVE, profile_id, key_of(view), view.mark_ms)
            at = page[-1].key
        at = ""
        while blocks := await self._blocks(profile_id, 1, at):
            at, block = next(iter(blocks.items()))
            left = [view for view in block.views if not hiding.covers(hidden, view.title_id, view.last_ms)]
            if not left:
                await self._rows.drop(PAST, profile_id, at, block.mark)
            elif len(left) < len(block.views):
                await self._write(profile_id, at, Block(block.mark, left))

    async def roll(self, profile_id: str) -> None:
        """When many are live, compresses all but the newest."""
        live, after = dict[str, View](), ""
        while page := await self._rows.page(LIVE, profile_id, MOST_ROWS, after):
            live |= {row.key: VIEW.decode(row.cells[CELL]) for row in page}
            after = page[-1].key
        if len(live) <= MOST_LIVE:
            return
        old = {key: live[key] for key in sorted(live)[STAY_LIVE:]}
        newest = await self._blocks(profile_id, 1)
        border = key_of(next(iter(newest.values())).views[0]) if newest else ""
        # What is newer than all blocks makes new ones; the rest is late and goes where it belongs.
        await self._into_their_blocks(profile_id, [view for key, view in old.items() if border and key >= border])
        fresh = [view for key, view in old.items() if not border or key < border]
        for last in range(len(fresh), 0, -BLOCK_VIEWS):
            await self._write(profile_id, key_of(fresh[last - 1]), Block(0, fresh[max(0, last - BLOCK_VIEWS) : last]))
        for key, view in old.items():
            await self._rows.drop(LIVE, profile_id, key, view.mark_ms)

    async def _put(self, view: View) -> None:
        await self._rows.put(LIVE, view.profile_id, key_of(view), {CELL: ENCODER.encode(view)}, view.mark_ms)

    async def _past(self, profile_id: str, wanted: int, after: str) -> dict[str, View]:
        """So many compressed views after that one, and perhaps more."""
        found, at = dict[str, View](), after
        while len(found) < wanted and (blocks := await self._blocks(profile_id, 1, at)):
            at, block = next(iter(blocks.items()))
            for view in block.views:
                if key_of(view) > after:
                    _add(found, view)
        return found

    async def _blocks(self, profile_id: str, limit: int, after: str = "") -> Mapping[str, Block]:
        page = await self._rows.page(PAST, profile_id, limit, after)
        return {row.key: VIEWS.decode(zlib.decompress(row.cells[BLOCK])) for row in page}

    async def _into_their_blocks(self, profile_id: str, late: Sequence[View]) -> None:
        """A view's block is the one whose oldest view is no newer; those that are older than all have one of their own."""
        while late:
            key = key_of(late[0])
            near = await self._blocks(profile_id, 2, key[:DIGITS])
            home = next((each for each in near if each >= key), key_of(late[-1]))
            block = near.get(home, Block(0, []))
            views = dict[str, View]()
            for each in (*block.views, *late):
                if key_of(each) <= home:
                    _add(views, each)
            await self._write(profile_id, home, Block(block.mark, [views[each] for each in sorted(views)]))
            late = [view for view in late if key_of(view) > home]

    async def _write(self, profile_id: str, key: str, block: Block) -> None:
        block.mark = max(block.mark + 1, *(view.mark_ms for view in block.views))
        await self._rows.put(PAST, profile_id, key, {BLOCK: zlib.compress(ENCODER.encode(block))}, block.mark)


def _add(found: dict[str, View], view: View) -> None:
    """Of two tellings of a view the later one."""
    key = key_of(view)
    if key not in found or view.mark_ms > found[key].mark_ms:
        found[key] = view
