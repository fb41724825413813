"""Asking a server one question in its own tongue, without its client: whoever answers is up."""

import asyncio
import struct

from infra.ports import Address

ANSWERS_WITHIN_S = 2.0

# Kafka's ApiVersions, version 0, from a client without a name.
_KAFKA_QUESTION = struct.pack(">ihhih", 10, 18, 0, 7, -1)
# Cassandra's OPTIONS in version 4 of its protocol; SUPPORTED is the answer.
_CASSANDRA_QUESTION = struct.pack(">BBhBi", 4, 0, 0, 5, 0)
_CASSANDRA_SUPPORTED = 6


async def ask(address: Address, question: bytes, longest: int = 4096) -> bytes:
    """The first bytes of the answer; none if there is nobody, or nobody who speaks."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            reader, writer = await asyncio.open_connection(*address)
            try:
                writer.write(question)
                return await reader.read(longest)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


async def kafka_answers(address: Address) -> bool:
    reply = await ask(address, _KAFKA_QUESTION)
    return len(reply) >= 10 and struct.unpack(">ih", reply[4:10]) == (7, 0)


async def cassandra_answers(address: Address) -> bool:
    reply = await ask(address, _CASSANDRA_QUESTION)
    return len(reply) >= 5 and reply[4] == _CASSANDRA_SUPPORTED


async def memcached_answers(address: Address) -> bool:
    return await ask(address, b"mn\r\n") == b"MN\r\n"


async def http_answer(address: Address, path: str) -> bytes:
    """Status line, headers and body of a GET."""
    question = f"GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"
    return await ask(address, question.encode(), 1 << 16)
