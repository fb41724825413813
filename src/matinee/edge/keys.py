"""The ring of signing keys on disk: one file, mode 0600, replaced whole, so that a crash leaves the old or the new one.

When they turn over is decided in `rotation`; here they are made from the system's randomness and kept.
"""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from matinee.edge.rotation import Fresh, Ring, SigningKey, rotated
from matinee.edge.tokens import KID

SHORTEST_SECRET = 32


class BadKeyFile(Exception):
    """The box keys cannot be read; the text says which file, what is wrong and what to do."""


class KeyFile:
    """The ring kept in `path`. Between `open` and the first `keep` it may be empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.ring: Ring = ()

    def open(self) -> None:
        """Reads the ring; a file that does not exist is an empty one."""
        self.ring = _read(self._path) if self._path.exists() else ()

    def turned(self, now_ms: int) -> Ring:
        """The ring as it must be now, not kept yet."""
        return rotated(self.ring, now_ms, Fresh(secrets.token_hex(4), secrets.token_urlsafe(32)))

    def keep(self, ring: Ring) -> None:
        """Writes first and holds then: no box is given a key that a crash could forget."""
        _write(self._path, ring)
        self.ring = ring


def _read(path: Path) -> Ring:
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        content: object = json.loads(path.read_bytes())
        return tuple(_key(each) for each in _list(content))
    except OSError as error:
        raise BadKeyFile(f"{path}: the box keys cannot be read ({error.strerror}): let the service's user read it") from error
    except ValueError as error:
        way_out = (
            "restore it from a backup, or delete it: new keys are made, and films playing now stop until Play is pressed again"
        )
        raise BadKeyFile(f"{path}: the box keys are damaged ({error}): {way_out}") from error


def _list(content: object) -> list[object]:
    if not isinstance(content, list):
        raise ValueError("not a list of keys")
    ring = cast("list[object]", content)
    kids = [cast("Mapping[str, object]", each).get("kid") for each in ring if isinstance(each, dict)]
    if len({str(kid) for kid in kids}) != len(ring):
        raise ValueError("a key that is no table, or two of one kid")
    return ring


def _key(content: object) -> SigningKey:
    found = cast("Mapping[str, object]", content)
    kid, secret, signs_from_ms = found.get("kid"), found.get("secret"), found.get("signs_from_ms")
    if not isinstance(kid, str) or not KID.fullmatch(kid):
        raise ValueError("a key without a kid of 1 to 8 letters and digits")
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
        raise ValueError(f"key {kid} has no secret of at least {SHORTEST_SECRET} characters")
    if not isinstance(signs_from_ms, int) or isinstance(signs_from_ms, bool):
        raise ValueError(f"key {kid} does not say when it begins to sign (signs_from_ms)")
    return SigningKey(kid, secret, signs_from_ms)


def _write(path: Path, ring: Ring) -> None:
    rows = [{"kid": key.kid, "secret": key.secret, "signs_from_ms": key.signs_from_ms} for key in ring]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    attempt = path.with_name(f"{path.name}.{os.getpid()}")
    attempt.unlink(missing_ok=True)
    with os.fdopen(os.open(attempt, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(rows, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    attempt.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
