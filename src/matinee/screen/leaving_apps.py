"""Apps that an account let in, and the way out: one is taken back, or wants its person signed out here, too.

`/oauth/logout` is where apps send people for that (OpenID Connect RP-Initiated Logout); the page asks by `/auth/apps/leave`,
with the cookie of the session, and that ends it.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from matinee.contracts.identity_pb2 import Renewal
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.oauth_pb2 import AppAsked, AppTaken, LetIn, LetInList, OauthForm
from matinee.contracts.oauth_rpc import OauthClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of, json_object
from matinee.screen.cookies import Cookies
from matinee.screen.letting_in import UNKEPT, person_of, query_of, session_of
from matinee.screen.oauth import fields_of
from matinee.screen.pages import Pages


class LeavingApps:
    def __init__(self, oauth: OauthClient, identity: IdentityClient, clock: Clock, pages: Pages, cookies: Cookies) -> None:
        self._oauth = oauth
        self._identity = identity
        self._clock = clock
        self._pages = pages
        self._cookies = cookies

    def routes(self) -> list[Route]:
        return [
            Route("/auth/apps", self.let_in, methods=["GET"]),
            Route("/auth/apps/take-back", self.take_back, methods=["POST"]),
            Route("/auth/apps/leave", self.leave, methods=["POST"]),
            Route("/oauth/logout", self.arrive, methods=["GET", "POST"]),
        ]

    async def let_in(self, request: Request) -> Response:
        call = call_of(request, self._clock)
        person = person_of(await session_of(request, self._identity, self._cookies, call))
        return _said(await self._oauth.list_let_in(person, call.by_house("door")))

    async def take_back(self, request: Request) -> Response:
        client_id, call = (await json_object(request)).get("id"), call_of(request, self._clock)
        if not isinstance(client_id, str):
            raise Refused("invalid", "That could not be read.", 'Send "id", the one that the list says.')
        person = person_of(await session_of(request, self._identity, self._cookies, call))
        return _said(await self._oauth.take_back(AppTaken(person=person, client_id=client_id), call.by_house("door")))

    async def arrive(self, request: Request) -> Response:
        if request.method == "POST":
            return RedirectResponse(f"/oauth/logout?{await query_of(request)}", 303, UNKEPT)
        return self._pages.index(request)

    async def leave(self, request: Request) -> Response:
        """Signs out, where an ID token says who wants it or the person is `sure`; else says what to ask them."""
        body, call = await json_object(request), call_of(request, self._clock)
        query, sure = body.get("query"), body.get("sure")
        if not isinstance(query, str) or not isinstance(sure, bool):
            raise Refused("invalid", "That could not be read.", 'Send "query", what the app asked, and "sure", true or false.')
        session = await session_of(request, self._identity, self._cookies, call)
        asked = AppAsked(form=OauthForm(fields=fields_of(query.removeprefix("?"))), person=person_of(session))
        leaving = await self._oauth.leave(asked, call.by_house("door"))
        told = {"app": leaving.app, "email": session.account.email, "leadsTo": leaving.leads_to}
        if leaving.ask and not sure:
            return JSONResponse({"ask": True, "go": "", **told}, headers=UNKEPT)
        await self._identity.sign_out(Renewal(session_secret=self._cookies.secret(request)), call)
        return self._cookies.forget(JSONResponse({"ask": False, "go": leaving.address, **told}, headers=UNKEPT))


def _said(let_in: LetInList) -> Response:
    return JSONResponse({"apps": [_shown(each) for each in let_in.apps]}, headers=UNKEPT)


def _shown(each: LetIn) -> dict[str, object]:
    return {
        "id": each.client_id,
        "name": each.app,
        "scopes": list(each.scopes),
        "profiles": list(each.profile_names),
        "sinceMs": each.since_ms,
        "usedMs": each.used_ms,
    }
