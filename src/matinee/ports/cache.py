"""What is dear to make and cheap to keep for a while: answers that many ask for again and again, in whichever process.

It may forget, and it never lies. Any value may be gone at any time, because the store was full, died, or did not answer
in a moment; then it is a miss, the asker makes the value anew, and no call here ever fails for the store's sake. What
comes back was put under exactly that key, whole, and no longer ago than its `ttl_s`.

After `put` or `forget` returned no reader gets what was there before, in any process. One exception, bounded: a store
that could not be told is told before this process reads from it again, and every second until then; until it was, other
processes that still reach it may get the old value, for the rest of its `ttl_s` at the longest. So a `ttl_s` says how
old an answer may be at worst. The same holds for one who reads the truth, is overtaken by a change and its `forget`, and
puts what he read: where that may not be, let the key name the version of what it was made from, and old ones just age.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

LONGEST_TTL_S = 3600
"""Of any value: what nobody could be told of is over after an hour."""

LARGEST_VALUE_BYTES = 1_000_000
"""Larger ones are not kept, and what was under their key is forgotten."""


class Cache(Protocol):
    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Those that are there, by key; a key may be any text, and is asked for once however often it is named."""
        ...

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Keeps it for up to `ttl_s` seconds, 1 to LONGEST_TTL_S; outside of these a ValueError."""
        ...

    async def forget(self, key: str) -> None:
        """What was there is a miss from now on; what is not there is no error."""
        ...

    async def close(self) -> None: ...


def checked_ttl_s(ttl_s: int) -> int:
    if not 1 <= ttl_s <= LONGEST_TTL_S:
        raise ValueError(f"a ttl_s of {ttl_s}: give 1 to {LONGEST_TTL_S} seconds")
    return ttl_s
