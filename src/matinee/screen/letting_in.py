"""A person at the door with an app that wants in: its request, the page that asks, and their answer.

`/oauth/authorize` is where apps send people; the page there asks by `/auth/apps/…`, with the cookie of the session that no other
path is given. An app itself, whatever token it has, can say yes to nothing.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from matinee.contracts.identity_pb2 import Renewal, Session
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.oauth_pb2 import AppAsked, AppDecided, AppQuestion, OauthForm, Person
from matinee.contracts.oauth_rpc import OauthClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.screen.asking import STATUS, call_of, json_object
from matinee.screen.cookies import Cookies
from matinee.screen.oauth import FORM, UNREADABLE, fields_of, form_of
from matinee.screen.pages import Pages

UNKEPT = {"cache-control": "no-store"}
LONGEST_CODE = 40


class LettingIn:
    def __init__(self, oauth: OauthClient, identity: IdentityClient, clock: Clock, pages: Pages, cookies: Cookies) -> None:
        self._oauth = oauth
        self._identity = identity
        self._clock = clock
        self._pages = pages
        self._cookies = cookies

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/authorize", self.arrive, methods=["GET", "POST"]),
            Route("/auth/apps/ask", self.ask, methods=["POST"]),
            Route("/auth/apps/decide", self.decide, methods=["POST"]),
        ]

    async def arrive(self, request: Request) -> Response:
        """Somebody whom an app has sent. A mistake of the app's is told to it at once; else the page asks."""
        if request.method == "POST":
            # By a form (OpenID Connect Core, 3.1.2.1): what it says goes into the address, where the page reads it.
            return RedirectResponse(f"/oauth/authorize?{await query_of(request)}", 303, UNKEPT)
        try:
            onward = (await self._oauth.examine(await form_of(request), call_of(request, self._clock))).address
        except Refused as refused:
            page = self._pages.index(request)
            page.status_code = STATUS.get(refused.kind, 400)
            return page
        return RedirectResponse(onward, 303, UNKEPT) if onward else self._pages.index(request)

    async def ask(self, request: Request) -> Response:
        """What to ask the person about an app's request, as the page found it in its address, or about a television's code."""
        asked, _ = await self._asked(request)
        call = call_of(request, self._clock).by_house("door")
        question = await (self._oauth.ask_for_device if asked.user_code else self._oauth.ask)(asked, call)
        return JSONResponse(_shown(question), headers=UNKEPT)

    async def decide(self, request: Request) -> Response:
        """What they said, and about which profile: another may have been picked in another window meanwhile."""
        asked, body = await self._asked(request)
        allow, profile = body.get("allow"), body.get("profile")
        if not isinstance(allow, bool) or not isinstance(profile, str):
            raise Refused("invalid", "That could not be read.", 'Send "allow", true or false, and "profile", the id shown.')
        if allow and profile != asked.person.profile_id:
            raise Refused("taken", "Somebody else is watching now.", "Look once more at whom the app will watch as.")
        decided, call = AppDecided(asked=asked, allowed=allow), call_of(request, self._clock).by_house("door")
        onward = await (self._oauth.decide_for_device if asked.user_code else self._oauth.decide)(decided, call)
        return JSONResponse({"go": onward.address}, headers=UNKEPT)

    async def _asked(self, request: Request) -> tuple[AppAsked, dict[str, object]]:
        body = await json_object(request)
        query, code = body.get("query", ""), body.get("code", "")
        if not isinstance(query, str) or not isinstance(code, str) or bool(query) == bool(code):
            raise Refused("invalid", "That could not be read.", 'Send "query", what the app asked, or "code", as it is shown.')
        form = OauthForm(fields=fields_of(query.removeprefix("?")))
        session = await session_of(request, self._identity, self._cookies, call_of(request, self._clock))
        return AppAsked(form=form, user_code=code[:LONGEST_CODE], person=person_of(session)), body


async def query_of(request: Request) -> str:
    """A form that was posted, as it would stand in an address."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UNREADABLE
    return (await request.body()).decode("latin-1").replace("\n", "").replace("\r", "")


async def session_of(request: Request, identity: IdentityClient, cookies: Cookies, call: Call) -> Session:
    """Theirs; an empty one when there is none."""
    secret = cookies.secret(request)
    if not secret:
        return Session()
    try:
        return await identity.renew(Renewal(session_secret=secret), call)
    except Refused as refused:
        if refused.kind == "unauthenticated":
            return Session()
        raise


def person_of(session: Session) -> Person:
    account_id = session.account.account_id
    return Person(account_id=account_id, profile_id=session.profile_id, signed_in_ms=session.signed_in_ms)


def _shown(question: AppQuestion) -> dict[str, object]:
    return {
        "go": question.onward,
        "signIn": question.sign_in,
        "app": question.app,
        "leadsTo": question.leads_to,
        "scopes": list(question.scopes),
        "email": question.email,
        "profile": {"id": question.profile_id, "name": question.profile_name, "avatar": question.avatar},
        "code": question.user_code,
    }
