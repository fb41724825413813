"""How far a job is, how fast, and how long it will take: read from its pieces, at a moment.

A piece tells when it began and how much of it was made when last told, so its own pace is known without a history: what it
made in the last seconds is its share of the time it overlaps with them. Far is counted in pixels, as those are what takes
time; fast in seconds of film, as those are what people know.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_MS = 20_000


@dataclass(frozen=True)
class PieceAt:
    """A piece as told: of `film_ms` it has `made_ms`, since `began_ms`, when last told at `told_ms`."""

    rung: str
    film_ms: int
    weight: int
    made_ms: int
    began_ms: int
    told_ms: int

    @property
    def share(self) -> float:
        return min(1.0, self.made_ms / max(1, self.film_ms))


@dataclass(frozen=True)
class Pace:
    """`speed` is seconds of film a second, all rungs together; 0 and `seconds_left` 0: not known."""

    progress: float
    speed: float
    seconds_left: int
    rungs: tuple[tuple[str, float], ...]


def pace_of(pieces: Sequence[PieceAt], now_ms: int) -> Pace:
    whole = sum(piece.weight for piece in pieces)
    done = sum(piece.weight * piece.share for piece in pieces)
    film_ms, weight, busy_ms = 0.0, 0.0, 0
    for piece in pieces:
        recent = _recent_share(piece, now_ms)
        film_ms += piece.made_ms * recent
        weight += piece.weight * piece.share * recent
    began = [max(piece.began_ms, now_ms - WINDOW_MS) for piece in pieces if piece.made_ms and piece.told_ms > now_ms - WINDOW_MS]
    if began:
        busy_ms = max(1, now_ms - min(began))
    left_s = (whole - done) / (weight / busy_ms) / 1000 if weight and busy_ms else 0.0
    return Pace(done / whole if whole else 0.0, film_ms / busy_ms if busy_ms else 0.0, round(left_s), _rungs(pieces))


def _recent_share(piece: PieceAt, now_ms: int) -> float:
    """How much of what was made of a piece was made within the window."""
    lasted_ms = piece.told_ms - piece.began_ms
    if lasted_ms <= 0:
        return 0.0
    return max(0, piece.told_ms - max(piece.began_ms, now_ms - WINDOW_MS)) / lasted_ms


def _rungs(pieces: Sequence[PieceAt]) -> tuple[tuple[str, float], ...]:
    names = list(dict.fromkeys(piece.rung for piece in pieces))
    by_name = {name: [piece for piece in pieces if piece.rung == name] for name in names}
    return tuple(
        (name, sum(piece.share * piece.film_ms for piece in own) / max(1, sum(piece.film_ms for piece in own)))
        for name, own in by_name.items()
    )
