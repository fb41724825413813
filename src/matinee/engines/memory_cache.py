"""The port `cache` in the memory of the one process that uses it: whoever was not asked for longest goes first.

A second process would not hear of what this one forgets, which is why a topology with two refuses `memory://`.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from matinee.ports.cache import LARGEST_VALUE_BYTES, checked_ttl_s

ROOM_BYTES = 64_000_000


class MemoryCache:
    def __init__(self, url: str, room_bytes: int = ROOM_BYTES, now_s: Callable[[], float] = time.monotonic) -> None:
        if url != "memory://":
            raise ValueError(f"{url}: say memory://, it takes nothing more")
        self._room_bytes = room_bytes
        self._now_s = now_s
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()  # until when, and what; last asked for last
        self._held_bytes = 0

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for key in keys:
            until_s, value = self._kept.get(key, (0.0, b""))
            if until_s > self._now_s():
                self._kept.move_to_end(key)
                found[key] = value
            else:
                self._drop(key)
        return found

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        until_s = self._now_s() + checked_ttl_s(ttl_s)
        self._drop(key)
        if len(value) > LARGEST_VALUE_BYTES:
            return
        self._kept[key] = (until_s, value)
        self._held_bytes += _size(key, value)
        while self._held_bytes > self._room_bytes:
            self._drop(next(iter(self._kept)))

    async def forget(self, key: str) -> None:
        self._drop(key)

    async def close(self) -> None:
        self._kept.clear()
        self._held_bytes = 0

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        if gone:
            self._held_bytes -= _size(key, gone[1])


def _size(key: str, value: bytes) -> int:
    """What Python spends on the objects around them is counted as 300 bytes."""
    return len(key.encode(errors="surrogatepass")) + len(value) + 300
