"""A till that is killed: whenever that is, money is taken once, and the house hears of it."""

import asyncio
import contextlib
import json
import subprocess
from pathlib import Path

import pytest

from matinee.members.paying import PaymentsUnavailable
from members.providers import DOOR, SOCKET, kill, start_till, till_in


class Killer:
    """Stands before a till and kills it at the first word of its answer: the work is done, and nobody hears of it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.process = folder, process
        self.kills = True

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._pass, str(self.folder / "killer.sock"))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_unix_connection(str(self.folder / SOCKET))
            asking = asyncio.create_task(_copy(reader, back))
            answer = await there.read(65_536)
            if self.kills and answer:
                kill(self.process)
                self.kills = False
            else:
                writer.write(answer)
                await _copy(there, writer)
            asking.cancel()
        writer.close()


async def _copy(from_: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    while piece := await from_.read(65_536):
        to.write(piece)


async def test_a_till_killed_between_the_deed_and_the_word_charges_once(tmp_path: Path) -> None:
    """The money was taken and nobody was told: asked again after the crash, the till says so, and takes no more."""
    process = start_till(tmp_path)
    plain = till_in(tmp_path)
    customer = await plain.payments.customer("asha")
    method = await plain.save(customer, "works")
    killer = Killer(tmp_path, process)
    server = await killer.serve()
    through = till_in(tmp_path, "killer.sock")
    with pytest.raises(PaymentsUnavailable):
        await through.charge(customer, method, "c1")
    assert process.poll() is not None
    process = start_till(tmp_path)
    paid = await through.charge(customer, method, "c1")
    assert paid.state == "paid"
    assert [each.provider_id for each in await plain.payments.look_up("c1")] == [paid.provider_id]
    events = await plain.sdk.v1.events.list_async({"limit": 100})
    assert [event.type for event in events.data].count("payment_intent.succeeded") == 1
    kill(process)
    server.close()
    await through.close()
    await plain.close()


async def test_a_till_killed_at_any_moment_charges_once(tmp_path: Path) -> None:
    """Wherever in its work a till is killed, each charge is made once in the end, and each webhook arrives."""
    heard: set[str] = set()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        event = json.loads(await reader.readexactly(length))
        if event["type"] == "payment_intent.succeeded":
            heard.add(event["data"]["object"]["metadata"]["charge_id"])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    door = await asyncio.start_unix_server(hear, str(tmp_path / DOOR))
    process = start_till(tmp_path)
    provider = till_in(tmp_path)
    customer = await provider.payments.customer("asha")
    method = await provider.save(customer, "works")

    async def charged(number: int) -> str:
        said = await provider.charge(customer, method, f"c{number}")
        return said.state

    for round_ in range(3):
        asking = [asyncio.create_task(charged(round_ * 10 + number)) for number in range(10)]
        await asyncio.sleep(0.004 + round_ * 0.012)
        kill(process)
        await asyncio.gather(*asking, return_exceptions=True)
        process = await asyncio.to_thread(start_till, tmp_path)
    assert {await charged(number) for number in range(30)} == {"paid"}
    intents = await provider.sdk.v1.payment_intents.list_async({"customer": customer, "limit": 100})
    assert sorted(each.metadata["charge_id"] for each in intents.data) == sorted(f"c{number}" for number in range(30))
    async with asyncio.timeout(120):
        while len(heard) < 30:
            await asyncio.sleep(0.05)
    kill(process)
    door.close()
    await provider.close()
