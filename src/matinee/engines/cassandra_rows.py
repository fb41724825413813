"""The port `rows` on Cassandra: one table for all of the port's, a partition of it for each of the port's partitions.

The port's rules are Cassandra's own. A row is a map of cells, written by `UPDATE` and never by `INSERT`, which would leave a
mark of the row itself: so it is gone when its cells are. Times are the writer's, in its statement.

A write is answered when most copies in our data centre have it on disk, and goes to the other data centres by itself. A read
asks most copies in ours; a slow one is asked of the next copy too. Whoever the store keeps waiting is told after
`ANSWERS_WITHIN_S`, and who finds it gone is told at once: nothing is tried again here but a connection.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import acsylla
import acsylla.errors

from matinee.engines.cassandra_schema import install
from matinee.engines.rows_asked import check_drop, check_get, check_page, check_put
from matinee.ports.rows import MOST_BYTES, Cell, Row, RowsUnavailable

DRIVER = cast(Any, acsylla)  # It has no types.
DRIVER_FAILED: type[Exception] = cast(Any, acsylla.errors).CassException

T = TypeVar("T")

KEYSPACE = re.compile(r"[a-z][a-z0-9_]{0,47}")
PORT = 9042

ANSWERS_WITHIN_S = 2.0
"""How long a request may take, and a node to be reached."""

RECONNECT_AFTER_MS = 500
SECOND_ASKED_AFTER_MS = 50
"""A read that has no answer by then is asked of another copy: more than most take, less than anyone notices."""

FETCHED_ROWS = 64
"""At once, until it is known how large these rows are: Cassandra counts rows, a page ends by its bytes."""

FRESH, NEAR = "fresh", "near"
"""How reads are made: of most copies in the data centre, or of the nearest alone."""

PUT = "UPDATE {}.row USING TIMESTAMP ? AND TTL ? SET cells = cells + ? WHERE tab = ? AND partition = ? AND key = ?"
DROP = "DELETE FROM {}.row USING TIMESTAMP ? WHERE tab = ? AND partition = ? AND key = ?"
DROP_PARTITION = "DELETE FROM {}.row USING TIMESTAMP ? WHERE tab = ? AND partition = ?"
GET = "SELECT key, cells FROM {}.row WHERE tab = ? AND partition = ? AND key IN ?"
PAGE = "SELECT key, cells FROM {}.row WHERE tab = ? AND partition = ? AND key > ? LIMIT ?"

# By the hash of their partitions, which is the order they lie in; a partition that did not fit is read to its end first.
FOUND = "SELECT tab, partition, key, cells, WRITETIME(cells) AS at_us, TTL(cells) AS left_s, token(tab, partition) AS hash FROM "
WALK = FOUND + "{}.row WHERE token(tab, partition) > ? LIMIT ?"
WALK_ON = FOUND + "{}.row WHERE tab = ? AND partition = ? AND key > ? LIMIT ?"
LEAST_HASH = -(2**63)


@dataclass(frozen=True)
class _Open:
    """A connection, and the statements that its nodes know."""

    session: Any
    prepared: Mapping[str, Any]


class CassandraRows:
    """`url` is `cassandra://HOST[,HOST…][:PORT]/KEYSPACE?dc=DATA_CENTRE&passfile=FILE`; the file holds `USER:PASSWORD`."""

    def __init__(self, url: str, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        place = urlsplit(url)
        if place.username is not None:
            raise ValueError(
                "a URL of Cassandra holds no user and no password: write both into a file and end it in &passfile=FILE"
            )
        form = f"{url} is not cassandra://HOST[,HOST…][:PORT]/KEYSPACE?dc=DATA_CENTRE[&passfile=FILE]"
        options = {name: values[-1] for name, values in parse_qs(place.query).items()}
        self._keyspace = place.path.removeprefix("/")
        if not KEYSPACE.fullmatch(self._keyspace) or not place.netloc or set(options) - {"dc", "passfile"} or "dc" not in options:
            raise ValueError(form)
        self._what = f"Cassandra at {place.netloc}, keyspace {self._keyspace}, data centre {options['dc']},"
        hosts, _, port = place.netloc.partition(":")
        if port and not (port.isascii() and port.isdigit()):
            raise ValueError(form)
        self._connection = {"contact_points": hosts.split(","), "port": int(port or PORT), "load_balance_dc_aware": options["dc"]}
        self._passfile = Path(options["passfile"]) if "passfile" in options else None
        self._answers_within_s = answers_within_s
        self._opening: asyncio.Task[_Open] | None = None
        self._open: _Open | None = None
        self._under_way = 0
        self._idle = asyncio.Event()
        self._closed = False

    async def put(
        self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None = None
    ) -> None:
        check_put(table, partition, key, cells, at_ms, ttl_s)
        # A cell lives to the end of a second, so one more keeps it as long as was asked for. 0 is for ever.
        kept_s = ttl_s + 1 if ttl_s else 0
        await self._write(PUT, [at_ms * 1000, kept_s, dict(cells), table, partition, key])

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        check_drop(table, partition, at_ms, key)
        await self._write(DROP, [at_ms * 1000, table, partition, key])

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        check_drop(table, partition, at_ms)
        await self._write(DROP_PARTITION, [at_ms * 1000, table, partition])

    async def get(self, table: str, partition: str, keys: Sequence[str], *, fresh: bool = True) -> Mapping[str, Row]:
        check_get(table, partition, keys)
        if len(keys) <= FETCHED_ROWS:
            return {row.key: row for row in await self._read(GET, [table, partition, list(keys)], fresh)}
        parts = [list(keys[first : first + FETCHED_ROWS]) for first in range(0, len(keys), FETCHED_ROWS)]
        found = await asyncio.gather(*(self._read(GET, [table, partition, part], fresh) for part in parts))
        return {row.key: row for rows in found for row in rows}

    async def page(self, table: str, partition: str, limit: int, after: str = "", *, fresh: bool = True) -> Sequence[Row]:
        check_page(table, partition, limit, after)
        page, size, count = list[Row](), 0, min(limit, FETCHED_ROWS)
        while True:
            rows = await self._read(PAGE, [table, partition, after, count], fresh)
            for row in rows:
                page.append(row)
                size += sum(map(len, row.cells.values()))
                if size >= MOST_BYTES:
                    return page
            if len(rows) < count or len(page) == limit:
                return page
            # As many as these rows, by their mean, will fill the page with. (Cassandra's own paging starts anew, without a
            # word, where the rest fits into one fetch.)
            after, count = page[-1].key, min(limit - len(page), (MOST_BYTES - size) * len(page) // (size + 1) + 1)

    async def walk(self, mark: str = "") -> tuple[Sequence[Cell], str]:
        """The mark is a partition's hash, and the place of the row to go on after within it."""
        walked: int
        inside: list[str]
        walked, inside = json.loads(mark) if mark else (LEAST_HASH, [])
        asked: list[object] = [*inside, FETCHED_ROWS] if inside else [walked, FETCHED_ROWS]
        rows = await self._ask(
            WALK_ON if inside else WALK,
            asked,
            lambda row: (row.hash, [row.tab, row.partition, row.key], list(_cells(row))),
        )
        found = [cell for _, _, cells in rows for cell in cells]
        if rows:
            return found, json.dumps(rows[-1][:2])
        return found, json.dumps([walked, []]) if inside else ""

    async def close(self) -> None:
        """Lets what was asked before finish, then closes the connections. Safe to repeat."""
        self._closed = True
        if self._under_way:
            await self._idle.wait()
        if self._opening is not None:
            await asyncio.wait({self._opening})
        if self._open is not None:
            opened, self._open = self._open, None
            await opened.session.close()

    async def _write(self, statement: str, values: list[object]) -> None:
        async with self._at_work() as opened:
            bound = opened.prepared[statement].bind(values)
            # Its time is in it, so the driver may send it again.
            bound.set_is_idempotent(True)
            await opened.session.execute(bound)

    async def _read(self, statement: str, values: list[object], fresh: bool) -> list[Row]:
        return await self._ask(statement, values, _row, fresh=fresh)

    async def _ask(self, statement: str, values: list[object], made: Callable[[Any], T], *, fresh: bool = True) -> list[T]:
        """What is made of each row while it is there: the driver's rows are good until the next one is asked for."""
        async with self._at_work() as opened:
            bound = opened.prepared[statement].bind(values, execution_profile=FRESH if fresh else NEAR)
            bound.set_is_idempotent(True)
            # The driver forgets its own time-out when it looks for a second copy and there is none.
            async with asyncio.timeout(self._answers_within_s):
                result = await opened.session.execute(bound)
            return [made(row) for row in result.all()]

    @asynccontextmanager
    async def _at_work(self) -> AsyncGenerator[_Open]:
        """The connection, for one request; `close` waits until it is done."""
        if self._closed:
            raise RowsUnavailable(f"{self._what} is closed: this process is shutting down")
        self._under_way += 1
        try:
            yield self._open or await self._connect()
        except (DRIVER_FAILED, TimeoutError) as error:
            words = " ".join(str(error).split()) or f"timed out after {self._answers_within_s:g} s"
            raise RowsUnavailable(f"{self._what} did not do it: {words}; see there with `nodetool status`") from error
        finally:
            self._under_way -= 1
            if self._closed and not self._under_way:
                self._idle.set()

    async def _connect(self) -> _Open:
        """All who need it wait for one attempt together; it is made anew for whoever comes after it failed."""
        if self._opening is None or (self._opening.done() and self._open is None):
            self._opening = asyncio.create_task(self._connected())
        return await asyncio.shield(self._opening)

    async def _connected(self) -> _Open:
        """Tables are made with time to spare, everything after in the time of any request."""
        user, password = self._credentials()
        cluster = DRIVER.create_cluster(
            **self._connection,
            username=user,
            password=password,
            connect_timeout=self._answers_within_s,
            request_timeout=self._answers_within_s,
            consistency=DRIVER.Consistency.LOCAL_QUORUM,
            constant_reconnect_delay_ms=RECONNECT_AFTER_MS,
            # Else its own default overrules the delay above: two seconds, then four, then eight, up to a minute.
            exponential_reconnect_base_delay_ms=None,
            exponential_reconnect_max_delay_ms=None,
            application_name="matinee",
            # What it cannot do it says to us.
            log_level="critical",
        )
        for profile, consistency in ((FRESH, DRIVER.Consistency.LOCAL_QUORUM), (NEAR, DRIVER.Consistency.LOCAL_ONE)):
            cluster.create_execution_profile(
                profile,
                consistency=consistency,
                speculative_execution_policy=DRIVER.SpeculativeExecutionPolicy(SECOND_ASKED_AFTER_MS, 1),
            )
        session = await cluster.create_session()
        async with AsyncExitStack() as if_it_fails:
            if_it_fails.push_async_callback(session.close)
            await install(session, self._keyspace)
            texts = (PUT, DROP, DROP_PARTITION, GET, PAGE, WALK, WALK_ON)
            prepared = {each: await session.create_prepared(each.format(self._keyspace)) for each in texts}
            if_it_fails.pop_all()
        self._open = _Open(session, prepared)
        return self._open

    def _credentials(self) -> tuple[str | None, str | None]:
        if self._passfile is None:
            return None, None
        try:
            user, colon, password = self._passfile.read_text().strip().partition(":")
        except OSError as error:
            raise RowsUnavailable(f"{self._what} wants the passfile {self._passfile}: {error.strerror}; put it there") from error
        if not colon:
            raise RowsUnavailable(f"the passfile {self._passfile} does not hold USER:PASSWORD: write that one line")
        return user, password


def _row(row: Any) -> Row:
    return Row(row.column_value_by_index(0), row.column_value_by_index(1))


def _cells(row: Any) -> Iterator[Cell]:
    """Times come in microseconds, cell by cell in the order of the map."""
    for (name, value), at_us, left_s in zip(row.cells.items(), row.at_us, row.left_s, strict=True):
        yield Cell(row.tab, row.partition, row.key, name, value, at_us // 1000, left_s)
