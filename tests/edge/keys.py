"""The signing keys that are kept."""

import asyncio
from pathlib import Path

from matinee.edge.keys import fresh_key, turn
from matinee.edge.migrations import MIGRATIONS
from matinee.edge.rotation import Ring
from matinee.engines.sqlite_sql import SqliteSql

NOW_MS = 1_800_000_000_000
DAY_MS = 24 * 3600 * 1000


async def opened(folder: Path) -> SqliteSql:
    sql = SqliteSql(folder / "steering.db")
    await sql.install(MIGRATIONS)
    return sql


async def turned(sql: SqliteSql, now_ms: int) -> Ring:
    fresh = fresh_key()
    return await sql.transact(lambda db: turn(db, now_ms, fresh))


async def test_keys_come_back_as_they_were(tmp_path: Path):
    """After a restart films go on playing: the keys are the same, in the order they were made."""
    before = await opened(tmp_path)
    await turned(before, NOW_MS)
    ring = await turned(before, NOW_MS + DAY_MS)
    await before.close()
    after = await opened(tmp_path)
    assert len(ring) == 2
    assert await turned(after, NOW_MS + DAY_MS) == ring
    await after.close()


async def test_what_is_over_is_forgotten(tmp_path: Path):
    """After a month two keys are kept at most, and the newest is the last."""
    sql = await opened(tmp_path)
    rings = [await turned(sql, NOW_MS + half_day * DAY_MS // 2) for half_day in range(60)]
    assert {len(ring) for ring in rings} == {1, 2}
    assert len({key.kid for ring in rings for key in ring}) == 30
    assert all([key.signs_from_ms for key in ring] == sorted(key.signs_from_ms for key in ring) for ring in rings)
    await sql.close()


async def test_two_who_find_a_key_due_make_one(tmp_path: Path):
    """However many steerings turn the keys at the same moment, all come away with the same ring."""
    sqls = [await opened(tmp_path) for _ in range(4)]
    for day in range(4):
        rings = await asyncio.gather(*(turned(sql, NOW_MS + day * DAY_MS) for sql in sqls))
        assert len(set(rings)) == 1
    for sql in sqls:
        await sql.close()


async def test_only_the_owner_can_read_the_keys(tmp_path: Path):
    """No other user of the machine can read what is kept."""
    sql = await opened(tmp_path)
    await turned(sql, NOW_MS)
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077] == []
    await sql.close()


def test_secrets_are_long_and_never_the_same():
    """Two installations share no key."""
    made = {fresh_key().secret for _ in range(20)}
    assert len(made) == 20
    assert min(map(len, made)) >= 43
