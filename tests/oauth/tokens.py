"""Forged tokens, and keys that change while tokens live."""

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from matinee.contracts import oauth_pb2 as pb
from matinee.members.oauth_grants import Grant
from matinee.members.oauth_keys import PERIOD_MS, SigningKeys
from matinee.members.oauth_tokens import Tokens
from oauth.stage import CALL, ISSUER, NOW_MS, Stage, read

GRANT = Grant("g", "club", "asha", "p", ("openid", "watch"), NOW_MS, "h")


def part(what: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(what).encode()).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: dict[str, Any], public: dict[str, Any]) -> str:
    return f"{part({**header, 'alg': 'none'})}.{part(claims)}."


def by_public_key(header: dict[str, Any], claims: dict[str, Any], public: dict[str, Any]) -> str:
    """The public key taken for a password: the confusion of RFC 8725, 3.1."""
    secret = OctKey.import_key(json.dumps(public).encode())
    return jwt.encode({**header, "alg": "HS256"}, claims, secret, algorithms=["HS256"])


def by_another(header: dict[str, Any], claims: dict[str, Any], public: dict[str, Any]) -> str:
    return jwt.encode(header, claims, ECKey.generate_key("P-256", private=True))


@pytest.mark.parametrize("forge", [unsigned, by_public_key, by_another])
async def test_a_forged_token_is_nobodys(stage: Stage, forge: Callable[..., str]) -> None:
    """Unsigned, signed with what everybody knows, signed by somebody else: each is no token."""
    good = (await stage.given())["access_token"]
    header = json.loads(base64.urlsafe_b64decode(good.split(".")[0] + "=="))
    public = read(await stage.oauth.public_keys(pb.PublicKeysRequest(), CALL))[1]["keys"][0]
    assert await stage.userinfo(good) == 200
    assert await stage.userinfo(forge(header, await stage.claims(good), public)) == 401


async def test_an_id_token_opens_nothing(stage: Stage) -> None:
    """It tells an app who somebody is, and is no key."""
    assert await stage.userinfo((await stage.given())["id_token"]) == 401


async def test_a_token_for_something_else_is_told_so(stage: Stage) -> None:
    """One that may watch does not say who somebody is; what it would take is named."""
    given = await stage.given(scope="watch")
    answer = await stage.oauth.userinfo(pb.Bearer(token=given["access_token"]), CALL)
    assert (answer.status, 'error="insufficient_scope"' in answer.challenge) == (403, True)
    assert (await stage.oauth.userinfo(pb.Bearer(), CALL)).challenge == "Bearer"


async def test_a_token_is_over_after_ten_minutes(stage: Stage) -> None:
    """To the second."""
    token = (await stage.given())["access_token"]
    await stage.clock.advance(599)
    assert await stage.userinfo(token) == 200
    await stage.clock.advance(1)
    assert await stage.userinfo(token) == 401


def test_another_houses_token_is_not_ours(tmp_path: Path) -> None:
    """Even signed by the same key."""
    keys = SigningKeys(tmp_path)
    token = Tokens(keys, "https://elsewhere.example").access(GRANT, GRANT.scopes, "t", operator=False, now_ms=NOW_MS)
    assert Tokens(keys, "https://elsewhere.example").read(token, NOW_MS)
    assert Tokens(keys, ISSUER).read(token, NOW_MS) is None


def test_keys_change_and_nobody_notices(tmp_path: Path) -> None:
    """The next month's key is published a month before it signs, and the last month's until its tokens are over."""
    keys = SigningKeys(tmp_path)
    keys.look_after(NOW_MS)
    turn_ms = (NOW_MS // PERIOD_MS + 1) * PERIOD_MS
    published = {key["kid"] for key in keys.public(NOW_MS)["keys"]}  # type: ignore[attr-defined]
    tokens = Tokens(keys, ISSUER)
    old = tokens.access(GRANT, GRANT.scopes, "t", operator=False, now_ms=turn_ms - 1)
    keys.look_after(turn_ms)
    for alg in ("ES256", "RS256"):
        assert keys.signing(alg, turn_ms).kid in published
        assert keys.signing(alg, turn_ms).kid != keys.signing(alg, turn_ms - 1).kid
    assert tokens.read(old, turn_ms + 1)
    assert tokens.read(old, turn_ms + 600_000) is None
    keys.look_after(turn_ms + PERIOD_MS)
    assert len(list(tmp_path.glob("*.pem"))) == 6
    keys.look_after(turn_ms + 2 * PERIOD_MS)
    assert len(list(tmp_path.glob("*.pem"))) == 6


def test_two_processes_sign_with_one_key(tmp_path: Path) -> None:
    """Whichever came first made it; nobody but the house's owner can read it."""
    one, other = SigningKeys(tmp_path / "keys"), SigningKeys(tmp_path / "keys")
    assert one.signing("ES256", NOW_MS).kid == other.signing("ES256", NOW_MS).kid
    one.look_after(NOW_MS)
    other.look_after(NOW_MS)
    assert one.public(NOW_MS) == other.public(NOW_MS)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}
