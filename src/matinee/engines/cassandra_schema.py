"""The keyspace and the one table of `rows` on Cassandra: made where they are not yet, known to all nodes before they are used."""

import asyncio
import uuid
from collections import Counter
from typing import Any, cast

import acsylla

DRIVER = cast(Any, acsylla)  # It has no types.

COPIES = 3
"""In each data centre; fewer where it has fewer nodes. An operator who wants it otherwise makes the keyspace beforehand."""

MADE_WITHIN_S = 30.0
AGREED_WITHIN_S = 10.0
ASK_AGAIN_AFTER_S = 0.05

NODES = "SELECT data_center, schema_version FROM system"
KEYSPACE = "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{'class': 'NetworkTopologyStrategy', {}}}"
# The id is given, not found: of two processes that make the table at the same moment at two nodes, both make the same one.
# What was dropped hides late writes until the grace is over: 864,000 s are the ten days that the port promises.
TABLE = (
    "CREATE TABLE IF NOT EXISTS {}.row (tab text, partition text, key text, cells map<text, blob>,"
    " PRIMARY KEY ((tab, partition), key)) WITH id = {} AND gc_grace_seconds = 864000"
)


async def install(session: Any, keyspace: str) -> None:
    nodes = Counter(node["data_center"] for node in await _nodes(session))
    copies = ", ".join(f"'{name}': {min(COPIES, count)}" for name, count in sorted(nodes.items()))
    table_id = uuid.uuid5(uuid.NAMESPACE_URL, f"matinee/{keyspace}/row")
    await _all(session, KEYSPACE.format(keyspace, copies))
    await _all(session, TABLE.format(keyspace, table_id))
    await _agreement(session)


async def _agreement(session: Any) -> None:
    """A row that reaches a node before its table does comes there twenty seconds later, by hint.

    A node that is down keeps the version it had, and is not waited for much longer."""
    for _ in range(int(AGREED_WITHIN_S / ASK_AGAIN_AFTER_S)):
        if len({node["schema_version"] for node in await _nodes(session)}) == 1:
            return
        await asyncio.sleep(ASK_AGAIN_AFTER_S)


async def _nodes(session: Any) -> list[dict[str, Any]]:
    """The one that is asked, and all that it knows of."""
    return await _all(session, f"{NODES}.local") + await _all(session, f"{NODES}.peers_v2")


async def _all(session: Any, statement: str) -> list[dict[str, Any]]:
    result = await session.execute(DRIVER.create_statement(statement, timeout=MADE_WITHIN_S))
    return [row.as_dict() for row in result.all()]
