"""What apps ask the door over HTTP, without anybody watching: `/oauth/…` and `/.well-known/…`.

No cookie counts here, so pages of other sites may ask, too: of those that belong to a registered web app the scripts may also
read the answer. The words are the standards'; the service `oauth` says them.
"""

import io
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from matinee.contracts.oauth_pb2 import Bearer, DiscoverRequest, OauthAnswer, OauthField, OauthForm, PublicKeysRequest, WebOrigin
from matinee.contracts.oauth_rpc import OauthClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.screen.asking import call_of

KEPT = "public, max-age=300"
"""How long keys and addresses may be kept by whoever read them; keys are published a month before they count."""
MOST_FIELDS = 50
FORM = "application/x-www-form-urlencoded"
CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
UNREADABLE = Refused("invalid", "That could not be read.", f"Send a form ({FORM}).")
Endpoint = Callable[[Request], Awaitable[Response]]


class OauthDoor:
    def __init__(self, oauth: OauthClient, clock: Clock, issuer: str) -> None:
        self._oauth = oauth
        self._clock = clock
        self._issuer = issuer

    def routes(self) -> list[Route]:
        oauth = self._oauth
        asked = {
            "/oauth/token": oauth.token,
            "/oauth/device_authorization": oauth.authorize_device,
            "/oauth/revoke": oauth.revoke,
            "/oauth/introspect": oauth.introspect,
        }
        documents = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"
        return [
            *(self._route(path, ["GET"], self._discovery) for path in documents),
            self._route("/oauth/jwks", ["GET"], self._keys),
            self._route("/oauth/userinfo", ["GET", "POST"], self._userinfo),
            *(self._route(path, ["POST"], self._form(ask)) for path, ask in asked.items()),
            Route("/oauth/qr.svg", self._qr, methods=["GET"]),
        ]

    async def _discovery(self, request: Request) -> Response:
        return _told(await self._oauth.discover(DiscoverRequest(), call_of(request, self._clock)), KEPT)

    async def _keys(self, request: Request) -> Response:
        return _told(await self._oauth.public_keys(PublicKeysRequest(), call_of(request, self._clock)), KEPT)

    async def _userinfo(self, request: Request) -> Response:
        """The token comes in the header only: addresses are written down on the way (RFC 9700, 4.3.2)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = Bearer(token=token.strip() if scheme.lower() == "bearer" else "")
        return _told(await self._oauth.userinfo(bearer, call_of(request, self._clock)))

    def _form(self, ask: Callable[[OauthForm, Call], Awaitable[OauthAnswer]]) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                form = await form_of(request)
            except Refused as refused:
                return JSONResponse({"error": "invalid_request", "error_description": refused.reason}, 400)
            return _told(await ask(form, call_of(request, self._clock)))

        return answer

    async def _qr(self, request: Request) -> Response:
        """The way to the page for televisions, with the code in it, as a picture for a screen that can only show one."""
        code = request.query_params.get("code", "")
        if not CODE.fullmatch(code):
            raise Refused("invalid", "That is no code.", "Send the user_code you were given.", field="code")
        # "M" mends what a curved or shining screen hides.
        picture = segno.make(f"{self._issuer}/activate?code={code}", error="m", micro=False)
        content = io.BytesIO()
        picture.save(content, kind="svg", scale=8, border=4, dark="#0b090a", light="#fbf3e6", xmldecl=False)
        return Response(content.getvalue(), headers={"cache-control": "public, max-age=900"}, media_type="image/svg+xml")

    def _route(self, path: str, methods: list[str], endpoint: Endpoint) -> Route:
        """With what a browser must hear before it lets another site's script read the answer (CORS)."""

        async def answered(request: Request) -> Response:
            origin = request.headers.get("origin", "")
            preflight = request.method == "OPTIONS"
            response = Response(status_code=204) if preflight else await endpoint(request)
            response.headers["vary"] = "origin"
            if origin and (await self._oauth.welcomes(WebOrigin(origin=origin), call_of(request, self._clock))).welcome:
                response.headers["access-control-allow-origin"] = origin
                if preflight:
                    response.headers["access-control-allow-methods"] = ", ".join(methods)
                    response.headers["access-control-allow-headers"] = "authorization, content-type"
                    response.headers["access-control-max-age"] = "600"
            return response

        return Route(path, answered, methods=[*methods, "OPTIONS"])


async def form_of(request: Request) -> OauthForm:
    """What came, field by field; of a GET what stands in the address."""
    if request.method == "GET":
        text = request.url.query
    elif request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UNREADABLE
    else:
        text = (await request.body()).decode("latin-1")
    return OauthForm(fields=fields_of(text), authorization=request.headers.get("authorization", ""))


def fields_of(text: str) -> list[OauthField]:
    try:
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise UNREADABLE from error
    if any("\0" in text for pair in found for text in pair):
        raise UNREADABLE
    return [OauthField(name=name, value=value) for name, value in found]


def _told(answer: OauthAnswer, kept: str = "no-store") -> Response:
    headers = {"cache-control": kept, **({"www-authenticate": answer.challenge} if answer.challenge else {})}
    return Response(answer.body, answer.status, headers, media_type="application/json" if answer.body else None)
