"""What a browser is asked with for a passkey, and whether its answer is good: WebAuthn, by the `webauthn` library.

A passkey belongs to a host, the relying party; browsers know none that is a bare address. The library takes a while to load and
is loaded by the first who needs it.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from matinee.members.passkeys import Passkey

HOUSE = "Matinee"
WAIT_MS = 120_000
MOST_ANSWER = 20_000


class _Response(msgspec.Struct):
    clientDataJSON: str


class _Credential(msgspec.Struct):
    rawId: str
    response: _Response


class BadAnswer(Exception):
    """The browser's answer is none to what it was asked, or nobody's we know; the text says why, for the log."""


@dataclass(frozen=True)
class Answer:
    """A browser's answer, read and not yet believed."""

    json: str
    credential_id: bytes
    challenge: bytes


@dataclass(frozen=True)
class NewKey:
    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Used:
    sign_count: int
    user_verified: bool


def host_of(origin: str) -> str:
    return urlsplit(origin).hostname or "localhost"


def questions_for_new(origin: str, challenge: bytes, account_id: str, email: str, known: list[Passkey]) -> str:
    """The options, as JSON, for a passkey that knows by itself whose it is."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=host_of(origin),
        rp_name=HOUSE,
        user_id=account_id.encode(),
        user_name=email,
        user_display_name=email,
        challenge=challenge,
        timeout=WAIT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
    )
    return options_to_json(options)


def questions_for_known(origin: str, challenge: bytes) -> str:
    """The options, as JSON, for any passkey of this house: the device says whose it is."""
    from webauthn import generate_authentication_options, options_to_json

    return options_to_json(generate_authentication_options(rp_id=host_of(origin), challenge=challenge, timeout=WAIT_MS))


def read(answer_json: str) -> Answer:
    """Raises BadAnswer."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json
    from webauthn.helpers.exceptions import WebAuthnException

    if len(answer_json) > MOST_ANSWER:
        raise BadAnswer("longer than any answer")
    try:
        found = msgspec.json.decode(answer_json, type=_Credential)
        challenge = parse_client_data_json(base64url_to_bytes(found.response.clientDataJSON)).challenge
        return Answer(answer_json, base64url_to_bytes(found.rawId), challenge)
    except (WebAuthnException, ValueError) as error:
        raise BadAnswer(str(error)) from error


def new_key(origin: str, answer: Answer) -> NewKey:
    """Raises BadAnswer."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        good = verify_registration_response(
            credential=answer.json, expected_challenge=answer.challenge, expected_rp_id=host_of(origin), expected_origin=origin
        )
    except (WebAuthnException, ValueError) as error:
        raise BadAnswer(str(error)) from error
    return NewKey(good.credential_id, good.credential_public_key, good.sign_count)


def used(origin: str, answer: Answer, passkey: Passkey) -> Used:
    """Also refuses a count that did not go on: somebody has copied the key. Raises BadAnswer."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        good = verify_authentication_response(
            credential=answer.json,
            expected_challenge=answer.challenge,
            expected_rp_id=host_of(origin),
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadAnswer(str(error)) from error
    return Used(good.new_sign_count, good.user_verified)
