"""Secrets of people's that have to be read again, sealed with a key in a file of its own: a copy of the database opens none.

Each is a JSON Web Encryption (RFC 7516: AES-256-GCM under the house's key) that names whose it is, so that one that was put into
another's row opens nothing.
"""

import secrets
from pathlib import Path

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from matinee.members.secret_file import kept_secret

HOW = {"alg": "dir", "enc": "A256GCM"}
KEY_BYTES = 32


class BadSeal(Exception):
    """It was sealed with another key, or for somebody else."""


class Seal:
    def __init__(self, key: bytes) -> None:
        self._key = OctKey.import_key(key)

    def shut(self, secret: str, whose: str) -> str:
        return jwe.encrypt_compact(HOW, f"{whose} {secret}".encode(), self._key)

    def open(self, sealed: str, whose: str) -> str:
        """Raises BadSeal."""
        try:
            content = jwe.decrypt_compact(sealed, self._key).plaintext or b""
        except (JoseError, ValueError) as error:
            raise BadSeal(f"{error}: give the house the key back that it was sealed with") from error
        owner, _, secret = content.decode().partition(" ")
        if owner != whose:
            raise BadSeal("it was sealed for somebody else: take it away, and set it up anew")
        return secret


def open_seal(path: Path) -> Seal:
    """With the key kept in `path`, mode 0600; made there when the file does not exist."""
    return Seal(kept_secret(path, lambda: secrets.token_bytes(KEY_BYTES)))
