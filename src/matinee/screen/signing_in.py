"""Signing up, in and out over HTTP. What proves who you are stays in HttpOnly cookies that no script can read."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.contracts.identity_pb2 import Credentials, Pick, Renewal, Session, WelcomeRequest
from matinee.contracts.identity_rpc import IdentityClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of, json_object, scheme_of


class SigningIn:
    def __init__(self, identity: IdentityClient, clock: Clock, instance: str) -> None:
        self._identity = identity
        self._clock = clock
        self._passport = f"matinee-{instance}"
        self._session = f"matinee-{instance}-session"

    async def welcome(self, request: Request) -> Response:
        state = await self._identity.welcome(WelcomeRequest(), call_of(request, self._clock))
        return JSONResponse({"first": state.first}, headers={"cache-control": "no-store"})

    async def sign_up(self, request: Request) -> Response:
        session = await self._identity.sign_up(await _credentials(request), call_of(request, self._clock))
        return self._welcomed(request, session, 201)

    async def sign_in(self, request: Request) -> Response:
        session = await self._identity.sign_in(await _credentials(request), call_of(request, self._clock))
        return self._welcomed(request, session, 200)

    async def renew(self, request: Request) -> Response:
        renewal = Renewal(session_secret=request.cookies.get(self._session, ""))
        session = await self._identity.renew(renewal, call_of(request, self._clock))
        response = Response(status_code=204)
        self._keep(request, response, session)
        return response

    async def pick(self, request: Request) -> Response:
        """Who watches on this browser from now on; "" asks again."""
        profile_id = (await json_object(request)).get("profile")
        if not isinstance(profile_id, str):
            raise Refused("invalid", "That could not be read.", 'Send the profile\'s id as text, or "" to be asked again.')
        pick = Pick(session_secret=request.cookies.get(self._session, ""), profile_id=profile_id)
        session = await self._identity.pick_profile(pick, call_of(request, self._clock))
        response = Response(status_code=204)
        self._keep(request, response, session)
        return response

    async def sign_out(self, request: Request) -> Response:
        renewal = Renewal(session_secret=request.cookies.get(self._session, ""))
        await self._identity.sign_out(renewal, call_of(request, self._clock))
        response = Response(status_code=204)
        response.delete_cookie(self._passport, path="/")
        response.delete_cookie(self._session, path="/auth")
        return response

    def _welcomed(self, request: Request, session: Session, status: int) -> Response:
        response = JSONResponse({"email": session.account.email, "operator": session.account.operator}, status)
        self._keep(request, response, session)
        return response

    def _keep(self, request: Request, response: Response, session: Session) -> None:
        now_ms, secure = self._clock.now_ms(), scheme_of(request) == "https"
        passport_s = (session.passport_until_ms - now_ms) // 1000
        session_s = (session.session_until_ms - now_ms) // 1000
        response.set_cookie(
            self._passport, session.passport, max_age=passport_s, path="/", httponly=True, samesite="lax", secure=secure
        )
        response.set_cookie(
            self._session, session.session_secret, max_age=session_s, path="/auth", httponly=True, samesite="lax", secure=secure
        )
        response.headers["cache-control"] = "no-store"


async def _credentials(request: Request) -> Credentials:
    asked = await json_object(request)
    email, password = asked.get("email"), asked.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        raise Refused("invalid", "That could not be read.", "Send an email and a password, both as text.")
    return Credentials(email=email, password=password)
