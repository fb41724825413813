"""What an app may be and ask for: addresses it is answered at, scopes, codes that people type. Decides, and knows no store.

The addresses follow RFC 8252 (OAuth for native apps) and are compared letter for letter (RFC 9700, 4.1.3); what people type,
RFC 8628, 6.1: consonants only, so that no code is a word, and few that are mistaken for each other.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import cast
from urllib.parse import SplitResult, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # pyright: ignore[reportUnknownVariableType] # untyped

SCOPES = ("openid", "profile", "email", "watch", "account", "operate")
FOR_CHILDREN = frozenset({"openid", "profile", "watch"})
"""A child lets an app play as itself, and gives away nothing of the account."""

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LETTERS = 8
# What people read or type instead of the letter that is meant.
MISTAKEN = str.maketrans("0O1I2568UYE", "QQLLZSGBVVF")
LOOPBACK = frozenset({"127.0.0.1", "[::1]"})
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
S256 = cast("Callable[[str], str]", create_s256_code_challenge)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Wrong(Exception):
    """An app's mistake, by its name in the standards, and in words for whoever writes the app."""

    def __init__(self, error: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.error = error
        self.why = why
        self.status = status


@dataclass(frozen=True)
class App:
    client_id: str
    name: str
    secret_digest: str  # empty: a public one, which can keep no secret
    redirects: tuple[str, ...]
    scopes: tuple[str, ...]
    for_devices: bool
    id_token_alg: str  # ES256 or RS256
    after_logout: tuple[str, ...] = ()  # where people may be sent who were signed out for it

    @property
    def origins(self) -> frozenset[str]:
        """Where its scripts run, if it is a web page."""
        return frozenset(f"{each.scheme}://{each.netloc}" for each in map(urlsplit, self.redirects) if each.scheme in WEB)


WEB = frozenset({"https", "http"})


def digest(secret: str) -> str:
    """Of secrets that are 256 bits of dice: nothing slower is needed to keep them."""
    return sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two digests are one, in the same time whatever they share."""
    return hmac.compare_digest(one.encode(), other.encode())


def once(fields: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """The parameters by name, empty ones left out. Raises Wrong for one that is there twice."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name in found:
            raise Wrong("invalid_request", f"{name} is there twice")
        found[name] = value
    return MappingProxyType({name: value for name, value in found.items() if value})


def problem_with_redirect(address: str) -> str:
    """Why an app cannot be answered there, or "".

    Over the open net by https; on the same machine by http; or by a scheme of the app's own, which holds a dot as a domain
    turned round does, so that no two apps and no browser claim the same.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return f"{address}: that is no address"
    if "#" in address or any(letter.isspace() or not letter.isprintable() for letter in address) or "*" in address:
        return f"{address}: an address without #, * and blanks"
    if parts.username is not None or parts.password is not None:
        return f"{address}: an address without a name and a password"
    if parts.scheme == "https" and parts.hostname:
        return ""
    if parts.scheme == "http":
        here = _host(parts) in LOOPBACK or parts.hostname == "localhost"
        return "" if here else f"{address}: http only leads back to the same machine; give an https address"
    if "." in parts.scheme:
        return ""
    return f"{address}: give https://…, http://127.0.0.1/…, or a scheme of the app's own with a dot, as com.example.app:/back"


def is_answered_at(app: App, address: str) -> bool:
    """Exactly as registered; a program listens on the port it is given (RFC 8252, 7.3), so on loopback any port is the same."""
    return any(address == each or _but_for_port(address, each) for each in app.redirects)


def _but_for_port(address: str, registered: str) -> bool:
    if problem_with_redirect(address):
        return False
    asked, known = urlsplit(address), urlsplit(registered)
    if asked.scheme != "http" or _host(asked) not in LOOPBACK or _host(asked) != _host(known):
        return False
    return asked._replace(netloc="") == known._replace(netloc="")


def _host(parts: SplitResult) -> str:
    return f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""


def scopes_of(app: App, asked: str) -> tuple[str, ...]:
    """What an app asks for, in the house's order. Raises Wrong."""
    wanted = set(asked.split())
    if not wanted:
        raise Wrong("invalid_scope", f"say what you ask for; this app may ask for: {' '.join(app.scopes)}")
    if unknown := sorted(wanted - set(app.scopes)):
        raise Wrong("invalid_scope", f"{' '.join(unknown)}: this app may ask for: {' '.join(app.scopes)}")
    return tuple(scope for scope in SCOPES if scope in wanted)


def permitted(scopes: Sequence[str], *, operator: bool, kids: bool) -> tuple[str, ...]:
    """What of it this person can give away."""
    fit = tuple(scope for scope in scopes if scope != "operate" or operator)
    return tuple(scope for scope in fit if not kids or scope in FOR_CHILDREN)


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Whether it is the app itself that comes for what it asked (RFC 7636, S256 only)."""
    if not VERIFIER.fullmatch(verifier):
        return False
    return same(S256(verifier), challenge)


def answered(address: str, **what: str) -> str:
    """The address with what it is told, after what it says already."""
    told = urlencode({name: value for name, value in what.items() if value})
    return f"{address}{'&' if '?' in address else '?'}{told}"


def typed(code: str) -> str:
    """The code as it was meant: capitals or not, with or without dashes, and letters that look like others. "": none."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(MISTAKEN)
    return plain if len(plain) == USER_CODE_LETTERS and set(plain) <= set(LETTERS) else ""


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
