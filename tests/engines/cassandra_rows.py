"""Cassandra that is not there, or hangs: whoever asks is told in time, and served when it is back."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from infra.ports import LOOPBACK, read_ports
from matinee.engines.cassandra_rows import CassandraRows
from matinee.ports.rows import RowsUnavailable

pytestmark = pytest.mark.engines
CASSANDRA = read_ports().cassandra
TABLE, KEPT_S = "hangs", 60


class Relay:
    """Stands before a node; while `clear` is not set nothing passes, in either direction, and nobody is told."""

    def __init__(self) -> None:
        self.clear = asyncio.Event()
        self.clear.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, onward = await asyncio.open_connection(CASSANDRA.dc1, CASSANDRA.native)
            await asyncio.gather(self._pass(reader, onward), self._pass(there, writer))
        except (ConnectionError, asyncio.CancelledError):
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self.clear.wait()
            writer.write(data)
        writer.close()


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncGenerator[str]:
    """The URL of a Cassandra that is served so."""
    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield f"cassandra://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/exam?dc=dc1"
    finally:
        server.close()


async def test_a_store_that_is_not_there_is_named_at_once() -> None:
    """No server at that address: the error says which, what it said and where to look, without a wait."""
    async with listening(lambda _reader, _writer: asyncio.sleep(0)) as url:
        pass
    rows, began_s = CassandraRows(url), time.monotonic()
    with pytest.raises(RowsUnavailable, match=rf"{LOOPBACK}:\d+, keyspace exam, .*refused.*nodetool"):
        await rows.put(TABLE, "asha", "film", {"x": b"1"}, at_ms=1)
    assert time.monotonic() - began_s < 1
    await rows.close()


async def test_a_store_that_never_answers_is_given_up_in_time() -> None:
    """Somebody takes the call and says nothing: all who ask are told in its time, none queued behind another."""
    async with listening(lambda _reader, _writer: asyncio.sleep(30)) as url:
        rows, began_s = CassandraRows(url, answers_within_s=0.5), time.monotonic()
        answers = await asyncio.gather(*(rows.get(TABLE, "asha", ["film"]) for _ in range(20)), return_exceptions=True)
        assert [type(each) for each in answers] == [RowsUnavailable] * 20
        assert time.monotonic() - began_s < 2
        await rows.close()


async def test_a_store_that_hangs_in_between_is_used_again_when_it_answers() -> None:
    """While it hangs every read and write fails in time; what was confirmed before and is written after is there."""
    relay, now_ms = Relay(), time.time_ns() // 1_000_000
    async with listening(relay.serve) as url:
        rows = CassandraRows(url, answers_within_s=1)
        await rows.put(TABLE, "asha", "before", {"x": b"1"}, now_ms, KEPT_S)
        relay.clear.clear()
        began_s = time.monotonic()
        with pytest.raises(RowsUnavailable, match="timed out"):
            await rows.put(TABLE, "asha", "meanwhile", {"x": b"1"}, now_ms, KEPT_S)
        with pytest.raises(RowsUnavailable, match="timed out"):
            await rows.page(TABLE, "asha", 10)
        assert time.monotonic() - began_s < 3
        relay.clear.set()
        await rows.put(TABLE, "asha", "after", {"x": b"1"}, now_ms, KEPT_S)
        assert {"before", "after"} <= {row.key for row in await rows.page(TABLE, "asha", 10)}
        await rows.close()


async def test_who_stops_waiting_disturbs_nobody() -> None:
    """A page that is left while it loads: the others load, and the store is closed in good order."""
    rows = CassandraRows(f"cassandra://{CASSANDRA.dc1}:{CASSANDRA.native}/exam?dc=dc1")
    first = asyncio.create_task(rows.get(TABLE, "nobody", ["film"]))
    others = [asyncio.create_task(rows.get(TABLE, "nobody", ["film"])) for _ in range(5)]
    await asyncio.sleep(0.01)
    first.cancel()
    assert await asyncio.gather(*others) == [{}] * 5
    late = asyncio.create_task(rows.get(TABLE, "nobody", ["film"]))
    await asyncio.sleep(0)
    late.cancel()
    await rows.close()
    assert first.cancelled()


async def test_a_password_stands_in_a_file_and_in_no_url(tmp_path: Path) -> None:
    """A password in the URL is refused and not repeated; a file that is missing or says nothing useful is named."""
    with pytest.raises(ValueError, match="passfile") as refused:
        CassandraRows("cassandra://matinee:secret@127.0.0.1:9042/matinee?dc=dc1")
    assert "secret" not in str(refused.value)
    for wrong in ("cassandra://127.0.0.1/matinee", "cassandra://127.0.0.1/Mati-nee?dc=dc1", "cassandra:///matinee?dc=dc1"):
        with pytest.raises(ValueError, match="is not cassandra://HOST"):
            CassandraRows(wrong)
    passfile = tmp_path / "rows"
    place = f"cassandra://{CASSANDRA.dc1}:{CASSANDRA.native}/exam?dc=dc1&passfile={passfile}"
    with pytest.raises(RowsUnavailable, match=f"{passfile}.*put it there"):
        await CassandraRows(place).get(TABLE, "asha", ["film"])
    passfile.write_text("only a user\n")
    with pytest.raises(RowsUnavailable, match="USER:PASSWORD"):
        await CassandraRows(place).get(TABLE, "asha", ["film"])
    passfile.write_text("matinee:secret\n")
    rows = CassandraRows(place)
    await rows.get(TABLE, "asha", ["film"])
    await rows.close()


async def test_what_is_written_here_is_read_in_the_other_data_centre() -> None:
    """Who moves to the other end of the world finds the bookmark there a moment later."""
    here, there = (
        CassandraRows(f"cassandra://{host}:{CASSANDRA.native}/exam?dc={dc}")
        for host, dc in ((CASSANDRA.dc1, "dc1"), (CASSANDRA.dc2, "dc2"))
    )
    now_ms = time.time_ns() // 1_000_000
    await here.put(TABLE, "asha", f"{now_ms}", {"x": b"1"}, now_ms, KEPT_S)
    async with asyncio.timeout(60):
        while not (found := await there.get(TABLE, "asha", [f"{now_ms}"], fresh=False)):
            await asyncio.sleep(0.02)
    assert found[f"{now_ms}"].cells == {"x": b"1"}
    await here.close()
    await there.close()
