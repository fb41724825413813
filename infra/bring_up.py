"""Brings servers up, all at once, and tells about each as it happens; what cannot be brought up takes along what was begun."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from infra.ports import PORTS_FILE
from infra.processes import end, marks, running
from infra.server import EngineError, Server

UP_WITHIN_S = 180.0
ASK_EVERY_S = 0.2
TAKEN_FOR_DEAD_AFTER = 5
"""So often in a row one that runs may not answer: a moment in which the machine is busy costs nobody a healthy server."""
LAST_LINES = 12

Tell = Callable[[str], None]


async def bring_up(servers: Sequence[Server], data: Path, tell: Tell) -> None:
    """Returns when every server answers. Those that answer already are left alone."""
    mains = {each.name for each in running(data) if each.main}
    well = {server.name for server in servers if server.name in mains and await _answers(server)}
    missing = [server for server in servers if server.name not in well]
    for server in servers:
        if server.name in well:
            tell(f"{server.name} runs already at {server.listens[0]}")
    end(data, leaving(servers), only={server.name for server in missing})
    for server in missing:
        _check_free(server)
    tasks = [asyncio.create_task(_bring_up_one(server, data, tell), name=server.name) for server in missing]
    all_up = False
    try:
        await asyncio.gather(*tasks)
        all_up = True
    finally:
        # One failed, or somebody typed Ctrl-C: nothing that was begun here stays.
        if not all_up:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            begun = end(data, leaving(servers), only={server.name for server in missing})
            tell(f"ended again: {', '.join(begun) or 'nothing, for nothing ran yet'}")


async def _answers(server: Server) -> bool:
    for _ in range(TAKEN_FOR_DEAD_AFTER):
        if await server.is_well():
            return True
        await asyncio.sleep(ASK_EVERY_S)
    return False


def leaving(servers: Sequence[Server]) -> dict[str, signal.Signals]:
    """By which signal each leaves in good order."""
    return {server.name: server.leave for server in servers}


async def _bring_up_one(server: Server, data: Path, tell: Tell) -> None:
    began_s = time.monotonic()
    first = not server.prepared.exists()
    if first:
        shutil.rmtree(server.folder, ignore_errors=True)
        server.folder.mkdir(mode=0o700)
        if server.user and os.geteuid() == 0:
            shutil.chown(server.folder, server.user)
    server.configure()
    if first:
        await server.prepare()
        server.prepared.touch()
    process = _start(server, data)
    while not await server.is_well():
        if (status := process.poll()) is not None:
            raise EngineError(f"{server.name} ended with {status}. {_last_words(server)}")
        if time.monotonic() - began_s > UP_WITHIN_S:
            silent = f"{server.name} does not answer at {server.listens[0]} after {UP_WITHIN_S:.0f} s"
            raise EngineError(f"{silent}. {_last_words(server)}")
        await asyncio.sleep(ASK_EVERY_S)
    tell(f"{server.name} answers at {server.listens[0]} after {time.monotonic() - began_s:.1f} s")


def _start(server: Server, data: Path) -> subprocess.Popen[bytes]:
    """In a session of its own, out of reach of the terminal's Ctrl-C, to stay when we go."""
    with server.log.open("ab") as output:
        return subprocess.Popen(
            server.argv,
            cwd=server.folder,
            env={**os.environ, **server.environment, **marks(data, server.name)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )


def _check_free(server: Server) -> None:
    """Says so at once when somebody else listens where the server is to."""
    for address in server.listens:
        with socket.socket() as door:
            # As servers do it: what lingers of closed connections does not count.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(address)
            except OSError as error:
                raise EngineError(
                    f"{server.name} cannot have {address}: {error.strerror}. "
                    f"End the program that has it, or change the number in {PORTS_FILE}"
                ) from None


def _last_words(server: Server) -> str:
    with suppress(OSError):
        lines = "\n".join(server.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
        return f"The end of {server.log}:\n{lines}\nMend what it says, then type: make engines"
    return f"It left no log in {server.folder}"
