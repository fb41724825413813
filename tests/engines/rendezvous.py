"""Keys are shared out over nodes by lot."""

from collections import Counter

from matinee.engines.rendezvous import Lots

NODES = [f"127.0.0.1:{port}" for port in range(21211, 21216)]
KEYS = [f"titles/{number}".encode() for number in range(20_000)]


def test_each_node_has_its_fair_share() -> None:
    """Of five nodes each has a fifth of the keys, give or take a twentieth of it."""
    shares = Counter(map(Lots(NODES).node_of, KEYS))
    assert all(0.95 < shares[node] * len(NODES) / len(KEYS) < 1.05 for node in NODES)


def test_a_node_that_goes_moves_its_own_keys_only() -> None:
    """With one node less every other key stays where it was, in whatever order the nodes are named."""
    before, after = Lots(NODES), Lots(NODES[:0:-1])
    assert all(before.node_of(key) in {NODES[0], after.node_of(key)} for key in KEYS)
