"""One GraphQL request in, one answer out. What goes wrong inside is logged here and told to nobody outside."""

from typing import cast

import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused, Unavailable
from matinee.screen.asking import authority_of, call_of, json_object, scheme_of
from matinee.screen.device import device_name
from matinee.screen.documents import UNREADABLE, Documents
from matinee.screen.schema import SCHEMA
from matinee.screen.schema.viewing import Asker, Desks, Viewing

log = structlog.get_logger("door")
SIGN_IN = Refused("unauthenticated", "You are signed out.", "Sign in to go on watching.")


class GraphqlEndpoint:
    def __init__(self, clock: Clock, desks: Desks, documents: Documents) -> None:
        self._clock = clock
        self._desks = desks
        self._documents = documents

    async def answer(self, request: Request) -> Response:
        asker = _asker(request)
        asked = await json_object(request)
        text, operation = self._documents.text_of(asked), asked.get("operationName")
        variables: object = asked.get("variables") or {}
        if not isinstance(variables, dict) or not isinstance(operation, str | None):
            raise UNREADABLE
        viewing = Viewing(asker, self._desks, call_of(request, self._clock))
        variables = cast("dict[str, object]", variables)
        result = await SCHEMA.execute(text, variable_values=variables, context_value=viewing, operation_name=operation)
        body: dict[str, object] = {"data": result.data}
        if result.errors:
            body["errors"] = [_told(error, viewing.call.trace_id) for error in result.errors]
        refused = next((e.original_error for e in result.errors or () if isinstance(e.original_error, Refused)), None)
        if refused and refused.kind == "unauthenticated":
            raise refused
        return JSONResponse(body, headers={"cache-control": "no-store"})


def _asker(request: Request) -> Asker:
    """Who asks, from what the front door has read in their passport."""
    headers = request.headers
    if not headers.get("x-matinee-account"):
        raise SIGN_IN
    return Asker(
        account_id=headers["x-matinee-account"],
        profile_id=headers.get("x-matinee-profile", ""),
        operator=headers.get("x-matinee-role") == "operator",
        scheme=scheme_of(request),
        host=authority_of(request),
        device=device_name(headers.get("user-agent", "")),
    )


def _told(error: GraphQLError, trace_id: str) -> dict[str, object]:
    """An error as the browser sees it: a refusal's own words, a bad question's fault, and nothing of our insides."""
    cause = error.original_error
    if isinstance(cause, Refused):
        return {"message": f"{cause.title} {cause.reason}", "path": error.path, "extensions": {"kind": cause.kind}}
    if cause is None:
        return {"message": error.message, "extensions": {"kind": "invalid"}}
    kind = "unavailable" if isinstance(cause, Unavailable) else "broken"
    log.error("resolver failed", trace_id=trace_id, path=error.path, exc_info=cause)
    message = f"A part of the house is not answering. Try again in a moment. ({trace_id})"
    return {"message": message, "path": error.path, "extensions": {"kind": kind}}
