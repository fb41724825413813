"""What a request says of who asks and from where, and how a refusal goes back."""

import json
import re
import uuid
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, DeadlineExceeded, Refused

ANSWER_WITHIN_S = 10.0
STATUS = {
    "invalid": 400,
    "unauthenticated": 401,
    "lapsed": 402,
    "forbidden": 403,
    "missing": 404,
    "taken": 409,
    "gone": 410,
    "large": 413,
    "no_profile": 409,
    "busy": 429,
    "not_yet": 503,
}
HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.\-]{1,253})(:\d{1,5})?")
NO_LETTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
HOOKS = "/hooks/payments"
"""Where the payment provider posts what happened: signed, and from no page."""
TRACE_ID = re.compile(r"[\w-]{1,64}")


def call_of(request: Request, clock: Clock) -> Call:
    given = request.headers.get("x-request-id", "")
    trace_id = given if TRACE_ID.fullmatch(given) else uuid.uuid4().hex
    deadline_s = clock.monotonic_s() + ANSWER_WITHIN_S
    return Call(trace_id, "door", deadline_s, passport=passport_of(request), address=address_of(request))


def passport_of(request: Request) -> str:
    """What the front door has checked, as it was shown; empty where it was not asked to look."""
    if not request.headers.get("x-matinee-account"):
        return ""
    if "x-matinee-scope" in request.headers:
        return request.headers.get("authorization", "").removeprefix("Bearer ")
    return request.cookies.get(request.app.state.passport_cookie, "")


def address_of(request: Request) -> str:
    """Where the viewer is, as the front door saw it."""
    return request.headers.get("x-matinee-address", "")


def scheme_of(request: Request) -> str:
    return "https" if request.headers.get("x-forwarded-proto") == "https" else "http"


def authority_of(request: Request) -> str:
    """The host the viewer used, with its port; "localhost" when the header is no host."""
    given = request.headers.get("host", "")
    return given if HOST.fullmatch(given) else "localhost"


def host_of(request: Request) -> str:
    """The host the viewer used, without its port; "localhost" when the header is not one."""
    match = HOST.fullmatch(request.headers.get("host", ""))
    return match[1] if match else "localhost"


async def json_object(request: Request) -> dict[str, object]:
    """The body as a JSON object, or Refused."""
    try:
        body: object = await request.json()
        # Half a letter ("\ud800") is JSON and no text: it could be neither kept nor sent on. PostgreSQL keeps no "\u0000".
        has_none = NO_LETTER.search(json.dumps(body, ensure_ascii=False).encode())
    except (ValueError, RecursionError):
        body, has_none = None, None
    if not isinstance(body, dict) or has_none:
        raise Refused("invalid", "That could not be read.", "Send a JSON object.")
    return {str(key): value for key, value in body.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # json is untyped


async def refusal(request: Request, error: Exception) -> Response:
    return said_no(error)


def said_no(error: Exception) -> Response:
    """A refusal or a missing part, as JSON a page can show."""
    if isinstance(error, Refused):
        body = {"title": error.title, "reason": error.reason}
        if error.field:
            body["field"] = error.field
        if error.until_ms:
            body["retryAt"] = datetime.fromtimestamp(error.until_ms / 1000, UTC).isoformat()
        return JSONResponse(body, STATUS.get(error.kind, 400))
    status = 504 if isinstance(error, DeadlineExceeded) else 503
    return JSONResponse({"title": "A part of the house is not answering.", "reason": "Try again in a moment."}, status)


FOREIGN = Refused("forbidden", "That came from another site.", "Open Matinee itself and try there.")
WITHOUT_COOKIES = ("/oauth/", HOOKS)
"""What is below is answered by what it carries itself, to whatever page: no cookie counts there."""


class SameOriginWrites:
    """Refuses a write that another site's page sent: browsers say where a POST comes from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD", "OPTIONS"} and not _without_cookies(scope):
            headers = Headers(scope=scope)
            if from_another_site(headers.get("origin"), headers.get("host", ""), headers.get("sec-fetch-site", "")):
                await said_no(FOREIGN)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def from_another_site(origin: str | None, host: str, fetch_site: str) -> bool:
    """By what browsers say in the headers Origin, Host and Sec-Fetch-Site."""
    return (origin is not None and origin.partition("://")[2] != host) or fetch_site in {"cross-site", "same-site"}


def _without_cookies(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(WITHOUT_COOKIES)
