"""What a profile took out of Keep watching: a partition per profile in `rows`, one row per film or series, and when.

It holds until the title is watched again: whoever reads it compares the two hours. How far one came is not forgotten.
"""

from matinee.ports.rows import MOST_ROWS, Rows

TABLE = "put_away"
SINCE = "since_ms"


class PutAway:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def all_of(self, profile_id: str) -> dict[str, int]:
        """By film or series, when it was put away, in ms."""
        found, after = dict[str, int](), ""
        while page := await self._rows.page(TABLE, profile_id, MOST_ROWS, after):
            found |= {row.key: int(row.cells[SINCE]) for row in page}
            after = page[-1].key
        return found

    async def put(self, profile_id: str, title_id: str, now_ms: int) -> None:
        await self._rows.put(TABLE, profile_id, title_id, {SINCE: b"%d" % now_ms}, at_ms=now_ms)
