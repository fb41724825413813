"""Servers are brought up, found again and ended: shown with small programs in the servers' place."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.bring_up import bring_up, leaving
from infra.place import alone, claim, throw_away
from infra.ports import Address
from infra.processes import end, running
from infra.server import EngineError, Server

LISTENS = "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), None).serve_forever()"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def server(data: Path, name: str, program: str = LISTENS) -> Server:
    address = Address("127.0.0.1", free_port())

    async def is_well() -> bool:
        try:
            _, writer = await asyncio.open_connection(*address)
        except OSError:
            return False
        writer.close()
        return True

    return Server(name, (sys.executable, "-c", program, str(address.port)), data / name, (address,), is_well)


def names(data: Path) -> list[str]:
    return sorted(each.name for each in running(data) if each.main)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "data"
    claim(place)
    yield place
    end(place, {})


async def test_servers_come_up_and_a_second_call_leaves_them_as_they_are(data: Path) -> None:
    """Who types it twice loses nothing, and who looks for them later finds them."""
    servers = [server(data, "one"), server(data, "two")]
    await bring_up(servers, data, print)
    before = sorted(each.pid for each in running(data))
    said: list[str] = []
    await bring_up(servers, data, said.append)
    assert sorted(each.pid for each in running(data)) == before
    assert [" runs already at " in line for line in said] == [True, True]
    assert sorted(end(data, leaving(servers))) == ["one", "two"]
    assert names(data) == []


async def test_one_that_is_busy_for_a_moment_is_not_taken_for_dead(data: Path) -> None:
    """A server that does not answer at once is asked again, and keeps running with all that use it."""
    quick, answers = server(data, "one"), list[bool]()

    async def is_well() -> bool:
        return answers.pop() if answers else await quick.is_well()

    busy = replace(quick, is_well=is_well)
    await bring_up([busy], data, print)
    before = [each.pid for each in running(data)]
    answers.extend([False, False])
    await bring_up([busy], data, print)
    assert [each.pid for each in running(data)] == before
    assert answers == []


async def test_one_that_was_killed_is_brought_back_alone(data: Path) -> None:
    """After an accident only the victim is started again, with what it had written."""
    servers = [server(data, "one"), server(data, "two")]
    await bring_up(servers, data, print)
    (servers[0].folder / "written").touch()
    pids = {each.name: each.pid for each in running(data)}
    os.kill(pids["one"], signal.SIGKILL)
    os.waitpid(pids["one"], 0)
    await bring_up(servers, data, print)
    now = {each.name: each.pid for each in running(data)}
    assert now["two"] == pids["two"]
    assert now["one"] != pids["one"]
    assert (servers[0].folder / "written").exists()


async def test_one_that_fails_is_named_with_its_last_words_and_takes_the_others_along(data: Path) -> None:
    """A failure says who, why and what to do, and leaves nothing half up."""
    servers = [server(data, "good"), server(data, "bad", "print('no room for me'); raise SystemExit(3)")]
    with pytest.raises(EngineError, match=r"bad ended with 3[\s\S]*no room for me[\s\S]*make engines"):
        await bring_up(servers, data, print)
    assert names(data) == []


async def test_a_taken_port_is_told_before_anything_is_started(data: Path) -> None:
    """Nobody waits three minutes to learn that another program listens there."""
    servers = [server(data, "free"), server(data, "taken")]
    with socket.create_server(servers[1].listens[0]):
        with pytest.raises(EngineError, match=r"taken cannot have 127\.0\.0\.1:\d+: .*ports\.toml"):
            await bring_up(servers, data, print)
        assert names(data) == []


async def test_stopping_half_way_ends_what_was_begun(data: Path) -> None:
    """Ctrl-C while some are up and some are not leaves none of them."""
    servers = [server(data, "quick"), server(data, "slow", "import time; time.sleep(60)")]
    said: list[str] = []
    bringing = asyncio.create_task(bring_up(servers, data, said.append))
    while not any(line.startswith("quick answers") for line in said):
        await asyncio.sleep(0.05)
    bringing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bringing
    assert names(data) == []
    assert any(line.startswith("ended again") for line in said)


async def test_a_preparation_cut_short_is_done_anew(data: Path) -> None:
    """Half a data directory is never taken for a whole one."""
    prepared_with: list[bool] = []
    address_of = server(data, "one")

    async def prepare() -> None:
        prepared_with.append((address_of.folder / "half").exists())

    address_of.folder.mkdir()
    (address_of.folder / "half").touch()
    whole = Server("one", address_of.argv, address_of.folder, address_of.listens, address_of.is_well, prepare=prepare)
    await bring_up([whole], data, print)
    end(data, leaving([whole]))
    await bring_up([whole], data, print)
    assert prepared_with == [False]


async def test_others_are_left_alone(data: Path, tmp_path: Path) -> None:
    """The engines of another directory, and programs of one's own, outlive the end of these."""
    claim(tmp_path / "theirs")
    theirs = server(tmp_path / "theirs", "one")
    ours = server(data, "one")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=data)
    try:
        await bring_up([theirs], tmp_path / "theirs", print)
        await bring_up([ours], data, print)
        assert end(data, {}) == ["one"]
        assert stranger.poll() is None
        assert await theirs.is_well()
    finally:
        stranger.kill()
        stranger.wait()
        end(tmp_path / "theirs", {})


def test_a_directory_with_other_files_is_neither_used_nor_removed(tmp_path: Path) -> None:
    """A slip in --data costs nobody their films."""
    (tmp_path / "film.mkv").touch()
    with pytest.raises(EngineError, match="not the engines'"):
        claim(tmp_path)
    throw_away(tmp_path)
    assert (tmp_path / "film.mkv").exists()


def test_two_commands_at_once_do_not_meet(data: Path) -> None:
    """The second is told to wait, rather than to fight over the same servers."""
    with alone(data), pytest.raises(EngineError, match="another command"), alone(data):
        raise AssertionError("both came in")
