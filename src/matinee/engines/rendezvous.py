"""Which of some nodes keeps a key: the one that draws the highest lot for it (rendezvous hashing, Thaler and Ravishankar, 1998).

Every process draws the same, and a node that goes moves its own keys only. Cheaper schemes keep a ring of points; for the
handful of nodes of a zone one hash each is less than the ring's upkeep.
"""

from collections.abc import Sequence
from hashlib import blake2b


def chosen(key: bytes, nodes: Sequence[str]) -> str:
    return max(nodes, key=lambda node: blake2b(key, key=node.encode()[:64], digest_size=8).digest()) if nodes[1:] else nodes[0]
