"""The part of Stripe's API that Matinee uses, for whoever has the key. Envoy leads nobody here.

A question that changes something and its answer under its idempotency key are one transaction: whoever asks again, after a
crash or at the same instant, gets that answer and nothing happens twice.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from matinee.members.till import customers, events, intents, refunds, sessions, tables
from matinee.members.till.forms import Form, read_form
from matinee.members.till.tables import Asked, Stamp
from matinee.members.till.wrong import Json, Reply, Wrong, error
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

Doing = Callable[[Asked, str], Reply]

DOES: Mapping[str, Doing] = {
    "customers": customers.create_customer,
    "payment_methods/{id}/attach": customers.attach_method,
    "payment_methods/{id}/detach": customers.detach_method,
    "checkout/sessions": sessions.create,
    "checkout/sessions/{id}/expire": sessions.expire,
    "payment_intents": intents.create,
    "payment_intents/{id}/confirm": intents.confirm,
    "payment_intents/{id}/cancel": intents.cancel,
    "refunds": refunds.create,
    "test_helpers/test_clocks": customers.create_clock,
    "test_helpers/test_clocks/{id}/advance": customers.advance_clock,
    # Not Stripe's: how the till delivers, for tests.
    "test_helpers/deliveries": events.set_delivery_mode,
}
"""What a POST does."""

SHOWS: Mapping[str, str] = {
    "customers": "customer",
    "payment_methods": "payment_method",
    "checkout/sessions": sessions.SESSION,
    "setup_intents": sessions.SETUP,
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "events": "event",
    "test_helpers/test_clocks": customers.CLOCK,
}
"""What a GET shows: one by its id, of the kind on the right."""

LISTS: Mapping[str, str] = {
    "payment_methods": "customer",
    "payment_intents": "customer",
    "refunds": "payment_intent",
    "customers": "test_clock",
    "events": "",
}
"""Which of them are listed, and by whom they may be asked for."""

MOST_KEY = 255


class Api:
    def __init__(self, sql: Sql, clock: Clock, house: str, key: str) -> None:
        self._sql = sql
        self._clock = clock
        self._house = house
        self._key = key

    def routes(self) -> list[BaseRoute]:
        doing = [Route(f"/v1/{path}", self._do(path, what), methods=["POST"]) for path, what in DOES.items()]
        searching = Route("/v1/payment_intents/search", self._look(intents.search), methods=["GET"])
        listing = [Route(f"/v1/{path}", self._look(_lists(path)), methods=["GET"]) for path in LISTS]
        showing = [Route(f"/v1/{path}/{{id}}", self._look(_shows(kind)), methods=["GET"]) for path, kind in SHOWS.items()]
        return [*doing, searching, *listing, *showing]

    def _do(self, path: str, what: Doing) -> Callable[[Request], Any]:
        async def done(request: Request) -> Response:
            body, key = await request.body(), request.headers.get("idempotency-key", "")
            thing_id = request.path_params.get("id", "")
            question = hashlib.sha256(f"{path} {thing_id}\n".encode() + body).hexdigest()
            now_ms, token = self._clock.now_ms(), secrets.token_hex(16)

            def work(db: sa.Connection) -> tuple[Reply, bool]:
                said = tables.kept_answer(db, key, question) if key else None
                if said:
                    return said, True
                form = _form(body)
                reply = what(Asked(db, form, Stamp(now_ms, token), self._house), thing_id)
                reply = Reply(_expanded(db, reply.body, form), reply.status)
                if key:
                    tables.keep_answer(db, key, question, reply, now_ms)
                return reply, False

            if len(key) > MOST_KEY:
                raise Wrong(f"Idempotency-Key: at most {MOST_KEY} characters")
            reply, again = await self._sql.transact(work)
            return JSONResponse(reply.body, reply.status, {"idempotent-replayed": "true"} if again else None)

        return self._for_who_has_the_key(done)

    def _look(self, what: Doing) -> Callable[[Request], Any]:
        async def shown(request: Request) -> Response:
            form = read_form(request.query_params.multi_items())
            stamp = Stamp(self._clock.now_ms(), "")

            def work(db: sa.Connection) -> Json:
                return _expanded(db, what(Asked(db, form, stamp, self._house), request.path_params.get("id", "")).body, form)

            return JSONResponse(await self._sql.read(work))

        return self._for_who_has_the_key(shown)

    def _for_who_has_the_key(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._key.encode()):
                return JSONResponse(error("invalid_request_error", "Invalid API Key provided."), 401)
            try:
                return await answer(request)
            except Wrong as wrong:
                return JSONResponse(wrong.body, wrong.status)

        return answered


def _form(body: bytes) -> Form:
    try:
        return read_form(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
    except ValueError as error:
        raise Wrong("The body is not a form in UTF-8.") from error


def _expanded(db: sa.Connection, thing: Json, form: Form) -> Json:
    """With the objects named in `expand` in the place of their ids."""
    for name in form.listed("expand"):
        kind = name if name in SHOWS.values() else ""
        if kind and isinstance(thing.get(name), str):
            thing = thing | {name: tables.get(db, kind, thing[name])}
    return thing


def _shows(kind: str) -> Doing:
    def show(asked: Asked, thing_id: str) -> Reply:
        thing = tables.get(asked.db, kind, thing_id)
        return Reply(sessions.as_it_is_now(thing, asked.stamp.now_s) if kind == sessions.SESSION else thing)

    return show


def _lists(path: str) -> Doing:
    def show(asked: Asked, _: str) -> Reply:
        form, owner = asked.form, LISTS[path]
        form.only("limit", "starting_after", "type", *filter(None, [owner]))
        most = form.number("limit", 1, 100, 10)
        of = form.text(owner, "") if owner else ""
        found = tables.listed(asked.db, SHOWS[path], owner=of, after=form.text("starting_after", ""), most=most + 1)
        return Reply({"object": "list", "url": f"/v1/{path}", "has_more": len(found) > most, "data": list(found[:most])})

    return show
