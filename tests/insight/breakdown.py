"""A time as a whole, by the titles that were watched in it: none is left out, however many there are and however long it is."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from matinee.contracts import figures_pb2 as fp
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.figures import Figures
from matinee.insight.streams import keeping, versions
from matinee.insight.streams.hours import DAY_MS, HOUR_MS, MINUTE_MS, as_key
from matinee.insight.streams.job import path
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.quality import Quality
from matinee.insight.streams.tables import ROWS
from matinee.ports.rpc import Call

DAY = 19_000
TITLES = 40
HALF = 30


def row(table: str, window: int, title: int, minutes: int) -> dict[str, object]:
    value = keeping.ENCODER.encode(Quality(playing_ms=minutes))
    key = keeping.as_stored(path("title", as_key(window), f"t{title:02}"))
    return {"tab": keeping.tab_of(PLAYING, table), "key": key, "value": value, "changed_ms": 1}


def watched_all_day(db: sa.Connection) -> None:
    """Every title, a millisecond in each minute of the day."""
    versions.begin(db, PLAYING, 1)
    for table, windows, minutes in (("minutes", 1440, 1), ("hours", 24, 60)):
        first = DAY * windows
        db.execute(
            sa.insert(ROWS), [row(table, first + each, title, minutes) for each in range(windows) for title in range(TITLES)]
        )


@pytest.mark.parametrize("hourly", [False, True])
async def test_a_day_of_many_titles_is_counted_whole(tmp_path: Path, hourly: bool) -> None:
    """By minutes, from half past one to half past ten at night, and by hours."""
    sql = SqliteSql(tmp_path / "insight.db")
    rows = SqliteRows(tmp_path / "rows.db")
    figures = Figures(sql=sql, rows=rows, clock=ManualClock())
    await figures.start()
    await sql.transact(watched_all_day)
    edge_ms = 0 if hourly else HALF * MINUTE_MS
    from_ms, to_ms = DAY * DAY_MS + HOUR_MS + edge_ms, (DAY + 1) * DAY_MS - HOUR_MS - edge_ms
    asked = fp.BreakdownRequest(dimension="title", from_ms=from_ms, to_ms=to_ms, hourly=hourly, limit=50)
    points = (await figures.breakdown(asked, Call("trace", "test", 5, house=True))).points
    assert {each.value: each.playing_ms for each in points} == {
        f"t{title:02}": (to_ms - from_ms) // MINUTE_MS for title in range(TITLES)
    }
    await figures.close()
    await rows.close()
