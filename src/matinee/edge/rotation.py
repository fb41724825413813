"""When a signing key is made, begins, stops and is forgotten.

A ring is the keys in the order they were made. A key signs from `signs_from_ms` until the next one's; afterwards it still
verifies, for `KEEP_MS`, until the last token it signed has expired (a token lives at most twelve hours). A new key is made
`AHEAD_MS` before it signs, so that every box holds it before the first viewer brings a token of it. `KEEP_MS` is shorter
than `EVERY_MS`, therefore at most two keys are alive.

Only the order of the ring decides which key follows which: a clock that is set back delays nothing and drops nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

EVERY_MS = 24 * 3600 * 1000
KEEP_MS = 13 * 3600 * 1000
AHEAD_MS = 60 * 1000


@dataclass(frozen=True)
class Fresh:
    """A key nobody has used yet."""

    kid: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class SigningKey:
    kid: str
    secret: str = field(repr=False)
    signs_from_ms: int


Ring = Sequence[SigningKey]


def rotated(ring: Ring, now_ms: int, fresh: Fresh) -> tuple[SigningKey, ...]:
    """The ring as it must be now: what is over is dropped, and `fresh` joins if a new key is due."""
    kept = tuple(key for key, following in zip(ring, (*ring[1:], None), strict=False) if not _over(following, now_ms))
    if not kept:
        return (SigningKey(fresh.kid, fresh.secret, now_ms),)
    if _due(kept[-1], now_ms) and all(key.kid != fresh.kid for key in kept):
        return (*kept, SigningKey(fresh.kid, fresh.secret, now_ms + AHEAD_MS))
    return kept


def signing(ring: Ring, now_ms: int) -> SigningKey:
    """The newest key that has begun. The oldest when none has: the clock was set back, and boxes hold it already."""
    if not ring:
        raise ValueError("an empty ring signs nothing: rotate it first")
    return next((key for key in reversed(ring) if key.signs_from_ms <= now_ms), ring[0])


def _over(following: SigningKey | None, now_ms: int) -> bool:
    return following is not None and now_ms - following.signs_from_ms >= KEEP_MS


def _due(newest: SigningKey, now_ms: int) -> bool:
    """A day has passed, less the notice; or the newest key lies ahead further than any notice: the clock was set back."""
    age_ms = now_ms - newest.signs_from_ms
    return age_ms >= EVERY_MS - AHEAD_MS or age_ms < -EVERY_MS
