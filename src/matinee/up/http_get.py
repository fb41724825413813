"""One GET on a unix socket or a port of this machine, for asking children how they are."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where to ask: a unix socket's path, or a port on a host."""

    socket: str = ""
    host: str = "127.0.0.1"
    port: int = 0


async def status_of(place: Place, path: str, within_s: float = 2.0, method: str = "GET") -> int:
    """The HTTP status, or 0 when nobody answered in time."""
    try:
        async with asyncio.timeout(within_s):
            return await _ask(place, path, method)
    except (TimeoutError, OSError, ValueError, IndexError):
        return 0


async def _ask(place: Place, path: str, method: str) -> int:
    if place.socket:
        reader, writer = await asyncio.open_unix_connection(place.socket)
    else:
        reader, writer = await asyncio.open_connection(place.host, place.port)
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
