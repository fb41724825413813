"""What may become of a letter, as a table; and when it is tried again. Decides, and knows no clock.

    waiting ──► handing over ──► sent
       ▲             │  └──────► in doubt ──► sent, when who sent it comes back after all
       └── not now ──┘               └──────► waiting, by the operator's hand only

Before it is handed over a letter may be tried as often as we like. From then on the other side may have it, so that it is not
tried again by itself unless the other side said no.
"""

from collections.abc import Mapping

WAITING, HANDING_OVER, SENT, KEPT, REFUSED = "waiting", "handing over", "sent", "kept", "refused"
IN_DOUBT, UNWANTED, OVER, LATE = "in doubt", "unwanted", "over", "late"

MOVES: Mapping[str, frozenset[str]] = {
    WAITING: frozenset({WAITING, HANDING_OVER, KEPT, REFUSED, UNWANTED, OVER}),
    HANDING_OVER: frozenset({SENT, WAITING, REFUSED, IN_DOUBT}),
    IN_DOUBT: frozenset({SENT, WAITING}),
    REFUSED: frozenset({WAITING}),
    SENT: frozenset(),
    KEPT: frozenset(),
    UNWANTED: frozenset(),
    OVER: frozenset(),
    LATE: frozenset(),
}

BY_HAND = frozenset({IN_DOUBT, REFUSED})
"""From where the operator may have it sent again."""

LATE_MS = 3 * 24 * 3600 * 1000
"""A fact so old is history: whoever reads of it now would think that it happened today."""

MOST_TRIES = 80
FIRST_WAIT_MS, LONGEST_WAIT_MS = 30_000, 3_600_000


def before(state: str) -> frozenset[str]:
    """The states from which this one is reached."""
    return frozenset(each for each, reached in MOVES.items() if state in reached)


def is_late(fact_ms: int, now_ms: int) -> bool:
    return now_ms - fact_ms > LATE_MS


def wait_ms(tries: int) -> int:
    """How long a letter rests after it could not be handed over for the n-th time; three days of it in all."""
    return min(FIRST_WAIT_MS << min(tries - 1, 20), LONGEST_WAIT_MS)
