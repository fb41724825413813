"""Passports that are none: every way the books know of making one, from a good one and from what anybody can read."""

import base64
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Claims = Mapping[str, Any]


def part(what: object) -> str:
    return base64.urlsafe_b64encode(what if isinstance(what, bytes) else json.dumps(what).encode()).rstrip(b"=").decode()


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims = (json.loads(base64.urlsafe_b64decode(each + "==")) for each in token.split(".")[:2])
    return header, claims


@dataclass(frozen=True)
class Forger:
    """Holds a good passport, what is published of the key, and, for what only the house could sign, the key itself."""

    good: str
    published: Mapping[str, Any]
    key: ECKey

    def signed(self, **changed: Any) -> str:
        """By the house itself, of other words; what is changed to None is left out."""
        header, claims = read(self.good)
        said = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(header, said, self.key)

    def all(self) -> Iterator[tuple[str, str]]:
        yield from self._unsigned()
        yield from self._by_others()
        yield from self._over()
        yield from self._damaged()

    def _unsigned(self) -> Iterator[tuple[str, str]]:
        header, claims = read(self.good)
        for none in ("none", "None", "NONE", "nOnE", ""):
            for signature in ("", self.good.split(".")[2]):
                yield f"alg {none!r}", f"{part({**header, 'alg': none})}.{part(claims)}.{signature}"
        without = {name: value for name, value in header.items() if name != "alg"}
        yield "no alg", f"{part(without)}.{part(claims)}.{self.good.split('.')[2]}"
        yield "all of its signature is zero", f"{part(header)}.{part(claims)}.{part(bytes(64))}"
        yield "its signature is a list", f"{part(header)}.{part(claims)}.{part([1])}"

    def _by_others(self) -> Iterator[tuple[str, str]]:
        header, claims = read(self.good)
        public = ECKey.import_key(dict(self.published))
        for how, known in {
            "JSON": json.dumps(dict(self.published)).encode(),
            "PEM": public.as_pem(private=False),
            "DER": public.as_der(private=False),
            "kid": header["kid"].encode(),
            "nothing": b"\0" * 32,
        }.items():
            said = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
            yield f"HS256 with {how}", f"{said}.{part(hmac.digest(known, said.encode(), 'sha256'))}"
        other = ECKey.generate_key("P-256", private=True)
        theirs = {
            "our kid": {},
            "no kid": {"kid": None},
            "a kid of theirs": {"kid": "theirs"},
            "a kid that is a path": {"kid": "../../../../dev/null"},
            "a kid that is a question": {"kid": "' OR 1=1 --"},
            "their key beside it": {"jwk": other.as_dict(private=False)},
            "a way to their key": {"jku": "http://localhost:1/jwks.json", "x5u": "http://localhost:1/cert.pem"},
        }
        for how, changed in theirs.items():
            said = {name: value for name, value in (header | changed).items() if value is not None}
            yield f"another's, with {how}", jwt.encode(said, claims, other)
        larger = ECKey.generate_key("P-384", private=True)
        yield "ES384", jwt.encode({**header, "alg": "ES384"}, claims, larger, algorithms=["ES384"])
        rsa = RSAKey.generate_key(2048, private=True)
        yield "RS256", jwt.encode({**header, "alg": "RS256"}, claims, rsa, algorithms=["RS256"])

    def _over(self) -> Iterator[tuple[str, str]]:
        """Signed by the house, and yet no passport for it, now."""
        now_s = int(time.time())
        yield "expired", self.signed(iat=now_s - 700, exp=now_s - 100)
        yield "without an end", self.signed(exp=None)
        yield "ends in words", self.signed(exp="never")
        yield "not yet", self.signed(nbf=now_s + 300)
        yield "of another issuer", self.signed(iss="elsewhere")
        yield "of no issuer", self.signed(iss=None)
        yield "for another audience", self.signed(aud="elsewhere")
        yield "for nobody", self.signed(aud=None)
        yield "of nobody", self.signed(sub=None)
        yield "of a list", self.signed(sub=["ann"])

    def _damaged(self) -> Iterator[tuple[str, str]]:
        header, claims, signature = self.good.split(".")
        operator = part({**read(self.good)[1], "role": "operator"})
        yield "other words under the same signature", f"{header}.{operator}.{signature}"
        yield "cut", self.good[:-10]
        yield "two parts", f"{header}.{claims}"
        yield "four parts", f"{self.good}.{signature}"
        yield "encrypted in name", f"{self.good}.{signature}.{signature}"
        yield "no header", f".{claims}.{signature}"
        yield "header of a list", f"{part([])}.{claims}.{signature}"
        yield "words of a number", f"{header}.{part(1)}.{signature}"
        yield "must be understood", f"{part({**read(self.good)[0], 'crit': ['x'], 'x': 1})}.{claims}.{signature}"
        yield "not base64", f"{part({**read(self.good)[0], 'b64': False, 'crit': ['b64']})}.{claims}.{signature}"
        yield "large", f"{header}.{part('x' * 30_000)}.{signature}"
        yield "nonsense", "nonsense"
        yield "dots", ".."
