"""Which boxes a viewer is sent to, and by which address.

Only boxes that said they serve within the last ten seconds. Among them each edition has an order of its own, by
rendezvous hashing (Thaler and Ravishankar, 1998): every box is scored by a hash of box and edition, the best score comes
first. So all viewers of one edition meet at one box and share its cache, editions spread over the boxes, and when a box
goes only its own editions move.
"""

import hashlib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matinee.contracts.ids import BoxId, EditionId

FRESH_S = 10.0

HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?")


@dataclass(frozen=True)
class BoxPlace:
    """Where a box listens. `public` is the address viewers use, when it is not their own host with this port."""

    box_id: BoxId
    port: int
    public: str = ""


class BadViewerAddress(ValueError):
    """The address the viewer came by cannot be used to send them on; the text says why."""


def best_boxes(
    places: Sequence[BoxPlace], served_s: Mapping[BoxId, float], edition_id: EditionId, now_s: float
) -> list[BoxPlace]:
    """The boxes to try, best first. `served_s`: when each last said that it serves, on the clock of `now_s`."""
    fresh = [place for place in places if place.box_id in served_s and now_s - served_s[place.box_id] <= FRESH_S]
    return sorted(fresh, key=lambda place: _score(place.box_id, edition_id), reverse=True)


def base_url(place: BoxPlace, scheme: str, host: str) -> str:
    """The address of a box as this viewer can reach it, without a slash at the end."""
    if place.public:
        return place.public.rstrip("/")
    if scheme not in ("http", "https"):
        raise BadViewerAddress(f"scheme {scheme!r}: boxes speak http and https")
    return f"{scheme}://{_in_url(host)}:{place.port}"


def _score(box_id: BoxId, edition_id: EditionId) -> bytes:
    return hashlib.blake2b(f"{box_id}\0{edition_id}".encode(), digest_size=16).digest()


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
