"""Every large engine behind one small face: a word is written under a name, and read back.

So that a promise which all of them make is examined by one test. A line of the table says what is particular to each.
"""

import asyncio
import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, insert, select

from infra.keys import S3_WRITER, password_of, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, Address, read_ports
from matinee.engines.cassandra_rows import CassandraRows
from matinee.engines.kafka_log import KafkaLog
from matinee.engines.memcached_cache import Memcached
from matinee.engines.postgres_sql import PostgresSql
from matinee.engines.s3_blobs import S3Blobs
from matinee.ports.blobs import BlobsUnavailable, NoSuchBlob
from matinee.ports.log import Entry, LogUnavailable, Subscription
from matinee.ports.rows import RowsUnavailable
from matinee.ports.sql import Migration, SqlUnavailable

PORTS = read_ports()
KEPT_S = 600
SERVED_AGAIN_WITHIN_S = 5.0
FOUND_WITHIN_S = 30.0
WORDS = Table("words", MetaData(), Column("name", String, primary_key=True), Column("word", LargeBinary, nullable=False))


class Store(Protocol):
    async def write(self, name: str, word: bytes) -> None: ...

    async def read(self, name: str) -> bytes | None: ...

    async def close(self) -> None: ...


class InSql:
    """The folder gets a password file for this very address, as libpq wants it."""

    def __init__(self, at: Address, folder: Path) -> None:
        passfile = folder / f"password-{at.port}"
        passfile.touch(mode=0o600)
        passfile.write_text(f"{at}:*:matinee:{password_of(DEFAULT_DATA)}\n")
        url = f"postgresql://matinee@{at}/matinee?schema=fault_{_mark(folder)}&passfile={passfile}"
        self._sql = PostgresSql(url, patience_s=1, answers_within_s=2)
        self._installed = False

    async def write(self, name: str, word: bytes) -> None:
        if not self._installed:
            await self._sql.install([Migration("0001", lambda op: WORDS.create(op.get_bind()))])
            self._installed = True
        await self._sql.transact(
            lambda c: (
                c.execute(delete(WORDS).where(WORDS.c.name == name)),
                c.execute(insert(WORDS).values(name=name, word=word)),
            )
        )

    async def read(self, name: str) -> bytes | None:
        return await self._sql.read(lambda c: c.execute(select(WORDS.c.word).where(WORDS.c.name == name)).scalar_one_or_none())

    async def close(self) -> None:
        await self._sql.close()


class InRows:
    def __init__(self, at: Address, folder: Path) -> None:
        dc = "dc2" if at.host == PORTS.cassandra.dc2 else "dc1"
        self._rows = CassandraRows(f"cassandra://{at}/exam?dc={dc}", answers_within_s=1)
        self._partition = _mark(folder)

    async def write(self, name: str, word: bytes) -> None:
        await self._rows.put("faults", self._partition, name, {"word": word}, time.time_ns() // 1_000_000, KEPT_S)

    async def read(self, name: str) -> bytes | None:
        found = await self._rows.get("faults", self._partition, [name])
        return found[name].cells["word"] if name in found else None

    async def close(self) -> None:
        await self._rows.close()


class InBlobs:
    def __init__(self, at: Address, folder: Path) -> None:
        keys = s3_keys_file(DEFAULT_DATA, S3_WRITER)
        url = f"s3://exam/{_mark(folder)}?endpoint=http://{at}&region=us-east-1&keys={keys}"
        self._blobs = S3Blobs(url, answers_within_s=1, tries_for_s=2)
        self._folder = folder

    async def write(self, name: str, word: bytes) -> None:
        tree = self._folder / name
        tree.mkdir(exist_ok=True)
        (tree / "word").write_bytes(word)
        await self._blobs.put_tree(f"words/{name}", tree)

    async def read(self, name: str) -> bytes | None:
        with suppress(NoSuchBlob):
            return await self._blobs.read(f"words/{name}/word")
        return None

    async def close(self) -> None:
        """It holds nothing open."""


class InLog:
    """A word is an entry, its name the key; who reads has a group of its own and remembers what it was told."""

    def __init__(self, at: Address, folder: Path) -> None:
        self._log = KafkaLog(f"kafka://{at}?prefix=faults.{_mark(folder)}&partitions=3", patience_s=2)
        self._group = uuid.uuid4().hex
        self._subscription: Subscription | None = None
        self._heard = dict[str, bytes]()

    async def write(self, name: str, word: bytes) -> None:
        await self._log.append("words", [Entry(name, word)])

    async def read(self, name: str) -> bytes | None:
        self._subscription = self._subscription or await self._log.subscribe("words", self._group)
        while reads := await self._subscription.poll(1000, 0):
            self._heard |= {read.entry.key: read.entry.value for read in reads}
        return self._heard.get(name)

    async def close(self) -> None:
        await self._log.close()


class InCache:
    """One zone of one node, so that nobody answers in its place."""

    def __init__(self, at: Address, folder: Path) -> None:
        # Words of 200 kB that pass a relay in this very process may take longer than a twentieth of a second.
        self._cache = Memcached(f"memcached://only={at}?house={_mark(folder)}", answers_within_s=0.2)

    async def write(self, name: str, word: bytes) -> None:
        await self._cache.put(name, word, KEPT_S)

    async def read(self, name: str) -> bytes | None:
        return (await self._cache.get_many([name])).get(name)

    async def close(self) -> None:
        await self._cache.close()


@dataclass(frozen=True)
class Kind:
    """What is particular to an engine: where it is, how it says that it is away, and by when it does."""

    open: Callable[[Address, Path], Store]
    there: Address
    server: str
    told_within_s: float
    unavailable: type[Exception] | None
    """None for the cache: it may forget, so a word that cannot be had is one that is not there."""
    relayed: bool = True
    """Whether one wire leads to it: Kafka sends its clients on to an address that its server was told."""
    rewrites: bool = True
    """Whether a name may be given another word."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        return (self.unavailable,) if self.unavailable else ()

    def may_find(self, word: bytes) -> tuple[bytes | None, ...]:
        """Under a name that was given this word."""
        return (word,) if self.unavailable else (word, None)


KINDS = {
    "postgres": Kind(InSql, Address(LOOPBACK, PORTS.postgres.port), "postgres", 2.5, SqlUnavailable),
    "cassandra": Kind(InRows, Address(PORTS.cassandra.dc1, PORTS.cassandra.native), "cassandra-dc1", 2.5, RowsUnavailable),
    "s3": Kind(InBlobs, Address(LOOPBACK, PORTS.seaweed.s3), "seaweed", 4.5, BlobsUnavailable, rewrites=False),
    "kafka": Kind(InLog, Address(LOOPBACK, PORTS.kafka.broker), "kafka", 7.0, LogUnavailable, relayed=False),
    "memcached": Kind(InCache, Address(LOOPBACK, PORTS.memcached.zone_a[0]), "memcached-a1", 0.5, None),
}


async def is_told(kind: Kind, asking: Awaitable[object]) -> str:
    """Whoever asks now hears in time that the store is away; what it says."""
    began_s, words = time.monotonic(), ""
    if kind.unavailable is None:
        assert await asking is None
    else:
        with pytest.raises(kind.unavailable) as told:
            await asking
        words = str(told.value)
    assert time.monotonic() - began_s < kind.told_within_s
    return words


async def served_again(kind: Kind, store: Store) -> bytes:
    """A new word, written and found once the store answers again, without anybody having restarted anything on our side."""
    async with asyncio.timeout(SERVED_AGAIN_WITHIN_S):
        found = None
        while not found:
            await asyncio.sleep(0.1)
            name = uuid.uuid4().hex
            with suppress(*kind.failures):
                await store.write(name, b"here")
                found = await store.read(name)
    return found


async def write_at_last(kind: Kind, store: Store, name: str, word: bytes) -> None:
    """Said again until it is taken: the server, or another beside it, may just have come back and be busy."""
    async with asyncio.timeout(FOUND_WITHIN_S):
        while True:
            with suppress(*kind.failures):
                return await store.write(name, word)
            await asyncio.sleep(0.1)


async def found_again(kind: Kind, store: Store, name: str) -> bytes | None:
    """What stands under a name; asked again where a server that has just come back kept us waiting."""
    async with asyncio.timeout(FOUND_WITHIN_S):
        while True:
            with suppress(*kind.failures):
                return await store.read(name)
            await asyncio.sleep(0.1)


def _mark(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()[:16]
