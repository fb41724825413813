"""The exam of the port `sql`: what a transaction is worth when things go wrong."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from exams.neighbour import COUNTERS, MIGRATIONS, add_one, heard, neighbour
from exams.sitters import SQL, sitters_of
from matinee.ports.rpc import Refused
from matinee.ports.sql import Sql, SqlUnavailable


@pytest.fixture(params=sitters_of(SQL))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def sql(engine: str, tmp_path: Path) -> AsyncIterator[Sql]:
    sitter = SQL[engine](tmp_path)
    await sitter.install(MIGRATIONS)
    await sitter.transact(lambda connection: write(connection, "plays", 0))
    yield sitter
    await sitter.close()


def write(connection: Connection, name: str, value: int) -> None:
    connection.execute(insert(COUNTERS).values(name=name, value=value))


def names(connection: Connection) -> list[str]:
    return list(connection.execute(select(COUNTERS.c.name).order_by(COUNTERS.c.name)).scalars())


def plays(connection: Connection) -> int:
    return connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == "plays")).scalar_one()


async def test_what_was_committed_is_there_after_reopening(sql: Sql, engine: str, tmp_path: Path) -> None:
    """What I saved is still there when the service starts again."""
    await sql.transact(lambda connection: write(connection, "kept", 1))
    await sql.close()
    again = SQL[engine](tmp_path)
    await again.install(MIGRATIONS)
    assert await again.read(names) == ["kept", "plays"]
    await again.close()


async def test_a_refusal_rolls_back_and_comes_through(sql: Sql) -> None:
    """When I am told no, nothing of what I asked was done."""
    no = Refused("taken", "This email has an account.", "Sign in instead.")

    def work(connection: Connection) -> None:
        write(connection, "half", 1)
        raise no

    with pytest.raises(Refused) as caught:
        await sql.transact(work)
    assert caught.value is no
    assert await sql.read(names) == ["plays"]


async def test_a_broken_statement_rolls_back_what_came_before_it(sql: Sql) -> None:
    """Two accounts with one name: the second gets an error and leaves no trace."""

    def work(connection: Connection) -> None:
        write(connection, "first", 1)
        write(connection, "plays", 1)

    with pytest.raises(IntegrityError):
        await sql.transact(work)
    assert await sql.read(names) == ["plays"]


async def test_a_read_cannot_write(sql: Sql) -> None:
    """Looking changes nothing, not even by mistake, and writing goes on after it."""
    with pytest.raises(DBAPIError):
        await sql.read(lambda connection: write(connection, "sneaked", 1))
    await sql.transact(lambda connection: write(connection, "written", 1))
    assert await sql.read(names) == ["plays", "written"]


async def test_a_read_sees_one_moment(sql: Sql) -> None:
    """A page that is being read does not change under the reader's eyes."""
    looked, changed = threading.Event(), threading.Event()

    def look_twice(connection: Connection) -> tuple[int, int]:
        before = plays(connection)
        looked.set()
        assert changed.wait(10)
        return before, plays(connection)

    reading = asyncio.create_task(sql.read(look_twice))
    assert await asyncio.to_thread(looked.wait, 10)
    await sql.transact(add_one)
    changed.set()
    assert await reading == (0, 0)
    assert await sql.read(plays) == 1


async def test_installing_twice_keeps_the_rows(sql: Sql) -> None:
    """Starting the service again does not empty its tables."""
    await sql.install(MIGRATIONS)
    assert await sql.read(names) == ["plays"]


async def test_two_processes_lose_no_update(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Two screens counting at once count every time."""
    with neighbour("count_up", engine, tmp_path, "60") as other:
        assert heard(other) == "ready"
        await asyncio.gather(*(sql.transact(add_one) for _ in range(60)))
        assert await asyncio.to_thread(other.wait, 60) == 0
    assert await sql.read(plays) == 120


async def test_a_long_writer_next_door_is_waited_for(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Another process that writes for a while delays me; it does not fail me."""
    with neighbour("hold", engine, tmp_path, "0.7") as other:
        assert heard(other) == "inside"
        await sql.transact(add_one)
        assert await asyncio.to_thread(other.wait, 60) == 0
    assert await sql.read(plays) == 1001


async def test_a_killed_writer_leaves_nothing_half_done(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Power off in the middle of a change: the change never happened, and the next one does."""
    with neighbour("hold", engine, tmp_path, "60") as other:
        assert heard(other) == "inside"
        other.kill()
        other.wait()
    assert await sql.read(plays) == 0
    await sql.transact(add_one)
    assert await sql.read(plays) == 1


async def test_a_slow_transaction_does_not_hold_up_the_rest(sql: Sql) -> None:
    """While one thing is being saved, everything else goes on."""
    others_went_on = threading.Event()
    saving = asyncio.create_task(sql.transact(lambda _: others_went_on.wait(10)))
    assert await sql.read(plays) == 0
    others_went_on.set()
    assert await saving


async def test_a_cancelled_transaction_is_whole_or_not_at_all(sql: Sql) -> None:
    """Who hangs up in the middle leaves no half-saved thing behind."""
    begun, hung_up = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        write(connection, "one", 1)
        begun.set()
        hung_up.wait(10)
        write(connection, "two", 2)

    saving = asyncio.create_task(sql.transact(work))
    assert await asyncio.to_thread(begun.wait, 10)
    waiting = asyncio.create_task(sql.transact(lambda connection: write(connection, "waiting", 1)))
    await asyncio.sleep(0)
    saving.cancel()
    waiting.cancel()
    hung_up.set()
    await asyncio.wait([saving, waiting])
    await sql.transact(lambda connection: write(connection, "zz after", 3))
    kept = set(await sql.read(names)) - {"waiting"}
    assert kept in ({"one", "plays", "two", "zz after"}, {"plays", "zz after"})


async def test_closing_finishes_what_was_asked(sql: Sql, engine: str, tmp_path: Path) -> None:
    """Shutting down loses nothing that was on its way, and says so to whoever comes later."""
    saving = [asyncio.create_task(sql.transact(add_one)) for _ in range(20)]
    await asyncio.sleep(0)
    await sql.close()
    await asyncio.gather(*saving)
    with pytest.raises(SqlUnavailable, match="closed"):
        await sql.transact(add_one)
    again = SQL[engine](tmp_path)
    assert await again.read(plays) == 20
    await again.close()
