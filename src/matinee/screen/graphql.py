"""One GraphQL request in, one answer out. What goes wrong inside is logged here and told to nobody outside."""

import asyncio
from typing import cast

import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused, Unavailable
from matinee.screen.app_scopes import closed_to
from matinee.screen.asking import authority_of, call_of, json_object, scheme_of
from matinee.screen.device import device_name
from matinee.screen.documents import UNREADABLE, Documents
from matinee.screen.schema import SCHEMA
from matinee.screen.schema.viewing import TOO_MUCH, Asker, Desks, Viewing

log = structlog.get_logger("door")
SHAPE = SCHEMA._schema  # pyright: ignore[reportPrivateUsage] # by which questions are answered, as graphql-core has it
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
        _within_scopes(request.headers.get("x-matinee-scope"), text)
        viewing = Viewing(asker, self._desks, call_of(request, self._clock))
        variables = cast("dict[str, object]", variables)
        try:
            result = await SCHEMA.execute(text, variable_values=variables, context_value=viewing, operation_name=operation)
        except asyncio.CancelledError:
            # Unless it is we who are cancelled: one part was too much, and ended others that all were waiting for.
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            raise TOO_MUCH from None
        body: dict[str, object] = {"data": result.data}
        if viewing.without:
            body["extensions"] = {"without": sorted(viewing.without)}
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


def _within_scopes(scopes: str | None, text: str) -> None:
    """Refuses what the app that asks was not let do; our own pages come with a passport, which says nothing of scopes."""
    if scopes is None:
        return
    try:
        closed = closed_to(scopes, text, SHAPE)
    except GraphQLError as error:
        raise Refused("invalid", "That could not be read.", error.message) from error
    if closed:
        reason = f"{closed} is not what this app was let do (it may: {scopes}); some things are for the house's own pages only."
        raise Refused("forbidden", "Not with this app.", reason)


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
