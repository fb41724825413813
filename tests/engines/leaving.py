"""A house of the region leaves: what it had in the stores that it shared with others goes along."""

from typing import Any

import psycopg
import psycopg.sql
from confluent_kafka.admin import AdminClient

from infra.keys import password_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports


def forget(house: str) -> None:
    """Drops its topics and its schemas."""
    log: Any = AdminClient({"bootstrap.servers": f"{LOOPBACK}:{read_ports().kafka.broker}"})  # it has no types
    topics = [topic for topic in log.list_topics(timeout=10).topics if topic.startswith(f"{house}.")]
    for deleted in log.delete_topics(topics).values() if topics else ():
        deleted.result(10)
    where = f"host={LOOPBACK} port={read_ports().postgres.port} dbname=matinee user=matinee"
    with psycopg.connect(f"{where} passfile={password_file(DEFAULT_DATA)}", autocommit=True) as database:
        names = database.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", (f"{house}\\_%",)).fetchall()
        for (name,) in names:
            database.execute(psycopg.sql.SQL("DROP SCHEMA {} CASCADE").format(psycopg.sql.Identifier(name)))
