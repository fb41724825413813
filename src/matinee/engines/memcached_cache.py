"""The port `cache` on memcached: in each zone a copy, spread over the zone's nodes by rendezvous hashing.

A write goes to every zone at once, a read to the near one, each node asked for all its keys in one round trip. What the
near zone does not have is looked for in the others, and put into the near one for the time it has left there, unless
somebody has put something newer meanwhile. A node that is away answers with misses; which keys are its own does not change
by that, for a key that wandered would leave its old value behind.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from prometheus_client import Counter

from matinee.engines.memcached_node import ANSWERS_WITHIN_S, Node
from matinee.engines.memcached_wire import Reply
from matinee.engines.rendezvous import Lots
from matinee.ports.cache import LARGEST_VALUE_BYTES, checked_ttl_s

PLAIN = re.compile(r"[!-\"$-~][!-~]{0,199}")
"""Keys that go as they are: printable, no blanks; "#" begins those that are hashed."""

FORGOTTEN = b"f1"
"""How the flags begin of what is there only to say so."""

FOUND = Counter("matinee_cache_keys_total", "Keys asked for, by where they were found: near, far or nowhere", ["where"])
BAD_URL = "say memcached://ZONE=HOST:PORT,HOST:PORT;ZONE=HOST:PORT,HOST:PORT?near=ZONE"


class Memcached:
    """`url` names the nodes by zone, which is near, and with `&house=NAME` whose keys these are where houses share nodes."""

    def __init__(self, url: str, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        zones, near, house = _read(url)
        nodes = {address: Node(address, answers_within_s) for zone in zones.values() for address in zone}
        self._nodes = nodes
        self._zones = [Lots(zones[near]), *(Lots(zone) for name, zone in zones.items() if name != near)]
        self._house = house.encode()

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        asked = {self._wire_key(key): key for key in keys}
        missing = dict(asked)
        found: dict[str, bytes] = {}
        for distance, zone in enumerate(self._zones):
            there = await self._look(zone, list(missing))
            for key in [key for key, each in there.items() if each.flags.startswith(FORGOTTEN)]:
                del missing[key], there[key]
            FOUND.labels("far" if distance else "near").inc(len(there))
            found |= {missing.pop(key): each.value for key, each in there.items()}
            if distance and there:
                await self._fill(there)
            if not missing:
                break
        FOUND.labels("nowhere").inc(len(asked) - len(found))
        return found

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        checked_ttl_s(ttl_s)
        if len(value) > LARGEST_VALUE_BYTES:
            await self.forget(key)
            return
        wire_key = self._wire_key(key)
        # T is the seconds it may live. A node that answers anything but HD has not kept it, and not the old one either.
        await self._everywhere(wire_key, b"ms %b %d T%d\r\n%b\r\n" % (wire_key, len(value), ttl_s, value))

    async def forget(self, key: str) -> None:
        wire_key = self._wire_key(key)
        # For ten seconds it says that it was forgotten (F1), which keeps out a copy that is on its way from another zone.
        await self._everywhere(wire_key, b"ms %b 0 T10 F1\r\n\r\n" % wire_key)

    async def close(self) -> None:
        await asyncio.gather(*(node.close() for node in self._nodes.values()))

    async def _everywhere(self, key: bytes, command: bytes) -> None:
        nodes = [self._nodes[zone.node_of(key)] for zone in self._zones]
        await asyncio.gather(*(node.ask(command, 1, changes=[key]) for node in nodes))

    async def _look(self, zone: Lots, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """What one zone knows of these keys."""
        by_node: dict[str, list[bytes]] = {}
        for key in keys:
            by_node.setdefault(zone.node_of(key), []).append(key)
        # f says whether it was forgotten, t the seconds left, v the value; they are answered in this order.
        asked = [
            self._nodes[node].ask(b"".join(b"mg %b f t v\r\n" % key for key in own), len(own)) for node, own in by_node.items()
        ]
        answers = await asyncio.gather(*asked) if len(asked) > 1 else [await each for each in asked]
        return {
            key: reply
            for own, replies in zip(by_node.values(), answers, strict=True)
            for key, reply in zip(own, replies, strict=False)  # of a node that is away there are none
            if reply.status == b"VA"
        }

    async def _fill(self, there: Mapping[bytes, Reply]) -> None:
        """Copies into the near zone what was found in another, where it still has a second to live."""
        by_node: dict[str, list[bytes]] = {}
        for key, each in there.items():
            left_s = int(each.flags.rpartition(b" t")[2])
            if left_s > 0:
                # ME: only where nothing is, for what is there is newer than what we carry.
                command = b"ms %b %d T%d ME\r\n%b\r\n" % (key, len(each.value), left_s, each.value)
                by_node.setdefault(self._zones[0].node_of(key), []).append(command)
        await asyncio.gather(*(self._nodes[node].ask(b"".join(own), len(own)) for node, own in by_node.items()))

    def _wire_key(self, key: str) -> bytes:
        plain = key if PLAIN.fullmatch(key) else _hashed(key)
        return b"%b:%b" % (self._house, plain.encode())


def _hashed(key: str) -> str:
    return "#" + hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=20).hexdigest()


def _read(url: str) -> tuple[dict[str, list[str]], str, str]:
    """The addresses by zone, the near zone, and whose keys these are."""
    place, _, said = url.removeprefix("memcached://").partition("?")
    options = dict(parse_qsl(said))
    zones: dict[str, list[str]] = {}
    for part in place.split(";"):
        name, _, addresses = part.partition("=")
        zones[name] = addresses.split(",")
        wrong = next(
            (each for each in zones[name] if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}", each)), None
        )
        if not name or wrong is not None:
            raise ValueError(f"{url}: '{part}' is no zone with its nodes; {BAD_URL}")
    near, house = options.pop("near", next(iter(zones))), options.pop("house", "matinee")
    if near not in zones or options:
        raise ValueError(f"{url}: there is no zone '{near}', or nothing is known of '{''.join(options)}'; {BAD_URL}")
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", house):
        raise ValueError(f"{url}: house={house} is no name: give up to 32 small letters, digits, - and _")
    return zones, near, house
