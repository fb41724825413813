"""What a profile wants to see: a partition per profile in `rows`, one row per title, and when it was put there."""

from collections.abc import Sequence

from matinee.contracts.ids import may_be_id
from matinee.ports.rows import MOST_ROWS, Row, Rows

TABLE = "my_list"
ADDED = "added_ms"


class MyList:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def all_of(self, profile_id: str) -> list[str]:
        """The titles' ids, the last added first."""
        kept: list[Row] = []
        after = ""
        while page := await self._rows.page(TABLE, profile_id, MOST_ROWS, after):
            kept += page
            after = page[-1].key
        return [row.key for row in sorted(kept, key=lambda row: (-int(row.cells[ADDED]), row.key))]

    async def which_of(self, profile_id: str, title_ids: Sequence[str]) -> list[str]:
        return list(await self._rows.get(TABLE, profile_id, title_ids[:MOST_ROWS]))

    async def keep(self, profile_id: str, title_id: str, now_ms: int) -> None:
        """One that is there already stays where it is."""
        if not await self.which_of(profile_id, [title_id]):
            await self._rows.put(TABLE, profile_id, title_id, {ADDED: b"%d" % now_ms}, at_ms=now_ms)

    async def drop(self, profile_id: str, title_id: str, now_ms: int) -> None:
        if may_be_id(title_id):
            await self._rows.drop(TABLE, profile_id, title_id, at_ms=now_ms)
