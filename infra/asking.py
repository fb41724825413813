"""Asking a server one question in its own tongue, without its client: whoever answers is up."""

import asyncio
import struct

from infra.ports import Address

ANSWERS_WITHIN_S = 2.0

# Kafka's ApiVersions, version 0, from a client without a name.
_KAFKA_QUESTION = struct.pack(">ihhih", 10, 18, 0, 7, -1)
_CASSANDRA_SUPPORTED = 6
_CASSANDRA_RESULT = 8


def _cassandra_request(opcode: int, body: bytes) -> bytes:
    return struct.pack(">BBhBi", 4, 0, 0, opcode, len(body)) + body


def _cassandra_text(text: str, length: str = ">h") -> bytes:
    return struct.pack(length, len(text)) + text.encode()


# OPTIONS in version 4 of Cassandra's protocol; SUPPORTED is the answer.
_CASSANDRA_QUESTION = _cassandra_request(5, b"")
_CASSANDRA_STARTUP = _cassandra_request(1, struct.pack(">h", 1) + _cassandra_text("CQL_VERSION") + _cassandra_text("3.0.0"))
# Consistency TWO, in a keyspace that is kept on as many nodes as there are up to three: refused while the other is not seen.
_CASSANDRA_OF_TWO = _cassandra_request(
    7, _cassandra_text("SELECT view_name FROM system_distributed.view_build_status LIMIT 1", ">i") + struct.pack(">hB", 2, 0)
)


async def ask(address: Address, *questions: bytes, longest: int = 4096) -> bytes:
    """The first bytes of the answer to the last question; none if there is nobody, or nobody who speaks."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            reader, writer = await asyncio.open_connection(*address)
            try:
                reply = b""
                for question in questions:
                    writer.write(question)
                    reply = await reader.read(longest)
                return reply
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


async def cassandra_sees_another(address: Address) -> bool:
    """Whether this node would let two nodes answer together."""
    reply = await ask(address, _CASSANDRA_STARTUP, _CASSANDRA_OF_TWO)
    return len(reply) >= 5 and reply[4] == _CASSANDRA_RESULT


async def memcached_answers(address: Address) -> bool:
    return await ask(address, b"mn\r\n") == b"MN\r\n"


async def http_answer(address: Address, path: str) -> bytes:
    """Status line, headers and body of a GET."""
    question = f"GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"
    return await ask(address, question.encode(), longest=1 << 16)
