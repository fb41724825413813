"""A model's life: made, watched in the shadow, tried on some, live, retired. What is not in the table may not happen."""

from collections.abc import Mapping

MAKING, CANDIDATE, SHADOW, TRIED, LIVE, RETIRED = "making", "candidate", "shadow", "trial", "live", "retired"

MOVES: Mapping[str, frozenset[str]] = {
    MAKING: frozenset({CANDIDATE}),
    CANDIDATE: frozenset({SHADOW, TRIED, LIVE, RETIRED}),
    SHADOW: frozenset({CANDIDATE, TRIED, LIVE, RETIRED}),
    TRIED: frozenset({CANDIDATE, SHADOW, LIVE, RETIRED}),
    LIVE: frozenset({RETIRED}),
    # Back to what it was, when the one after it was a mistake.
    RETIRED: frozenset({LIVE}),
}


def may_move(state: str, to: str) -> bool:
    return to in MOVES.get(state, frozenset())
