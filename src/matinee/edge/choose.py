"""Which boxes a viewer is sent to, in which order, and by which address.

Each edition has an order of its own over the boxes, by rendezvous hashing (Thaler and Ravishankar, 1998): every box draws a
lot from a hash of box and edition, the best lot comes first. So all viewers of one edition meet at one box and share its
cache, editions spread over the boxes, and when a box goes only its own editions move.

A box that is nearly full gives editions away by weight (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables",
2005): with a lot u between 0 and 1 and a weight w its score is -w / ln u, and it comes first for a share of editions that is
its share of all weight. Below `CALM` every weight is 1 and nobody moves; from there it falls in tenths, so that a busy box
sheds some editions, keeps the others, and a small change of load moves nobody.
"""

import hashlib
import ipaddress
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matinee.contracts.ids import BoxId, EditionId

FRESH_S = 10.0
CALM = 0.7
LEAST_WEIGHT = 0.1
SMOOTHED_OVER_S = 20.0

HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?")


@dataclass(frozen=True)
class BoxPlace:
    """Where a box listens. `public` is the address viewers use, when it is not their own host with this port.

    `limit_bps` is what it can give at once.
    """

    box_id: BoxId
    port: int
    public: str = ""
    limit_bps: int = 1_000_000_000


@dataclass(frozen=True)
class Word:
    """What a box said of itself last: when, whether it serves, and which part of its limit it gives (smoothed)."""

    heard_s: float
    serving: bool
    busy: float = 0.0


@dataclass(frozen=True)
class Order:
    """Boxes for one edition, best first: those that serve, and those that do not now but may again before the film ends."""

    serving: tuple[BoxPlace, ...]
    others: tuple[BoxPlace, ...]


class BadViewerAddress(ValueError):
    """The address the viewer came by cannot be used to send them on; the text says why."""


def ranked(places: Sequence[BoxPlace], words: Mapping[BoxId, Word], edition_id: EditionId, now_s: float) -> Order:
    """The order of boxes for an edition; a box counts as serving if it said so within the last ten seconds."""

    def score(place: BoxPlace) -> tuple[float, BoxId]:
        word = words.get(place.box_id)
        return -_weight(word.busy if word else 0.0) / math.log(_lot(place.box_id, edition_id)), place.box_id

    best_first = sorted(places, key=score, reverse=True)
    return Order(
        serving=tuple(place for place in best_first if serves(words.get(place.box_id), now_s)),
        others=tuple(place for place in best_first if not serves(words.get(place.box_id), now_s)),
    )


def serves(word: Word | None, now_s: float) -> bool:
    return word is not None and word.serving and now_s - word.heard_s <= FRESH_S


def smoothed(before: Word | None, now_s: float, busy: float) -> float:
    """The busy part as of now, averaged exponentially: a player that fills its buffer is not yet a busy hour."""
    if before is None:
        return busy
    fresh = 1 - math.exp(-(now_s - before.heard_s) / SMOOTHED_OVER_S)
    return before.busy + (busy - before.busy) * fresh


def base_url(place: BoxPlace, scheme: str, host: str) -> str:
    """The address of a box as this viewer can reach it, without a slash at the end."""
    if place.public:
        return place.public.rstrip("/")
    if scheme not in ("http", "https"):
        raise BadViewerAddress(f"scheme {scheme!r}: boxes speak http and https")
    return f"{scheme}://{_in_url(host)}:{place.port}"


def _weight(busy: float) -> float:
    """1 below `CALM`, then down in tenths, never to nothing: the last box that serves is still the best."""
    left = (1 - busy) / (1 - CALM)
    return min(1.0, max(LEAST_WEIGHT, math.ceil(left * 10) / 10))


def _lot(box_id: BoxId, edition_id: EditionId) -> float:
    """A number between 0 and 1, neither of them reached, that is always the same for this box and edition."""
    drawn = hashlib.blake2b(f"{box_id}\0{edition_id}".encode(), digest_size=6).digest()
    return (int.from_bytes(drawn, "big") + 0.5) / 2**48


def _in_url(host: str) -> str:
    if HOST_NAME.fullmatch(host):
        return host
    try:
        address = ipaddress.IPv6Address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError as error:
        raise BadViewerAddress(f"host {host!r}: neither a name nor an address") from error
    if address.scope_id:
        raise BadViewerAddress(f"host {host!r}: an address with a zone means nothing on another machine")
    return f"[{address.compressed}]"
