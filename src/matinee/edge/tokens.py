"""The token in a film's address: who may read which edition, until when, without asking anybody.

    /{kid}.{exp}.{view}.{mac}/films/<edition>/v720/7.m4s
     \\___________________________________/ one prefix, signed once per view

A box checks it with a key it already holds, so a viewer's segments cost no call. Because the token is the first part of
the path, every relative address in a manifest inherits it and no manifest is ever rewritten.

The MAC is HMAC-SHA256 (RFC 2104) over `kid.exp.view` followed by the unit as a path, `/films/<edition>/`. None of the
fields can hold the character that ends it, so two different grants never sign the same text. It stands in base64url
(RFC 4648, section 5) without padding and is compared as text: there is one way to write each token.

A view that was granted no picture taller than 720 lines says so behind its name, `view~720`, below the same MAC: then a box
gives of the edition's `v…` folders those up to `v720…` only.
"""

import base64
import hmac
import re

KID = re.compile(r"[a-z0-9]{1,8}")
VIEW = re.compile(r"[A-Za-z0-9_-]{8,40}")
UNIT = re.compile(r"films/[A-Za-z0-9_-]+")

TOO_TALL = 100_000
AFTER_THE_CREDITS_MS = 4 * 3600 * 1000
LONGEST_MS = 12 * 3600 * 1000


def mint(key: str, kid: str, exp_s: int, view_id: str, unit: str, height: int = 0) -> str:
    """The path prefix that lets `view_id` read the unit `films/<edition>` until the Unix second `exp_s`.

    Of its pictures those up to `height` lines; 0: all.
    """
    if not KID.fullmatch(kid):
        raise ValueError(f"key id {kid!r}: a token takes 1 to 8 of a-z and 0-9")
    if not VIEW.fullmatch(view_id):
        raise ValueError(f"view id {view_id!r}: a token takes 8 to 40 letters, digits, '-' or '_'")
    if not UNIT.fullmatch(unit):
        raise ValueError(f"unit {unit!r}: a token opens films/<edition>, the edition in letters, digits, '-' or '_'")
    if not 10**9 <= exp_s < 10**10:
        raise ValueError(f"expiry {exp_s}: give Unix seconds, ten digits")
    if not 0 <= height < TOO_TALL:
        raise ValueError(f"height {height}: a token takes lines of the picture, fewer than {TOO_TALL}; 0 for any")
    grant = f"{kid}.{exp_s}.{view_id}" + (f"~{height}" if height else "")
    digest = hmac.digest(key.encode(), f"{grant}/{unit}/".encode(), "sha256")
    return f"/{grant}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}/{unit}/"


def lifetime_ms(runtime_ms: int, longest_ms: int = LONGEST_MS) -> int:
    """How long a view's token lasts: the film and four hours of pauses, but never more than `longest_ms`, twelve hours."""
    return min(max(runtime_ms, 0) + AFTER_THE_CREDITS_MS, longest_ms)
