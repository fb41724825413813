"""What two houses hold, compared without regard to order: how many things, and the sum of their digests.

Stores give things back each in an order of its own, so the digests are added up (modulo 2^256) instead of chained: equal
sums mean equal things, for all that happens by accident (M. Bellare and D. Micciancio, "A New Paradigm for Collision-Free
Hashing", 1997; there it is AdHash).
"""

import hashlib
import json
from dataclasses import dataclass


@dataclass
class Tally:
    count: int = 0
    total: int = 0

    def add(self, *facts: object) -> None:
        """One thing, as texts, numbers, bytes and what JSON can say."""
        said = json.dumps(facts, sort_keys=True, ensure_ascii=False, default=_hex)
        self.total = (self.total + int.from_bytes(hashlib.sha256(said.encode(errors="surrogatepass")).digest())) % 2**256
        self.count += 1

    @property
    def digest(self) -> str:
        return f"{self.total:064x}"[:16]


def _hex(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"a {type(value).__name__} cannot be compared: {value!r}")
    return value.hex()
