"""Each real server is asked one question by the client that Matinee will use. Bring them up first: `make engines`."""

import asyncio
import uuid
from datetime import timedelta

import acsylla
import emcache
import obstore
import psycopg
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from obstore.exceptions import BaseError
from obstore.store import S3Store

from infra.keys import S3_READER, S3_WRITER, password_file, s3_keys
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports

pytestmark = pytest.mark.engines
PORTS = read_ports()
BUCKET = "matinee-answers"


def s3(who: str) -> S3Store:
    access, secret = s3_keys(DEFAULT_DATA, who)
    return S3Store(
        BUCKET,
        endpoint=f"http://{LOOPBACK}:{PORTS.seaweed.s3}",
        region="us-east-1",
        access_key_id=access,
        secret_access_key=secret,
        client_options={"allow_http": True},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )


async def test_postgres_knows_our_role_by_its_password_file_and_nobody_without() -> None:
    """The database opens to who holds the file, and to nobody else."""
    where = f"postgresql://matinee@{LOOPBACK}:{PORTS.postgres.port}/matinee"
    async with await psycopg.AsyncConnection.connect(f"{where}?passfile={password_file(DEFAULT_DATA)}") as connection:
        answer = await (
            await connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        ).fetchone()
        assert answer == ("matinee", False)
    with pytest.raises(psycopg.OperationalError, match=r"password"):
        await psycopg.AsyncConnection.connect(f"{where}?passfile=/dev/null&password=wrong")


@pytest.mark.xdist_group("region")  # whose house changes tables, too
async def test_cassandra_keeps_a_row_in_both_data_centres() -> None:
    """What is written in one data centre is read in the other."""
    key, sessions = uuid.uuid4().hex, {}
    for dc, host in (("dc1", PORTS.cassandra.dc1), ("dc2", PORTS.cassandra.dc2)):
        cluster = acsylla.create_cluster(
            [host],
            port=PORTS.cassandra.native,
            load_balance_dc_aware=dc,
            consistency=acsylla.Consistency.LOCAL_QUORUM,
            log_level="critical",
        )
        sessions[dc] = await cluster.create_session()
    for wish in (
        "CREATE KEYSPACE IF NOT EXISTS answers WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1}",
        "CREATE TABLE IF NOT EXISTS answers.words (key text PRIMARY KEY, word text)",
    ):
        await sessions["dc1"].execute(acsylla.create_statement(wish, timeout=30.0))
    question = acsylla.create_statement(f"SELECT word FROM answers.words WHERE key = '{key}'")
    async with asyncio.timeout(90):
        # A row that comes before its table is handed over by hint, and that takes half a minute.
        while await schema(sessions["dc1"]) != await schema(sessions["dc2"]):
            await asyncio.sleep(0.05)
        await sessions["dc1"].execute(
            acsylla.create_statement(f"INSERT INTO answers.words (key, word) VALUES ('{key}', 'matinée')")
        )
        while not (found := (await sessions["dc2"].execute(question)).first()):
            await asyncio.sleep(0.05)
    assert found.column_value("word") == "matinée"
    for session in sessions.values():
        await session.close()


async def schema(session: acsylla.Session) -> str:
    """Which state of all tables a node knows."""
    row = (await session.execute(acsylla.create_statement("SELECT schema_version FROM system.local"))).first()
    return str(row.column_value("schema_version"))


def test_kafka_gives_back_what_it_was_given() -> None:
    """An event that was acknowledged is read again."""
    where, topic = {"bootstrap.servers": f"{LOOPBACK}:{PORTS.kafka.broker}"}, f"answers-{uuid.uuid4().hex}"
    admin = AdminClient(where)
    admin.create_topics([NewTopic(topic, num_partitions=3)])[topic].result(15)
    producer = Producer({**where, "enable.idempotence": True})
    producer.produce(topic, key="profile", value="a play")
    assert producer.flush(15) == 0
    consumer = Consumer({**where, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    message = consumer.poll(60)
    assert message is not None
    assert (message.key(), message.value()) == (b"profile", b"a play")
    consumer.close()
    admin.delete_topics([topic])[topic].result(15)


async def test_s3_lets_the_writer_write_and_the_reader_only_read() -> None:
    """A box's key fetches films, and can neither change nor list them."""
    name, writer, reader = f"films/{uuid.uuid4().hex}", s3(S3_WRITER), s3(S3_READER)
    await obstore.put_async(writer, name, b"a film")
    got = await obstore.get_async(reader, name)
    assert bytes(await got.bytes_async()) == b"a film"
    with pytest.raises(BaseError, match=r"403|AccessDenied|denied"):
        await obstore.put_async(reader, name, b"another film")
    with pytest.raises(BaseError, match=r"403|AccessDenied|denied"):
        await obstore.list(reader).collect_async()
    await obstore.delete_async(writer, name)


async def test_each_memcached_keeps_what_it_is_told() -> None:
    """All four nodes of the two zones answer."""
    ports = (*PORTS.memcached.zone_a, *PORTS.memcached.zone_b)
    assert len(ports) == 4
    for port in ports:
        client = await emcache.create_client([emcache.MemcachedHostAddress(LOOPBACK, port)])
        key = uuid.uuid4().hex.encode()
        await client.set(key, b"value")
        item = await client.get(key)
        assert item is not None
        assert item.value == b"value"
        await client.close()
