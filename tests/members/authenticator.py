"""A passkey in software: what a browser and a person's device do together, by the WebAuthn recommendation."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    def __init__(self, origin: str, *, verifies: bool = True) -> None:
        self.origin = origin
        self.count = 0
        self._flags = PRESENT | (VERIFIED if verifies else 0)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = os.urandom(32)

    def make(self, options: str) -> str:
        """The answer to being asked for a new passkey."""
        asked = json.loads(options)
        numbers = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        said = self._said(asked["rp"]["id"], ATTESTED)
        attested = said + bytes(16) + len(self._id).to_bytes(2, "big") + self._id + cbor2.dumps(key)
        whole = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": attested})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(whole)})

    def show(self, options: str) -> str:
        """The answer to being asked who one is."""
        asked = json.loads(options)
        self.count += 1
        said, client = self._said(asked["rpId"]), self._client("webauthn.get", asked["challenge"])
        signature = self._key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(client), "authenticatorData": _text(said), "signature": _text(signature), "userHandle": None}
        )

    def _said(self, host: str, more: int = 0) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([self._flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str | None]) -> str:
        return json.dumps({"id": _text(self._id), "rawId": _text(self._id), "type": "public-key", "response": response})


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
