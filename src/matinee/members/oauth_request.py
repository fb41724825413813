"""The authorization request: what an app sends with somebody who comes to our door. Decides, and knows no store.

By OAuth 2.1 (draft-ietf-oauth-v2-1, 4.1.1) and OpenID Connect Core, 3.1.2.1: codes only, and always with PKCE. Mistakes are
told to the app at its own address; but never at one that is not known to be its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matinee.members.oauth_rules import CHALLENGE, App, Wrong, answered, scopes_of

LOGIN_IS_FRESH_S = 60
"""Whoever must sign in anew has done so if it was no longer ago: the page they come back to asks again."""
LONGEST = 500


@dataclass(frozen=True)
class AppRequest:
    redirect: str
    state: str
    scopes: tuple[str, ...]
    challenge: str
    nonce: str
    quietly: bool  # nobody may be asked anything
    fresh_s: int | None  # how long ago they may have signed in


def read_request(app: App, redirect: str, said: Mapping[str, str]) -> AppRequest:
    """What the app asks. Raises Wrong."""
    if said.get("response_type", "") != "code":
        raise Wrong("unsupported_response_type", "this house answers response_type=code")
    if said.get("response_mode", "query") != "query":
        raise Wrong("invalid_request", "this house answers by response_mode=query")
    for name in ("request", "request_uri", "registration"):
        if name in said:
            raise Wrong(f"{name}_not_supported", f"this house reads no {name}: send the parameters plainly")
    if said.get("code_challenge_method", "plain") != "S256" or not CHALLENGE.fullmatch(said.get("code_challenge", "")):
        raise Wrong("invalid_request", "send a code_challenge with code_challenge_method=S256 (RFC 7636)")
    if any(len(said.get(name, "")) > LONGEST for name in ("state", "nonce")):
        raise Wrong("invalid_request", f"state and nonce have {LONGEST} letters at most")
    prompts = said.get("prompt", "").split()
    if "none" in prompts and len(prompts) > 1:
        raise Wrong("invalid_request", "prompt=none goes with no other")
    return AppRequest(
        redirect=redirect,
        state=said.get("state", ""),
        scopes=scopes_of(app, said.get("scope", "")),
        challenge=said["code_challenge"],
        nonce=said.get("nonce", ""),
        quietly=prompts == ["none"],
        fresh_s=_fresh_s(said.get("max_age", ""), login="login" in prompts),
    )


def _fresh_s(max_age: str, *, login: bool) -> int | None:
    if max_age and not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise Wrong("invalid_request", "max_age is a number of seconds")
    limits = [*([int(max_age)] if max_age else []), *([LOGIN_IS_FRESH_S] if login else [])]
    return min(limits) if limits else None


def is_signed_in(request: AppRequest, signed_in_ms: int, now_ms: int) -> bool:
    """Recently enough for what the app asks."""
    return request.fresh_s is None or now_ms - signed_in_ms <= max(request.fresh_s, LOGIN_IS_FRESH_S) * 1000


def told(redirect: str, issuer: str, state: str, error: Wrong) -> str:
    """Where to send somebody back to, when nothing comes of it (RFC 9207: and who says so)."""
    return answered(redirect, error=error.error, error_description=error.why, state=state, iss=issuer)
