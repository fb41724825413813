"""A history read by attention: the forward pass of SASRec, written once for numpy, which serves, and for JAX, which learns.

(W.-C. Kang and J. McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018; A. Vaswani et al., "Attention Is All You Need",
NIPS 2017; norms stand before each part, as in R. Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML
2020.) Each place of a history looks at itself and at those before it. Places are counted from the newest, so that a history
may be cut at its far end. `xp` is either library; arrays are its own.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Array: TypeAlias = Any

NEVER = -1e9
LEAST_SPREAD = 1e-6


def as_it_is(state: Array) -> Array:
    return state


def read(
    xp: Any,
    weights: Mapping[str, Array],
    vectors: Array,
    known: Array,
    drop: Callable[[Array], Array] = as_it_is,
    newest: bool = False,
) -> Array:
    """histories x places x size: what each place knows of all up to itself; with `newest` the last place only.

    `vectors` is histories x places x size, the newest last, and `known` (histories x places) says where anything was watched.
    `weights` has `places` (places x size) and, block by block, the tables named below; `drop` leaves some out while learning.
    """
    places = vectors.shape[1]
    state = drop(vectors + weights["places"][-places:])
    may_look = xp.tril(xp.ones((places, places), bool))[None] & known[:, None, :]
    blocks = weights["query"].shape[0]
    for number in range(blocks):
        block = {name: weights[name][number] for name in BLOCK}
        looks = slice(-1 if newest and number == blocks - 1 else 0, None)
        inside = normed(xp, state, block["look_gain"], block["look_shift"])
        state = state[:, looks] + drop(looked(xp, block, inside, inside[:, looks], may_look[:, looks]))
        inside = normed(xp, state, block["think_gain"], block["think_shift"])
        state = state + drop(gelu(xp, inside @ block["wide"] + block["wide_shift"]) @ block["narrow"])
    return normed(xp, state, weights["last_gain"], weights["last_shift"])


BLOCK = (
    *("look_gain", "look_shift", "query", "key", "value", "gather"),
    *("think_gain", "think_shift", "wide", "wide_shift", "narrow"),
)
"""The tables of one block: attention, then two layers."""


def looked(xp: Any, block: Mapping[str, Array], inside: Array, looking: Array, may_look: Array) -> Array:
    """What the looking places gather from those they may look at, each by how well its key answers the query."""
    queries, keys = looking @ block["query"], inside @ block["key"]
    answers = queries @ keys.transpose(0, 2, 1) / keys.shape[-1] ** 0.5
    answers = xp.where(may_look, answers, NEVER)
    part = xp.exp(answers - answers.max(-1, keepdims=True))
    return (part / part.sum(-1, keepdims=True)) @ (inside @ block["value"]) @ block["gather"]


def normed(xp: Any, state: Array, gain: Array, shift: Array) -> Array:
    """Each place's numbers with a mean of 0 and a spread of 1, then stretched and shifted (J. L. Ba et al., 2016)."""
    state = state - state.mean(-1, keepdims=True)
    return state / xp.sqrt((state * state).mean(-1, keepdims=True) + LEAST_SPREAD) * gain + shift


def gelu(xp: Any, state: Array) -> Array:
    """x times the chance that a normal number is below x, by its tanh form (D. Hendrycks and K. Gimpel, 2016)."""
    return 0.5 * state * (1 + xp.tanh(0.7978845608 * (state + 0.044715 * state * state * state)))
