"""Reading passports (RFC 7519), with the public keys of those who sign them.

A passport is checked once and remembered by its digest until it is over; the front door has checked it, too, and may have let
it in as its last second passed. Keys are read from their issuers' files, anew when those change; then nothing is remembered.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from matinee.ports.rpc import Refused, Who

LATE_MS = 15_000
"""The front door's own grace of five seconds, and as long as it waits for an answer."""
LOOK_EVERY_MS = 1000
MOST = 10_000
SIGN_IN = Refused("unauthenticated", "You are signed out.", "Sign in to go on.")


@dataclass(frozen=True)
class Issuer:
    """Somebody whose passports count, and where his public keys lie, as a JSON Web Key Set."""

    name: str
    audience: str
    keys: Path
    algorithms: tuple[str, ...] = ("ES256",)


def of_the_house(run: Path, url: str) -> "CheckedPassports":
    """Whose passports count in this house: its own, and the tokens of apps that open its doors (RFC 9068).

    `run` is where those who sign them lay their keys; `url` by which address apps know the house."""
    return CheckedPassports([Issuer("matinee", "matinee", run / "jwks.json"), Issuer(url, url, run / "oauth-jwks.json")])


class CheckedPassports:
    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = issuers
        self._keys: Mapping[Issuer, KeySet] = {}
        self._known: OrderedDict[bytes, tuple[int, Who]] = OrderedDict()
        self._seen: object = None  # the key files, as they were last read
        self._look_from_ms = 0

    def who(self, passport: str, now_ms: int) -> Who:
        if now_ms >= self._look_from_ms:
            self._look(now_ms)
        digest = hashlib.sha256(passport.encode()).digest()
        until_ms, who = self._known.get(digest) or self._read(digest, passport, now_ms)
        if until_ms + LATE_MS <= now_ms:
            raise SIGN_IN
        return who

    def _look(self, now_ms: int) -> None:
        """Whether an issuer's keys are others by now. One that has not come yet has none."""
        self._look_from_ms = now_ms + LOOK_EVERY_MS
        there = [issuer for issuer in self._issuers if issuer.keys.exists()]
        stats = [issuer.keys.stat() for issuer in there]
        seen = [(each.st_ino, each.st_mtime_ns) for each in stats]
        if seen != self._seen:
            self._keys = {issuer: KeySet.import_key_set(json.loads(issuer.keys.read_bytes())) for issuer in there}
            self._seen = seen
            self._known.clear()

    def _read(self, digest: bytes, passport: str, now_ms: int) -> tuple[int, Who]:
        for issuer, keys in self._keys.items():
            claims = _claims(passport, issuer, keys)
            if claims and _begun(claims, now_ms):
                self._known[digest] = found = _said(claims)
                if len(self._known) > MOST:
                    self._known.popitem(last=False)
                return found
        raise SIGN_IN


def _claims(passport: str, issuer: Issuer, keys: KeySet) -> Mapping[str, object] | None:
    """What it says, if that issuer signed it for us."""
    try:
        claims = jwt.decode(passport, keys, algorithms=list(issuer.algorithms)).claims
    except (JoseError, ValueError):
        return None
    audience = claims.get("aud")
    ours = issuer.audience in audience if isinstance(audience, list) else issuer.audience == audience
    whole = isinstance(claims.get("sub"), str) and isinstance(claims.get("exp"), int)
    return claims if ours and whole and claims.get("iss") == issuer.name else None


def _begun(claims: Mapping[str, object], now_ms: int) -> bool:
    """Ours count from the moment they are made; one that says otherwise is taken at its word."""
    from_s = claims.get("nbf", 0)
    return isinstance(from_s, int) and from_s * 1000 <= now_ms + LATE_MS


def _said(claims: Mapping[str, object]) -> tuple[int, Who]:
    """Until when, in Unix milliseconds, and who."""
    until_s = claims["exp"]
    who = Who(str(claims["sub"]), str(claims.get("profile", "")), operator=claims.get("role") == "operator")
    return (until_s if isinstance(until_s, int) else 0) * 1000, who
