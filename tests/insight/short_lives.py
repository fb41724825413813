"""A house that is never up for long, as a laptop's, is kept in order like any other."""

import asyncio
import random
from pathlib import Path

from insight.evening import NOW_MS, kept, ledger, mixed, reads
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.collect import Collect
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.watching import WATCHING

DAY_MS = 24 * 3_600_000
SOON_S = 20.0


async def test_what_is_old_goes_in_a_house_that_is_up_for_minutes(tmp_path: Path) -> None:
    """Views of last month are forgotten two minutes after it was opened again, what somebody likes is not."""
    sql, log, dice = SqliteSql(tmp_path / "insight.db"), SqliteLog(tmp_path / "log.db"), random.Random(1)
    await sql.install(MIGRATIONS)
    runner = Runner(WATCHING, sql, log, ManualClock(NOW_MS))
    await runner.begin()
    await runner.take(reads(WATCHING, mixed(dice, ledger(dice))))
    before = await kept(WATCHING, sql)
    assert before["views"]
    clock = ManualClock(NOW_MS + 31 * DAY_MS)
    collect = Collect(sql=sql, log=log, rows=SqliteRows(tmp_path / "rows.db"), clock=clock)
    tidying = asyncio.ensure_future(dict(collect.loops())["collect.tidying"]())
    await clock.advance(120)
    async with asyncio.timeout(SOON_S):
        while (await kept(WATCHING, sql))["views"]:
            await asyncio.sleep(0.02)
    assert (await kept(WATCHING, sql))["taste"] == before["taste"]
    tidying.cancel()
    await asyncio.gather(tidying, return_exceptions=True)
    await collect.close()
    await log.close()
