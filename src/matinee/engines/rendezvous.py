"""Which of some nodes keeps a key: the one that draws the highest lot for it (rendezvous hashing, Thaler and Ravishankar, 1998).

Every process draws the same, and a node that goes moves its own keys only. A key is hashed once, and its lot for a node is
that hash mixed with the node's own, by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
"""

from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

BITS = (1 << 64) - 1


class Lots:
    def __init__(self, nodes: Sequence[str]) -> None:
        self._nodes = [(node, int.from_bytes(blake2b(node.encode(), digest_size=8).digest())) for node in nodes]

    def node_of(self, key: bytes) -> str:
        drawn = crc32(key)
        highest, winner = -1, ""
        for node, seed in self._nodes:
            lot = ((drawn ^ seed) * 0xBF58476D1CE4E5B9) & BITS
            lot = ((lot ^ (lot >> 27)) * 0x94D049BB133111EB) & BITS
            lot ^= lot >> 31
            if lot > highest:
                highest, winner = lot, node
        return winner
