"""The keys that tokens are signed with: a pair for each month, in files of mode 0600, made a month before they are used.

Which key is whose turn follows from the time alone, so any number of processes agree without asking each other; of two that make
the next month's at once the first one's is everybody's. Published are last month's (its tokens are over after ten minutes), this
month's and next month's: whoever keeps a copy of the keys for a while misses none.
"""

from pathlib import Path
from typing import Any, cast

from joserfc.jwk import ECKey, KeySet, RSAKey

from matinee.members.secret_file import kept_secret

PERIOD_MS = 30 * 24 * 3600 * 1000
KINDS = ("ES256", "RS256")
Key = ECKey | RSAKey


class SigningKeys:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[str, int], Key] = {}

    def look_after(self, now_ms: int) -> None:
        """Makes the next month's, and throws away what is over. Takes a moment: not for the event loop."""
        period = now_ms // PERIOD_MS
        for alg in KINDS:
            for each in (period, period + 1):
                _make(alg, self._file(alg, each))
        for file in self._folder.glob("*.pem"):
            _, _, number = file.stem.partition("-")
            if number.isdecimal() and int(number) < period - 1:
                file.unlink(missing_ok=True)

    def signing(self, alg: str, now_ms: int) -> Key:
        return cast(Key, self._key(alg, now_ms // PERIOD_MS, make=True))

    def published(self, now_ms: int) -> KeySet:
        period = now_ms // PERIOD_MS
        each = [self._key(alg, number, make=number == period) for number in (period, period - 1, period + 1) for alg in KINDS]
        return KeySet([key for key in each if key])

    def public(self, now_ms: int) -> dict[str, object]:
        """As a JSON Web Key Set (RFC 7517)."""
        return dict(self.published(now_ms).as_dict(private=False))

    def _key(self, alg: str, period: int, *, make: bool) -> Key | None:
        if found := self._kept.get((alg, period)):
            return found
        file = self._file(alg, period)
        if make:
            _make(alg, file)
        elif not file.exists():
            return None
        self._kept[alg, period] = key = _named(ECKey if alg == "ES256" else RSAKey, alg, file.read_bytes())
        return key

    def _file(self, alg: str, period: int) -> Path:
        return self._folder / f"{alg}-{period}.pem"


def _named(kind: Any, alg: str, content: bytes) -> Key:
    """The key with the name it is published by. Read once: to check an RSA key takes a while."""
    plain = kind.import_key(content)
    return kind(plain.raw_value, plain.raw_value, {"kid": plain.thumbprint(), "alg": alg, "use": "sig"})


def _make(alg: str, file: Path) -> None:
    """Of several that come at once the first one's is everybody's."""
    kept_secret(
        file,
        lambda: (ECKey.generate_key("P-256", private=True) if alg == "ES256" else RSAKey.generate_key(2048, private=True)).as_pem(
            private=True
        ),
    )
