"""Passports: short-lived ES256 JWTs that the front door checks on every request, with a key that never leaves its file."""

from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from matinee.members.secret_file import kept_secret

ISSUER = "matinee"
LIFETIME_S = 600


class BadKeyFile(Exception):
    """The signing key cannot be read; the text says which file and what to do."""


class Passports:
    def __init__(self, key: ECKey) -> None:
        self._key = key

    def mint(self, account_id: str, profile_id: str, *, operator: bool, now_ms: int) -> tuple[str, int]:
        """A passport and the moment it ends, in Unix milliseconds; the profile is empty while nobody was picked."""
        issued_s = now_ms // 1000
        claims = {
            "iss": ISSUER,
            "aud": ISSUER,
            "sub": account_id,
            "profile": profile_id,
            "role": "operator" if operator else "member",
            "iat": issued_s,
            "exp": issued_s + LIFETIME_S,
        }
        header = {"alg": "ES256", "kid": self._key.thumbprint()}
        return jwt.encode(header, claims, self._key), (issued_s + LIFETIME_S) * 1000

    def public_keys(self) -> dict[str, object]:
        """The JSON Web Key Set the front door checks with."""
        public = ECKey.import_key(self._key.as_dict(private=False), {"kid": self._key.thumbprint(), "alg": "ES256", "use": "sig"})
        return dict(KeySet([public]).as_dict(private=False))


def open_passports(path: Path) -> Passports:
    """With the key kept in `path`, mode 0600; made there when the file does not exist."""
    key = kept_secret(path, lambda: ECKey.generate_key("P-256", private=True).as_pem(private=True))
    try:
        return Passports(ECKey.import_key(key))
    except (JoseError, ValueError) as error:
        raise BadKeyFile(f"{path}: not an EC private key: restore it, or delete it and everybody signs in again") from error
