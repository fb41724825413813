"""What `matinee move` refuses, and what it leaves alone when it does."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.library.migrations import MIGRATIONS
from matinee.moving.house import DONE
from matinee.moving.journal import Journal
from matinee.topology import LAPTOP, Topology
from matinee.topology_file import Changes, read_topology
from matinee.up.state import MOVING, CannotStart, open_state
from matinee.wiring import CACHING, HOUSE, MANY
from moving.moving import digest, moved


def house(state: Path) -> Topology:
    return read_topology(LAPTOP, state, tuple(HOUSE), Changes(), MANY, CACHING)


def words(old: Path, new: Path) -> tuple[object, ...]:
    return ("--from", LAPTOP, "--to", LAPTOP, "--state", old, "--to-state", new)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A small house: one bookmark, and the keys it was signed with."""
    state = tmp_path / "old"
    open_state(house(state))
    (state / "secrets" / "key").write_text("secret")
    asyncio.run(bookmark(state, b"41"))
    return state


def leave_journal(old: Path, new: Path, folder: Path) -> None:
    """Of a move from one to the other, in this folder."""
    told, engines = {"from": str(old), "to": str(new)}, house(old).engines
    told |= {f"{way} {port}": getattr(engines, port) for way in ("from", "to") for port in ("sql", "rows", "log", "blobs")}
    Journal(folder, told).save()


async def bookmark(state: Path, at: bytes) -> None:
    rows = SqliteRows(state / "rows.db")
    await rows.put("bookmarks", "asha", "film", {"at": at}, at_ms=1)
    await rows.close()


async def test_a_house_that_runs_is_not_moved(old: Path, tmp_path: Path) -> None:
    """While a house is open its move is refused in words, and nothing is made of the new one."""
    with (old / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, said = await asyncio.to_thread(moved, *words(old, tmp_path / "new"))
    assert status == 1
    assert "a house runs on" in said
    assert not (tmp_path / "new").exists()


def test_nothing_is_moved_from_where_nobody_lived(tmp_path: Path) -> None:
    """A wrong --state is told as such, not taken for an empty house."""
    status, said = moved(*words(tmp_path / "nowhere", tmp_path / "new"))
    assert status == 1
    assert "no house has been opened" in said


def test_a_house_that_holds_something_is_not_moved_into(old: Path, tmp_path: Path) -> None:
    """Somebody else's bookmarks are neither mixed with ours nor lost."""
    new = tmp_path / "new"
    open_state(house(new))
    asyncio.run(bookmark(new, b"7"))
    before = digest(new)["rows.db"]
    status, said = moved(*words(old, new))
    assert status == 1
    assert "holds rows already" in said
    assert digest(new)["rows.db"] == before


def test_a_dry_run_moves_nothing(old: Path, tmp_path: Path) -> None:
    """It says what there is to carry, and makes nothing."""
    before = digest(old)
    status, said = moved(*words(old, tmp_path / "new"), "--dry-run")
    assert status == 0
    assert "rows" in said
    assert not (tmp_path / "new").exists()
    assert digest(old) == before


def test_a_house_half_moved_is_not_opened(old: Path, tmp_path: Path) -> None:
    """Nobody watches in a house whose accounts are still on their way."""
    new = tmp_path / "new"
    open_state(house(new))
    (new / MOVING).mkdir()
    with pytest.raises(CannotStart, match="not at its end"):
        open_state(house(new))
    status, said = moved(*words(old, new))
    assert status == 0, said
    assert open_state(house(new)).instance == open_state(house(old)).instance


def test_a_difference_is_told(old: Path, tmp_path: Path) -> None:
    """What is not the same in both houses at the end is named, and the new house stays closed."""
    new = tmp_path / "new"
    assert moved(*words(old, new))[0] == 0
    # As after a move that was killed as it compared, and then something was written into the new house.
    leave_journal(old, new, new / MOVING)

    async def meddle() -> None:
        rows = SqliteRows(new / "rows.db")
        await rows.put("bookmarks", "björn", "film", {"at": b"1"}, at_ms=9)
        await rows.close()

    asyncio.run(meddle())
    status, said = moved(*words(old, new))
    assert status == 1
    assert "differs in rows" in said
    with pytest.raises(CannotStart):
        open_state(house(new))


def test_a_move_killed_in_its_last_moment_is_known_to_be_done(old: Path, tmp_path: Path) -> None:
    """Given again it says so; but not if somebody opened the old house since, for what they did there was not moved."""
    new = tmp_path / "new"
    assert moved(*words(old, new))[0] == 0
    done = new / DONE
    leave_journal(old, new, done)
    status, said = moved(*words(old, new))
    assert (status, "Moved." in said) == (0, True), said
    assert not done.exists()
    leave_journal(old, new, done)
    (old / "run" / "house.json").write_text("opened again")
    status, said = moved(*words(old, new))
    assert status == 1
    assert "holds" in said


async def test_a_table_nobody_knows_is_not_left_behind_in_silence(old: Path, tmp_path: Path) -> None:
    """A house that keeps more than this version can carry is not moved in part."""
    sql = SqliteSql(old / "catalog.db")
    await sql.install(MIGRATIONS)
    await sql.transact(lambda db: db.exec_driver_sql("CREATE TABLE invoices (id TEXT PRIMARY KEY)").close())
    await sql.close()
    status, said = await asyncio.to_thread(moved, *words(old, tmp_path / "new"))
    assert status == 1
    assert "invoices" in said
