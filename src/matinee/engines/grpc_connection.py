"""The way to a process, or to several that answer the same: one wire to each, and a choice among them for every call.

A call goes to the one with the fewest calls under way, and among equals in turns. So load is spread, and one that hangs is
asked no more as soon as its unanswered calls outnumber the others'. Only one that is connected is asked: what cannot be sent
to one is sent to another, and nothing that was sent is ever sent again. One that died is asked again once it is back.

gRPC's own round robin is not to be had here: its addresses of unix sockets name one socket each.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc
import grpc.aio

from matinee.engines.grpc_options import CHANNEL_OPTIONS

LOOK_EVERY_S = 0.005
CONNECTED, FAILED = grpc.ChannelConnectivity.READY, grpc.ChannelConnectivity.TRANSIENT_FAILURE


class NobodyThere(Exception):
    """None of the processes can be connected to; nothing was sent."""


@dataclass
class _Wire:
    address: str
    channel: grpc.aio.Channel
    under_way: int = 0


class GrpcConnection:
    """To the processes at `addresses`, shared by the channels to all their services."""

    def __init__(self, *addresses: str) -> None:
        self.where = " or ".join(addresses)
        self._addresses = addresses
        self._wires: list[_Wire] = []

    @asynccontextmanager
    async def wire(self) -> AsyncGenerator[grpc.aio.Channel]:
        """One that is connected, for one call. Raises NobodyThere."""
        chosen = await self._least_busy()
        chosen.under_way += 1
        try:
            yield chosen.channel
        finally:
            chosen.under_way -= 1

    async def close(self) -> None:
        for wire in self._wires:
            await wire.channel.close()

    async def _least_busy(self) -> _Wire:
        if not self._wires:
            # Made at the first call, because they belong to the event loop that is running then.
            made = [grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS) for address in self._addresses]
            self._wires = [_Wire(address, channel) for address, channel in zip(self._addresses, made, strict=True)]
        while True:
            # To ask is also to have those who are not connected try it again, now or when their pause is over.
            states = [wire.channel.get_state(try_to_connect=True) for wire in self._wires]
            connected = [wire for wire, state in zip(self._wires, states, strict=True) if state == CONNECTED]
            if connected:
                chosen = min(connected, key=lambda wire: wire.under_way)
                # To the end of the line: among equals the first one is taken.
                self._wires.remove(chosen)
                self._wires.append(chosen)
                return chosen
            if all(state == FAILED for state in states):
                raise NobodyThere(f"no connection to {self.where}: is its process running?")
            await asyncio.sleep(LOOK_EVERY_S)
