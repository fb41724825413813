"""The agent's half of the conversation over `agent.sock`: which keys a box holds, others for it, and what it has given."""

import asyncio
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from matinee.edge.load import Counts

LONGEST_ANSWER = 4096


class BoxSilent(Exception):
    """The box's nginx did not answer as it must; the text says what came instead."""


async def keys_held(folder: Path) -> str:
    """The digest of the keys that the box in `folder` holds, to be compared with `digest`."""
    return await _ask(folder, "GET /keys", b"")


async def put_keys(folder: Path, keys: Mapping[str, str]) -> str:
    """Makes the box hold exactly these keys; the digest of what it holds then."""
    return await _ask(folder, "PUT /keys", json.dumps(dict(keys)).encode())


async def counts_of(folder: Path) -> Counts:
    """What the box in `folder` has given since it was started."""
    answer = await _ask(folder, "GET /load", b"")
    try:
        told: object = json.loads(answer)
        return Counts(**{name: int(number) for name, number in cast("dict[str, int]", told).items()})
    except (ValueError, TypeError, AttributeError) as error:
        raise BoxSilent(f"{folder / 'agent.sock'}: counted in a way that is not understood: {answer[:80]!r}") from error


def digest(keys: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(f"{kid}={keys[kid]}\n" for kid in sorted(keys)).encode()).hexdigest()


async def _ask(folder: Path, what: str, body: bytes) -> str:
    head = f"{what} HTTP/1.1\r\nHost: box\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    try:
        reader, writer = await _connect(folder)
        try:
            writer.write(head.encode() + body)
            answer = await reader.read(LONGEST_ANSWER)
            while not reader.at_eof() and len(answer) < LONGEST_ANSWER:
                answer += await reader.read(LONGEST_ANSWER - len(answer))
        finally:
            writer.close()
    except OSError as error:
        raise BoxSilent(f"{folder / 'agent.sock'}: {error.strerror or error}: is its nginx running?") from error
    status, _, rest = answer.partition(b"\r\n")
    if not status.startswith(b"HTTP/1.1 200 "):
        raise BoxSilent(f"{folder / 'agent.sock'}: answered {status.decode('latin-1')!r}: see what its nginx says on stderr")
    return rest.partition(b"\r\n\r\n")[2].decode("latin-1")


async def _connect(folder: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """By way of the open folder: a socket's path may have 107 bytes, and a state directory may lie deeper than that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return await asyncio.open_unix_connection(f"/proc/self/fd/{descriptor}/agent.sock")
    finally:
        os.close(descriptor)
