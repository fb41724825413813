"""The door's routes, told as OpenAPI 3.1: what each is sent, and what it answers. Printed by `matinee schema --openapi`.

The tests hold it against the running house: a route that is not here, a body that is read otherwise, a status, a type or a shape
that is not told here, fails them (tests/security/answers.py). Tells, and does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
JSON, FORM, HTML, SVG = "application/json", "application/x-www-form-urlencoded", "text/html", "image/svg+xml"
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
USE: Schema = {"type": "string", "enum": ["sign-in", "confirm", "add"]}
FACTS: Schema = {"type": "array", "items": {"type": "object"}}
"""As src/matinee/screen/told_facts.py has them."""
ANSWER: Schema = {"anyOf": [TEXT, {"type": "object"}]}
"""What a browser's passkey said, as an object or as its text."""
KNOWN: Mapping[str, Schema] = {"allow": FLAG, "use": USE, "answer": ANSWER, "sure": FLAG} | {
    "sentAt": {"type": "integer"},
    "ledger": FACTS,
    "telemetry": FACTS,
}
"""What is no text."""
REFUSAL: Schema = {
    "type": "object",
    "required": ["title", "reason"],
    "properties": {"title": TEXT, "reason": TEXT, "field": TEXT, "retryAt": {"type": "string", "format": "date-time"}},
    "additionalProperties": False,
}
OAUTH_ERROR: Schema = {"type": "object", "required": ["error"], "properties": {"error": TEXT, "error_description": TEXT}}
MEANS = {
    400: "It could not be read, or is not what is asked for.",
    401: "Signed out.",
    403: "Not theirs to ask, or asked by another site's page.",
    404: "There is no such thing.",
    409: "It is taken, or nobody has said who watches.",
    410: "It is used up, or too late.",
    413: "Too large.",
    429: "Tried too often.",
}
WRITE = (400, 403, 413, 429)
"""What is refused of whatever is written: the body, another site's page, its size, the number of tries."""


@dataclass(frozen=True)
class Told:
    """`needs` and `may` are the names in the body; `good` is what comes back by its status, "" where that has no body."""

    what: str
    good: Mapping[int, str]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    no: tuple[int, ...] = ()
    body: str = ""
    refusals: Schema = field(default_factory=lambda: REFUSAL)


def _keys(what: str, *needs: str, no: tuple[int, ...] = (401,), **more: Any) -> Told:
    """Of ways in: all that is sent is text, and the answer is the keyring as it stands."""
    return Told(
        what, more.pop("good", {200: JSON}), needs, no=(*WRITE, *no), body=JSON if needs or more.get("may") else "", **more
    )


def _form(what: str, *may: str) -> Told:
    """What apps send, and hear in the words of their standard."""
    return Told(what, {200: JSON}, may=may, no=(400, 401, 413, 429), body=FORM, refusals=OAUTH_ERROR)


ROUTES: Mapping[str, Told] = {
    "POST /graphql": Told(
        "The API of the house's own pages; its schema is printed by `matinee schema`.",
        {200: JSON},
        may=("query", "documentId", "operationName"),
        no=(*WRITE, 401),
        body=JSON,
    ),
    "GET /auth/welcome": Told("Whether the house has no account yet.", {200: JSON}),
    "GET /auth/plans": Told("The plans on offer.", {200: JSON}),
    "POST /auth/sign-up": _keys("An account, and in.", "email", "password", may=("country",), good={201: JSON}, no=(409,)),
    "POST /auth/sign-in": _keys("In; or a ticket, where a code is asked for.", "email", "password", may=("country",)),
    "POST /auth/code": _keys("The second step.", "ticket", "code", no=(401, 410)),
    "POST /auth/pick": _keys("Who watches.", "profile", may=("pin", "password"), good={204: ""}, no=(401, 409)),
    "POST /auth/renew": _keys("A fresh passport.", good={204: ""}),
    "POST /auth/sign-out": _keys("Out.", good={204: ""}, no=()),
    "GET /auth/keys": Told("Ways in, and devices.", {200: JSON}, no=(401, 403)),
    "POST /auth/confirm": _keys("Shows again who one is.", may=("password", "answer"), good={204: ""}, no=(401, 410)),
    "POST /auth/passkey/ask": _keys("What to ask a passkey.", "use"),
    "POST /auth/passkey/sign-in": _keys("In, by a passkey.", "answer", no=(401, 410)),
    "POST /auth/passkey/add": _keys("One more.", "answer", "name", no=(401, 409, 410)),
    "POST /auth/passkey/rename": _keys("Another name.", "id", "name", no=(401, 404)),
    "POST /auth/passkey/remove": _keys("One less.", "id"),
    "POST /auth/devices/end": _keys('Signs one out, or with "" every other one.', "id"),
    "POST /auth/codes/begin": _keys("A secret for one-time codes, not yet asked for.", no=(401, 409)),
    "POST /auth/codes/confirm": _keys("From now on they are asked for.", "code", no=(401, 409, 410)),
    "POST /auth/codes/remove": _keys("No longer."),
    "POST /auth/password": _keys("Another one; everybody else is signed out.", "password", "newPassword", good={204: ""}),
    "POST /auth/letters/email": _keys("A letter that proves an address.", "email", good={202: JSON}),
    "POST /auth/letters/reset": _keys("A letter to who forgot their password.", "email", good={202: JSON}, no=()),
    "POST /auth/verify": _keys("The word of such a letter.", "proof", no=(409, 410)),
    "POST /auth/reset": _keys("The word of such a letter.", "proof", "newPassword", no=(410,)),
    "POST /auth/apps/ask": _keys("What an app wants.", may=("query", "code"), no=(401, 404, 410)),
    "POST /auth/apps/decide": _keys("Yes or no.", "allow", "profile", may=("query", "code"), no=(401, 404, 409, 410)),
    "GET /auth/apps": Told("The apps one let in.", {200: JSON}, no=(401, 403)),
    "POST /auth/apps/take-back": _keys("One of them no longer.", "id"),
    "POST /auth/apps/leave": _keys("Out of here, as an app wants.", "query", "sure"),
    "GET /oauth/logout": Told("Where apps send people to sign out.", {200: HTML}, query=("client_id", "id_token_hint")),
    "POST /oauth/logout": Told("The same, by a form.", {303: ""}, may=("client_id",), no=(400, 413, 429), body=FORM),
    "GET /oauth/authorize": Told("Where apps send people.", {200: HTML, 303: "", 400: HTML}, query=("client_id", "redirect_uri")),
    "POST /oauth/authorize": Told("The same, by a form.", {303: ""}, may=("client_id",), no=(400, 413, 429), body=FORM),
    "POST /oauth/token": _form("A token.", "grant_type", "client_id", "code", "refresh_token", "device_code", "redirect_uri"),
    "POST /oauth/device_authorization": _form("A code for a television.", "client_id", "scope"),
    "POST /oauth/revoke": _form("A token ends.", "token", "client_id"),
    "POST /oauth/introspect": _form("What a token is.", "token", "client_id"),
    "GET /oauth/userinfo": Told("Whose token it is.", {200: JSON, 401: ""}, no=(403,), refusals=OAUTH_ERROR),
    "POST /oauth/userinfo": Told("Whose token it is.", {200: JSON, 401: ""}, no=(403,), refusals=OAUTH_ERROR),
    "GET /oauth/jwks": Told("The keys that sign tokens.", {200: JSON}),
    "GET /oauth/qr.svg": Told("The way to a television's code, as a picture.", {200: SVG}, query=("code",), no=(400,)),
    "GET /.well-known/openid-configuration": Told("What apps may ask.", {200: JSON}),
    "GET /.well-known/oauth-authorization-server": Told("The same.", {200: JSON}),
    "GET /play/{view}/manifest.mpd": Told("A view's film, as DASH.", {200: "application/dash+xml"}, no=(401, 403, 404, 410)),
    "GET /play/{view}/master.m3u8": Told("As HLS.", {200: "application/vnd.apple.mpegurl"}, no=(401, 403, 404, 410)),
    "GET /play/{view}/steering.json": Told("Which box is best.", {200: JSON}, no=(404,)),
    "POST /beacons": Told(
        "What a player or a page tells of itself, in numbered batches; the numbers up to which it was taken come back.",
        {200: JSON},
        ("producer", "profile"),
        ("app", "network", "sentAt", "ledger", "telemetry"),
        no=(*WRITE, 401, 409),
        body=JSON,
    ),
    "POST /hooks/payments": Told("What the payment provider tells, signed.", {204: ""}, no=(400, 403, 413, 429), body="*/*"),
    "GET /account/invoices/{number}.{form}": Told("One's own.", {200: HTML}, no=(401, 404)),
    "GET /account/activity.csv": Told("What the profile watched.", {200: "text/csv"}, no=(401, 403, 409)),
    "POST /letters/unsubscribe": Told(
        "No more letters of a kind.", {204: ""}, may=("word",), query=("word",), no=(*WRITE, 404, 410), body=JSON
    ),
    "GET /letters/read/{letter}": Told("A letter, for the operator.", {200: HTML}, no=(401, 403, 404)),
    "GET /operator/figures/live": Told(
        "How films play just now, once a second, for the operator.", {200: "text/event-stream"}, no=(401, 403, 429)
    ),
    "GET /ready": Told("Whether a film could be played.", {200: JSON}),
    "GET /assets/{file}": Told("The web app's files.", {200: "*/*", 404: "text/plain"}),
    "GET /{path}": Told("The web app.", {200: HTML}),
}


def openapi(routes: Mapping[str, Told], house: str = "/") -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route, told in routes.items():
        method, path = route.split()
        paths.setdefault(path, {})[method.lower()] = _operation(path, told)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Matinee", "version": "1", "description": "What the front door answers besides GraphQL's fields."},
        "servers": [{"url": house}],
        "paths": paths,
    }


def _operation(path: str, told: Told) -> dict[str, Any]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    given = [{"name": name, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}} for name in names]
    asked = [{"name": name, "in": "query", "schema": TEXT} for name in told.query]
    answers = {str(status): _answer("Done.", kind) for status, kind in told.good.items()}
    # A path that nobody could mean, such as one with a backslash, the front door refuses itself.
    answers |= {"400": _answer(MEANS[400], JSON, REFUSAL)} if names else {}
    answers |= {str(status): _answer(MEANS[status], JSON, told.refusals) for status in told.no}
    body = {"requestBody": {"content": {told.body: {"schema": _body(told)}}, "required": bool(told.needs)}} if told.body else {}
    return {"summary": told.what, "parameters": [*given, *asked], **body, "responses": answers}


def _body(told: Told) -> Schema:
    if told.body == "*/*":
        return {}
    names = (*told.needs, *told.may)
    return {"type": "object", "required": list(told.needs), "properties": {name: KNOWN.get(name, TEXT) for name in names}}


def _answer(means: str, kind: str, schema: Schema | None = None) -> dict[str, Any]:
    return {"description": means, **({"content": {kind: {"schema": schema or {}}}} if kind else {})}
