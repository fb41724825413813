"""Ways to come in, over HTTP: passkeys, one-time codes, devices, the password and letters; all of it behind the session's cookie.

The secret of a letter comes here in a body: in its link it stood behind the "#", which browsers send to nobody.
"""

import json
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import EMAIL, PASSWORD_RESET, ProofOf
from matinee.contracts.identity_rpc import IdentityClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of, json_object
from matinee.screen.cookies import Cookies
from matinee.screen.signing_in import welcomed

NO_STORE = {"cache-control": "no-store"}
USES = {"sign-in": pb.SIGN_IN, "confirm": pb.CONFIRM, "add": pb.ADD}


class Keys:
    def __init__(self, identity: IdentityClient, clock: Clock, cookies: Cookies) -> None:
        self._identity = identity
        self._clock = clock
        self._cookies = cookies

    def routes(self) -> Sequence[Route]:
        post = {
            "/auth/code": self._code,
            "/auth/confirm": self._confirm,
            "/auth/passkey/ask": self._ask_for_passkey,
            "/auth/passkey/sign-in": self._sign_in_by_passkey,
            "/auth/passkey/add": self._add_passkey,
            "/auth/passkey/rename": self._rename_passkey,
            "/auth/passkey/remove": self._remove_passkey,
            "/auth/devices/end": self._end_devices,
            "/auth/codes/begin": self._begin_codes,
            "/auth/codes/confirm": self._confirm_codes,
            "/auth/codes/remove": self._remove_codes,
            "/auth/password": self._change_password,
            "/auth/letters/email": self._ask_to_verify,
            "/auth/letters/reset": self._ask_to_reset,
            "/auth/verify": self._verify,
            "/auth/reset": self._reset,
        }
        return [
            Route("/auth/keys", self._keys, methods=["GET"]),
            *(Route(path, answer, methods=["POST"]) for path, answer in post.items()),
        ]

    async def _keys(self, request: Request) -> Response:
        return _said(await self._identity.list_keys(self._renewal(request), call_of(request, self._clock)))

    async def _code(self, request: Request) -> Response:
        ticket, code = await _texts(request, "ticket", "code")
        answer = pb.CodeAnswer(ticket=ticket, code=code, arrival=self._cookies.arrival(request))
        session = await self._identity.sign_in_with_code(answer, call_of(request, self._clock))
        return welcomed(self._cookies, request, session)

    async def _confirm(self, request: Request) -> Response:
        password, answer = await _texts(request, "password", "answer", optional=True)
        shown = pb.Confirmation(
            session_secret=self._cookies.secret(request),
            password=password,
            passkey_json=answer,
            arrival=self._cookies.arrival(request),
        )
        session = await self._identity.confirm(shown, call_of(request, self._clock))
        return self._cookies.keep(request, Response(status_code=204), session)

    async def _ask_for_passkey(self, request: Request) -> Response:
        (use,) = await _texts(request, "use")
        if use not in USES:
            raise Refused("invalid", "That could not be read.", f"Say what the passkey is for: {', '.join(USES)}.")
        question = pb.PasskeyQuestion(use=USES[use], session_secret=self._cookies.secret(request))
        options = await self._identity.ask_for_passkey(question, call_of(request, self._clock))
        return Response(options.json, media_type="application/json", headers=NO_STORE)

    async def _sign_in_by_passkey(self, request: Request) -> Response:
        (answer,) = await _texts(request, "answer")
        shown = pb.PasskeyAnswer(json=answer, arrival=self._cookies.arrival(request))
        session = await self._identity.sign_in_by_passkey(shown, call_of(request, self._clock))
        return welcomed(self._cookies, request, session)

    async def _add_passkey(self, request: Request) -> Response:
        answer, name = await _texts(request, "answer", "name")
        new = pb.PasskeyAnswer(json=answer, name=name, session_secret=self._cookies.secret(request))
        return _said(await self._identity.add_passkey(new, call_of(request, self._clock)))

    async def _rename_passkey(self, request: Request) -> Response:
        passkey_id, name = await _texts(request, "id", "name")
        which = pb.PasskeyName(session_secret=self._cookies.secret(request), passkey_id=passkey_id, name=name)
        return _said(await self._identity.rename_passkey(which, call_of(request, self._clock)))

    async def _remove_passkey(self, request: Request) -> Response:
        (passkey_id,) = await _texts(request, "id")
        which = pb.PasskeyName(session_secret=self._cookies.secret(request), passkey_id=passkey_id)
        return _said(await self._identity.remove_passkey(which, call_of(request, self._clock)))

    async def _end_devices(self, request: Request) -> Response:
        """One by its id; with "" every other one."""
        (device_id,) = await _texts(request, "id")
        which = pb.DeviceEnd(session_secret=self._cookies.secret(request), device_id=device_id)
        return _said(await self._identity.end_devices(which, call_of(request, self._clock)))

    async def _begin_codes(self, request: Request) -> Response:
        begun = await self._identity.begin_codes(self._renewal(request), call_of(request, self._clock))
        return JSONResponse({"secret": begun.secret, "url": begun.url, "picture": begun.picture}, headers=NO_STORE)

    async def _confirm_codes(self, request: Request) -> Response:
        (code,) = await _texts(request, "code")
        answer = pb.CodeAnswer(session_secret=self._cookies.secret(request), code=code, arrival=self._cookies.arrival(request))
        recovery = await self._identity.confirm_codes(answer, call_of(request, self._clock))
        return JSONResponse({"recoveryCodes": list(recovery.codes)}, headers=NO_STORE)

    async def _remove_codes(self, request: Request) -> Response:
        return _said(await self._identity.remove_codes(self._renewal(request), call_of(request, self._clock)))

    async def _change_password(self, request: Request) -> Response:
        old, new = await _texts(request, "password", "newPassword")
        change = pb.PasswordChange(
            session_secret=self._cookies.secret(request),
            old_password=old,
            new_password=new,
            arrival=self._cookies.arrival(request),
        )
        session = await self._identity.change_password(change, call_of(request, self._clock))
        return self._cookies.keep(request, Response(status_code=204), session)

    async def _ask_to_verify(self, request: Request) -> Response:
        """A letter to the address that the account has, or to another that it is to have."""
        (email,) = await _texts(request, "email")
        return await self._ask_for_letter(request, EMAIL, email, self._cookies.secret(request))

    async def _ask_to_reset(self, request: Request) -> Response:
        """The same answer, in the same time, whether or not there is such an account."""
        (email,) = await _texts(request, "email")
        return await self._ask_for_letter(request, PASSWORD_RESET, email, "")

    async def _ask_for_letter(self, request: Request, of: ProofOf, email: str, secret: str) -> Response:
        question = pb.ProofQuestion(proof_of=of, email=email, session_secret=secret, arrival=self._cookies.arrival(request))
        asked = await self._identity.ask_proof(question, call_of(request, self._clock))
        return JSONResponse({"email": asked.email}, 202, headers=NO_STORE)

    async def _verify(self, request: Request) -> Response:
        (proof,) = await _texts(request, "proof")
        proved = await self._identity.prove(pb.ProofAnswer(proof_of=EMAIL, proof=proof), call_of(request, self._clock))
        return JSONResponse({"email": proved.email}, headers=NO_STORE)

    async def _reset(self, request: Request) -> Response:
        """Ends every session, this browser's too."""
        proof, password = await _texts(request, "proof", "newPassword")
        answer = pb.ProofAnswer(proof_of=PASSWORD_RESET, proof=proof, new_password=password)
        proved = await self._identity.prove(answer, call_of(request, self._clock))
        return self._cookies.forget(JSONResponse({"email": proved.email}, headers=NO_STORE))

    def _renewal(self, request: Request) -> pb.Renewal:
        return pb.Renewal(session_secret=self._cookies.secret(request))


async def _texts(request: Request, *names: str, optional: bool = False) -> list[str]:
    """The named parts of the body, all texts. A passkey's answer may be an object: it travels on as the text it was."""
    asked = await json_object(request)
    found: list[str] = []
    for name in names:
        value = asked.get(name, "" if optional else None)
        if name == "answer" and isinstance(value, dict):
            value = json.dumps(value)
        if not isinstance(value, str):
            raise Refused("invalid", "That could not be read.", f"Send {' and '.join(names)}, as text.")
        found.append(value)
    return found


def _said(keyring: pb.Keyring) -> Response:
    devices = [
        {
            "id": each.device_id,
            "name": each.name,
            "cameFrom": each.came_from,
            "addedMs": each.added_ms,
            "seenMs": each.seen_ms,
            "here": each.here,
        }
        for each in keyring.devices
    ]
    passkeys = [
        {"id": each.passkey_id, "name": each.name, "addedMs": each.added_ms, "usedMs": each.used_ms} for each in keyring.passkeys
    ]
    body = {
        "email": keyring.email,
        "emailVerified": keyring.email_verified,
        "operator": keyring.operator,
        "devices": devices,
        "passkeys": passkeys,
        "codes": keyring.codes,
        "recoveryCodesLeft": keyring.recovery_codes_left,
        "passkeysAt": keyring.passkeys_at,
    }
    return JSONResponse(body, headers=NO_STORE)
