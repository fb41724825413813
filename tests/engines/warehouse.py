"""The warehouse on a region's engines: facts on Kafka, tables on S3, their catalog in PostgreSQL."""

import secrets
from pathlib import Path

import pytest

from exams.sitters import LOG, postgres_url
from infra.keys import S3_WRITER, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports
from insight.stage import answers, keys
from matinee.insight.warehouse import asking
from matinee.insight.warehouse.facts import TOPICS
from matinee.insight.warehouse.loading import backfill, load
from matinee.insight.warehouse.place import place_of
from matinee.insight.warehouse.tables import Tables
from matinee.insight.warehouse.tidying import tidy
from recorded import HOUR_MS, START_MS, recorded

pytestmark = pytest.mark.engines
JOINS_WITHIN_S = 20.0
TOLD = recorded(seed=41, views=25, hours=2, doubled=0.1)


def s3_url() -> str:
    endpoint = f"http://{LOOPBACK}:{read_ports().seaweed.s3}"
    return f"s3://exam/{secrets.token_hex(8)}?endpoint={endpoint}&region=us-east-1&keys={s3_keys_file(DEFAULT_DATA, S3_WRITER)}"


async def test_the_same_facts_stand_once_in_a_region(tmp_path: Path) -> None:
    """Loaded, loaded again from the log's start, each hour written as one file: every fact is there once, every model answers."""
    log = LOG["kafka"](tmp_path)
    tables = Tables(place_of(postgres_url(tmp_path, "warehouse"), s3_url()))
    for topic in TOPICS:
        await log.append(topic.name, TOLD.entries(topic.name))
    for topic in TOPICS:
        assert (await load(log, tables, topic, JOINS_WITHIN_S, at_once=400)).read == len(TOLD.entries(topic.name))
        assert (await backfill(log, tables, topic)).added == 0
    await log.close()
    assert tidy(tables, START_MS + 24 * HOUR_MS).hours >= 2
    for name in ("ledger", "telemetry"):
        assert keys(tables, name) == sorted((fact.producer_id, fact.sequence) for fact in getattr(TOLD.once(), name))
    made = asking.materialise(tables)
    assert answers(tables, "SELECT count(*) AS views FROM sessions") == [{"views": 25}]
    assert tables.dataset("models.sessions").count_rows() == 25
    assert len(made) >= 10
    tables.close()
