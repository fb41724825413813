"""Tokens: signed statements that last ten minutes. Access tokens by RFC 9068, ID tokens by OpenID Connect Core, 2.

For whom an access token is (`aud`) follows from what it is for: only one that may watch is for the house's doors, so that Envoy
needs to know no scopes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from matinee.members.oauth_grants import Grant
from matinee.members.oauth_keys import SigningKeys
from matinee.members.oauth_rules import App

LIFETIME_S = 600
OPENS_DOORS = frozenset({"watch", "account", "operate"})


class Tokens:
    def __init__(self, keys: SigningKeys, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    def access(self, grant: Grant, scopes: Sequence[str], token_id: str, *, operator: bool, now_ms: int) -> str:
        audience = [self._userinfo] if "openid" in scopes else []
        if OPENS_DOORS & set(scopes):
            audience.append(self._issuer)
        claims = {
            "aud": audience or [f"{self._issuer}/oauth"],
            "sub": grant.account_id,
            "client_id": grant.client_id,
            "jti": token_id,
            "scope": " ".join(scopes),
            "profile": grant.profile_id,
            "role": "operator" if operator and "operate" in scopes else "member",
            "grant": grant.grant_id,
            "auth_time": grant.signed_in_ms // 1000,
        }
        return self._signed("ES256", "at+jwt", claims, now_ms)

    def id_token(self, grant: Grant, app: App, nonce: str, known: Mapping[str, object], now_ms: int) -> str:
        """With what else is `known` of whom it is about."""
        claims = {
            "aud": app.client_id,
            "sub": grant.account_id,
            "auth_time": grant.signed_in_ms // 1000,
            **({"nonce": nonce} if nonce else {}),
            **known,
        }
        return self._signed(app.id_token_alg, "JWT", claims, now_ms)

    def read(self, token: str, now_ms: int) -> Mapping[str, Any] | None:
        """What an access token says, if we said so and it is not over."""
        claims = self._read(token, "at+jwt", ["ES256"], now_ms)
        return claims if claims and claims.get("exp", 0) * 1000 > now_ms else None

    def read_id(self, token: str, now_ms: int) -> Mapping[str, Any] | None:
        """What an ID token says, if we said so within the last month or two, be it over or not."""
        return self._read(token, "JWT", ["ES256", "RS256"], now_ms)

    def _read(self, token: str, kind: str, algorithms: list[str], now_ms: int) -> Mapping[str, Any] | None:
        try:
            read = jwt.decode(token, self._keys.published(now_ms), algorithms=algorithms)
        except (JoseError, ValueError):
            return None
        return read.claims if read.header.get("typ") == kind and read.claims.get("iss") == self._issuer else None

    def for_userinfo(self, claims: Mapping[str, Any]) -> bool:
        return self._userinfo in claims["aud"]

    @property
    def _userinfo(self) -> str:
        return f"{self._issuer}/oauth/userinfo"

    def _signed(self, alg: str, kind: str, claims: Mapping[str, object], now_ms: int) -> str:
        key, now_s = self._keys.signing(alg, now_ms), now_ms // 1000
        said = {"iss": self._issuer, **claims, "iat": now_s, "exp": now_s + LIFETIME_S}
        return jwt.encode({"typ": kind, "alg": alg, "kid": key.kid}, said, key)
