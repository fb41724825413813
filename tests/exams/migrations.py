"""The exam of the port `sql`, continued: how tables that hold somebody's data become those of a newer Matinee."""

import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from exams.neighbour import COUNTERS, MIGRATIONS, heard, longer_history, neighbour
from exams.sitters import SQL, sitters_of
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.sql import Migration, SchemaTooNew, Sql, SqlUnavailable

LONGER = longer_history()


@pytest.fixture(params=sitters_of(SQL))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def sql(engine: str, tmp_path: Path) -> AsyncIterator[Sql]:
    """The tables of the older Matinee, with a row in them."""
    sitter = SQL[engine](tmp_path)
    await sitter.install(MIGRATIONS)
    await sitter.transact(lambda db: db.execute(sa.insert(COUNTERS).values(name="plays", value=7)).close())
    yield sitter
    await sitter.close()


def rows(db: sa.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(sa.text("SELECT * FROM counters ORDER BY name"))]


def revisions(db: sa.Connection) -> list[str]:
    return list(db.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())


def let_in(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


async def test_an_upgrade_goes_on_from_where_the_tables_are(sql: Sql) -> None:
    """After an upgrade my data is in the new tables, and starting again changes nothing more."""
    for _ in range(2):
        await sql.install(LONGER)
        assert await sql.read(rows) == [("plays", 8, None, None)]
        assert await sql.read(revisions) == ["0004"]


async def test_an_empty_database_goes_the_whole_way(engine: str, tmp_path: Path) -> None:
    """A new house has the newest tables at once."""
    sql = SQL[engine](tmp_path / "new")
    await sql.install(LONGER)
    assert await sql.read(revisions) == ["0004"]
    assert await sql.read(rows) == []
    await sql.close()


async def test_tables_without_a_history_are_adopted(sql: Sql) -> None:
    """A house of 0.2.0, which kept no history of its tables, is taken over as it is, with all that is in it."""
    await sql.transact(lambda db: db.execute(sa.text("DROP TABLE alembic_version")).close())
    await sql.install(LONGER)
    assert await sql.read(rows) == [("plays", 8, None, None)]


async def test_newer_tables_are_left_alone(sql: Sql) -> None:
    """Who starts the older Matinee by mistake is told what to do, and nothing of theirs is touched."""
    await sql.install(LONGER)
    with pytest.raises(SchemaTooNew, match=r"0004.*knows no further than 0001.*newer Matinee again, or restore"):
        await sql.install(MIGRATIONS)
    assert await sql.read(revisions) == ["0004"]


async def test_a_step_that_fails_leaves_nothing_half_done(sql: Sql) -> None:
    """A broken upgrade breaks off; what was whole stays whole, and the mended upgrade goes on from there."""

    def broken(op: object) -> None:
        LONGER[2].change(op)  # type: ignore[arg-type]
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        await sql.install((*LONGER[:2], Migration("0003", broken)))
    assert [row[:2] for row in await sql.read(rows)] == [("plays", 7)]
    await sql.install(LONGER)
    assert await sql.read(rows) == [("plays", 8, None, None)]


async def test_processes_that_start_together_migrate_once(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Several fronts come up at once after an upgrade: all of them do, and nothing is done twice."""
    with ExitStack() as stack:
        others = [stack.enter_context(neighbour("migrate", engine, tmp_path, "0.2")) for _ in range(3)]
        assert [heard(other) for other in others] == ["ready"] * 3
        for other in others:
            let_in(other)
        last_words = [(other.communicate(timeout=60)[0] or "").split()[-1:] for other in others]
    assert last_words == [["migrated"]] * 3
    assert await sql.read(rows) == [("plays", 8, None, None)]


async def test_processes_that_start_together_make_a_house_once(engine: str, tmp_path: Path) -> None:
    """The same for a house that is quite new: not even its first table is there."""
    (tmp_path / "new").mkdir()
    with ExitStack() as stack:
        others = [stack.enter_context(neighbour("migrate", engine, tmp_path / "new", "0")) for _ in range(3)]
        assert [heard(other) for other in others] == ["ready"] * 3
        for other in others:
            let_in(other)
        last_words = [(other.communicate(timeout=60)[0] or "").split()[-1:] for other in others]
    assert last_words == [["migrated"]] * 3


async def test_a_death_in_the_midst_is_made_good_at_the_next_start(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Power off in the middle of an upgrade: the next start finishes it, and nothing was done twice."""
    with neighbour("migrate", engine, tmp_path, "60") as other:
        assert heard(other) == "ready"
        let_in(other)
        assert heard(other) == "inside"
        other.kill()
        other.wait()
    await sql.install(LONGER)
    assert await sql.read(rows) == [("plays", 8, None, None)]
    assert await sql.read(revisions) == ["0004"]


async def test_a_file_is_backed_up_before_its_tables_change(tmp_path: Path) -> None:
    """If I do not like the newer Matinee I get my house back as it was: the copy is whole, mine alone, and made once."""
    file = tmp_path / "exam.db"
    sql = SqliteSql(file)
    await sql.install(MIGRATIONS)
    assert not backups(tmp_path)
    await sql.transact(lambda db: db.execute(sa.insert(COUNTERS).values(name="plays", value=7)).close())
    await sql.install(LONGER)
    backup = tmp_path / "exam.before-0002.db"
    before = (backup.stat().st_mtime_ns, backup.stat().st_ino)
    await sql.install(LONGER)
    assert backups(tmp_path) == [backup.name]
    assert before == (backup.stat().st_mtime_ns, backup.stat().st_ino)
    assert backup.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SchemaTooNew, match=re.escape(f"restore {backup}")):
        await sql.install(MIGRATIONS)
    await sql.close()
    restored = SqliteSql(backup)
    await restored.install(MIGRATIONS)
    assert await restored.read(rows) == [("plays", 7)]
    await restored.close()


async def test_the_last_two_backups_are_kept(tmp_path: Path) -> None:
    """Backups do not fill the disk, and where there is no room for one nothing is changed."""
    sql = SqliteSql(tmp_path / "exam.db")
    for steps in range(1, 5):
        await sql.install(LONGER[:steps])
    assert backups(tmp_path) == ["exam.before-0003.db", "exam.before-0004.db"]
    (tmp_path / "exam.before-0005.part").mkdir()
    more = (*LONGER, Migration("0005", lambda op: op.execute("DELETE FROM counters")))
    with pytest.raises(SqlUnavailable, match=r"could not be backed up as exam\.before-0005\.db"):
        await sql.install(more)
    assert await sql.read(revisions) == ["0004"]
    await sql.close()


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.before-*.db*"))
