"""Signing up, in and out over HTTP."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.contracts.identity_pb2 import Credentials, Pick, Renewal, Session, WelcomeRequest
from matinee.contracts.identity_rpc import IdentityClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of, json_object
from matinee.screen.cookies import Cookies


class SigningIn:
    def __init__(self, identity: IdentityClient, clock: Clock, cookies: Cookies) -> None:
        self._identity = identity
        self._clock = clock
        self._cookies = cookies

    async def welcome(self, request: Request) -> Response:
        state = await self._identity.welcome(WelcomeRequest(), call_of(request, self._clock))
        return JSONResponse({"first": state.first}, headers={"cache-control": "no-store"})

    async def sign_up(self, request: Request) -> Response:
        session = await self._identity.sign_up(await self._credentials(request), call_of(request, self._clock))
        return welcomed(self._cookies, request, session, 201)

    async def sign_in(self, request: Request) -> Response:
        session = await self._identity.sign_in(await self._credentials(request), call_of(request, self._clock))
        return welcomed(self._cookies, request, session)

    async def renew(self, request: Request) -> Response:
        renewal = Renewal(session_secret=self._cookies.secret(request), arrival=self._cookies.arrival(request))
        session = await self._identity.renew(renewal, call_of(request, self._clock))
        return self._cookies.keep(request, Response(status_code=204), session)

    async def pick(self, request: Request) -> Response:
        """Who watches on this browser from now on; "" asks again."""
        asked = await json_object(request)
        profile_id, pin, password = asked.get("profile"), asked.get("pin", ""), asked.get("password", "")
        if not (isinstance(profile_id, str) and isinstance(pin, str) and isinstance(password, str)):
            raise Refused("invalid", "That could not be read.", 'Send the profile\'s id as text, or "" to be asked again.')
        pick = Pick(session_secret=self._cookies.secret(request), profile_id=profile_id, pin=pin, password=password)
        session = await self._identity.pick_profile(pick, call_of(request, self._clock))
        return self._cookies.keep(request, Response(status_code=204), session)

    async def sign_out(self, request: Request) -> Response:
        renewal = Renewal(session_secret=self._cookies.secret(request))
        await self._identity.sign_out(renewal, call_of(request, self._clock))
        return self._cookies.forget(Response(status_code=204))

    async def _credentials(self, request: Request) -> Credentials:
        asked = await json_object(request)
        email, password, country = asked.get("email"), asked.get("password"), asked.get("country", "")
        if not (isinstance(email, str) and isinstance(password, str) and isinstance(country, str)):
            raise Refused("invalid", "That could not be read.", "Send an email and a password, both as text.")
        return Credentials(email=email, password=password, country=country, arrival=self._cookies.arrival(request))


def welcomed(cookies: Cookies, request: Request, session: Session, status: int = 200) -> Response:
    """In; or, with a ticket, as far as the second step."""
    if session.ticket:
        return JSONResponse({"ticket": session.ticket}, headers={"cache-control": "no-store"})
    response = JSONResponse({"email": session.account.email, "operator": session.account.operator}, status)
    return cookies.keep(request, response, session)
