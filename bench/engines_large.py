"""The large engines against their drivers, on the real servers that `make engines` brings up.

The CPU is that of this process, where engine and driver live; what the servers do costs it nothing. Everything is written under
names of this run's own, and taken away again.
"""

import asyncio
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import acsylla
import emcache
import obstore
import psycopg
from bench import engine_works as works
from bench.row import Row
from bench.turns import Work, at_once, by_threads, contest, in_a_row, run
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from obstore.store import S3Store
from sqlalchemy import create_engine, make_url

from infra.keys import S3_WRITER, password_file, s3_keys, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports
from matinee.engines import cassandra_rows
from matinee.engines.cassandra_rows import CassandraRows
from matinee.engines.kafka_log import KafkaLog
from matinee.engines.memcached_cache import Memcached
from matinee.engines.postgres_sql import PostgresSql
from matinee.engines.s3_blobs import S3Blobs

PORTS = read_ports()
MINE = f"bench_{secrets.token_hex(4)}"
UNIT = "a second of CPU"


def rows() -> Iterator[Row]:
    if silent := [name for name, (host, port) in _addresses().items() if not _answers(host, port)]:
        print(f"The large engines are not measured, for {', '.join(silent)} does not answer: `make engines` brings them up.")
        return
    for port in (_rows, _log, _blobs, _cache, _sql):
        with tempfile.TemporaryDirectory() as folder:
            yield from run(port(Path(folder)))


def _addresses() -> dict[str, tuple[str, int]]:
    caches = [*PORTS.memcached.zone_a, *PORTS.memcached.zone_b]
    return {
        "Cassandra": (PORTS.cassandra.dc1, PORTS.cassandra.native),
        "Kafka": (LOOPBACK, PORTS.kafka.broker),
        "S3": (LOOPBACK, PORTS.seaweed.s3),
        "PostgreSQL": (LOOPBACK, PORTS.postgres.port),
        **{f"memcached at {port}": (LOOPBACK, port) for port in caches},
    }


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


async def _rows(folder: Path) -> list[Row]:
    dc1, port = PORTS.cassandra.dc1, PORTS.cassandra.native
    ours = CassandraRows(f"cassandra://{dc1}:{port}/{MINE}?dc=dc1")
    putting = works.putting(ours)
    await putting(0)
    cluster = acsylla.create_cluster(
        [dc1], port=port, load_balance_dc_aware="dc1", consistency=acsylla.Consistency.LOCAL_QUORUM, log_level="critical"
    )
    session = await cluster.create_session()
    put, get = [await session.create_prepared(each.format(MINE)) for each in (cassandra_rows.PUT, cassandra_rows.GET)]

    async def put_one(number: int, which: int) -> None:
        values = [number * 1000, 0, works.CELLS, "bookmark", f"asha {which % 20}", works.KEYS[which // 20 % works.GOT]]
        await session.execute(put.bind(values))

    async def get_some(number: int, which: int) -> dict[str, dict[str, bytes]]:
        result = await session.execute(get.bind(["bookmark", f"asha {which % 20}", works.KEYS]))
        return {row.column_value("key"): row.column_value("cells") for row in result.all()}

    measured = [
        *await contest("rows on Cassandra: put", works.PUTS, putting, {"acsylla": _asking(put_one, works.PUTS)}, UNIT),
        *await contest(
            "rows on Cassandra: get 10", works.GETS, works.getting(ours), {"acsylla": _asking(get_some, works.GETS)}, UNIT
        ),
    ]
    await ours.close()
    await session.execute(acsylla.create_statement(f"DROP KEYSPACE {MINE}", timeout=30))
    await session.close()
    return measured


def _asking(act: Any, each: int) -> Work:
    async def work(number: int) -> None:
        await at_once(act(number, which) for which in range(each))

    return work


async def _log(folder: Path) -> list[Row]:
    servers = f"{LOOPBACK}:{PORTS.kafka.broker}"
    ours = KafkaLog(f"kafka://{servers}?prefix={MINE}&partitions=3")
    quiet: dict[str, Any] = {"bootstrap.servers": servers, "log_level": 0}
    # The same promises as ours, which is what they cost.
    producer = Producer(
        quiet | {"enable.idempotence": True, "acks": "all", "partitioner": "murmur2", "compression.type": "lz4", "linger.ms": 1}
    )
    topic, size = f"{MINE}.plays", len(works.FACTS)

    failures: list[object] = []

    def told(error: object, message: object) -> None:
        """What became of each event: whoever acknowledges it to others must know."""
        if error:
            failures.append(error)

    async def append(number: int) -> None:
        for each in range(0, size, works.TOGETHER * 16):
            for entry in works.FACTS[each : each + works.TOGETHER * 16]:
                producer.produce(topic, entry.value, entry.key.encode(), on_delivery=told)
            producer.flush()
        assert not failures, failures

    each = "events a second of CPU"
    measured = await contest(
        "log on Kafka: append 100 at once", size, works.appending(ours, "plays"), {"confluent-kafka": append}, each
    )
    polling = works.polling(ours, "plays", lambda number: f"ours {number}")
    measured += await contest("log on Kafka: read", size, polling, {"confluent-kafka": _reading(quiet, topic)}, each, 3)
    await ours.close()
    await asyncio.to_thread(_forget, quiet, topic)
    return measured


def _reading(quiet: dict[str, Any], topic: str) -> Work:
    async def read(number: int) -> None:
        consumer = Consumer(
            quiet
            | {
                "group.id": f"{topic}/bare {number}",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "partition.assignment.strategy": "cooperative-sticky",
            }
        )
        consumer.subscribe([topic])
        left = len(works.FACTS)
        while left:
            messages = consumer.consume(min(left, 1000), 10)
            got = [(message.partition(), message.offset(), message.key(), message.value()) for message in messages]
            left -= len(got)
            consumer.commit(message=messages[-1], asynchronous=False)
        consumer.close()

    return read


def _forget(quiet: dict[str, Any], topic: str) -> None:
    admin = AdminClient(quiet)
    groups = [f"{topic}/{whose} {number}" for whose in ("ours", "bare") for number in range(4)]
    for answer in (*admin.delete_topics([topic]).values(), *admin.delete_consumer_groups(groups).values()):
        answer.result()


async def _blobs(folder: Path) -> list[Row]:
    endpoint, keys = f"http://{LOOPBACK}:{PORTS.seaweed.s3}", s3_keys_file(DEFAULT_DATA, S3_WRITER)
    ours = S3Blobs(f"s3://bench/{MINE}?endpoint={endpoint}&region=us-east-1&keys={keys}")
    bare = _bare_s3(endpoint)
    film, one = works.film(folder / "film", works.FILES), works.film(folder / "one", 1)
    units: list[str] = []

    def putting(tree: Path, files: int) -> Work:
        return _asking(lambda _, which: obstore.put_async(bare, f"{which}.m4s", tree / f"{which}.m4s"), files)

    async def get(number: int, which: int) -> bytes:
        return (await (await obstore.get_async(bare, f"{which % works.FILES}.m4s")).bytes_async()).to_bytes()

    measured = [
        *await contest(
            f"blobs on S3: put 1 MB, one of {works.FILES}",
            works.FILES,
            works.carrying(ours, film, units),
            {"obstore": putting(film, works.FILES)},
            UNIT,
        ),
        *await contest(
            "blobs on S3: put 1 MB by itself", 1, works.carrying(ours, one, units), {"obstore": putting(one, 1)}, UNIT, 20
        ),
        *await contest(
            "blobs on S3: get 1 MB", works.READS, works.reading(ours, units[0]), {"obstore": _asking(get, works.READS)}, UNIT
        ),
    ]
    await at_once(ours.delete(unit) for unit in units)
    for page in obstore.list(bare):
        await obstore.delete_async(bare, [each["path"] for each in page])
    return measured


def _bare_s3(endpoint: str) -> S3Store:
    access, secret = s3_keys(DEFAULT_DATA, S3_WRITER)
    return S3Store(
        "bench",
        prefix=f"{MINE}/bare",
        endpoint=endpoint,
        region="us-east-1",
        access_key_id=access,
        secret_access_key=secret,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )


async def _cache(folder: Path) -> list[Row]:
    zones = {"a": PORTS.memcached.zone_a, "b": PORTS.memcached.zone_b}
    place = ";".join(f"{zone}={','.join(f'{LOOPBACK}:{port}' for port in ports)}" for zone, ports in zones.items())
    ours = Memcached(f"memcached://{place}?near=a&house={MINE}")
    clients = [
        await emcache.create_client([emcache.MemcachedHostAddress(LOOPBACK, port) for port in ports]) for ports in zones.values()
    ]
    keys = [f"{MINE}:{key}:bare".encode() for key in works.CARDS]
    values = list(works.CARDS.values())

    async def put(number: int, which: int) -> None:
        which %= len(keys)
        await asyncio.gather(*(client.set(keys[which], values[which], exptime=60) for client in clients))

    async def get(number: int, which: int) -> object:
        return await clients[0].get(keys[which % len(keys)])

    async def get_many(number: int, which: int) -> object:
        return await clients[0].get_many(keys[: works.MANY])

    measured: list[Row] = []
    for what, each, work, act in (
        ("put in two zones", works.ONES, works.keeping(ours), put),
        ("get", works.ONES, works.looking(ours), get),
        (f"get {works.MANY}", works.MANY_TIMES, works.looking_at_many(ours), get_many),
    ):
        measured += await contest(f"cache on memcached: {what}", each, work, {"emcache": _asking(act, each)}, UNIT)
    await asyncio.gather(ours.close(), *(client.close() for client in clients))
    return measured


async def _sql(folder: Path) -> list[Row]:
    where, passfile = f"{LOOPBACK}:{PORTS.postgres.port}/matinee", password_file(DEFAULT_DATA)
    ours = PostgresSql(f"postgresql://matinee@{where}?schema={MINE}&passfile={passfile}")
    await works.counters(ours)
    url = f"postgresql://matinee@{where}?passfile={passfile}&options=-csearch_path%3D{MINE}"
    alchemy = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="SERIALIZABLE")
    with closing(psycopg.connect(url)) as bare:
        bare.isolation_level = psycopg.IsolationLevel.SERIALIZABLE

        def transact(number: int, which: int) -> None:
            with bare.transaction(), bare.cursor() as db:
                (value,) = db.execute("SELECT value FROM counters WHERE name = %s", (f"plays {which}",)).fetchone() or (0,)
                db.execute("UPDATE counters SET value = %s WHERE name = %s", (value + 1, f"plays {which}"))

        def by_alchemy(number: int, which: int) -> None:
            with alchemy.begin() as db:
                works.one_more(db, f"plays {which}")

        anchors = {
            "psycopg": in_a_row(transact, works.SUMS),
            "psycopg on a thread": by_threads(transact, works.SUMS),
            "SQLAlchemy on a thread": by_threads(by_alchemy, works.SUMS),
        }
        measured = await contest("sql on PostgreSQL: transaction", works.SUMS, works.transacting(ours), anchors, UNIT)
        await ours.close()
        alchemy.dispose()
        bare.execute(f"DROP SCHEMA {MINE} CASCADE")
        bare.commit()
    return measured
