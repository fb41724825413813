"""The till's pages: choose a test card, confirm a payment. Plain HTML, no script, and no field where a number could be typed.

Who has a page's address may use it: it is long and random, and only the house and the browser that it sent there know it.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from matinee.members.money import Money
from matinee.members.till import intents, sessions
from matinee.members.till.cards import CARDS
from matinee.members.till.forms import Form
from matinee.members.till.tables import Asked, Stamp, get
from matinee.members.till.wrong import Json, Wrong
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

T = TypeVar("T")

LOOK = Path(__file__).parent / "look"
STYLES = re.compile(r'<link rel="stylesheet"[^>]* href="(/assets/[\w.-]+\.css)"')
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


class TillPages:
    def __init__(self, sql: Sql, clock: Clock, house: str, web: Path) -> None:
        self._sql = sql
        self._clock = clock
        self._house = house
        self._templates = Environment(loader=FileSystemLoader(LOOK), autoescape=True)
        index = web / "index.html"
        # The web app's own sheets bring the house's colours, type and fonts.
        self._styles = STYLES.findall(index.read_text()) if index.is_file() else []

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/till/till.css", self._sheet, methods=["GET"]),
            Route("/till/card/{session}", self._or_gone(self._cards), methods=["GET"]),
            Route("/till/card/{session}", self._or_gone(self._choose), methods=["POST"]),
            Route("/till/confirm/{secret}", self._or_gone(self._question), methods=["GET"]),
            Route("/till/confirm/{secret}", self._or_gone(self._answer), methods=["POST"]),
            Route("/till/{path:path}", self._or_gone(self._nothing), methods=["GET"]),
        ]

    async def _sheet(self, request: Request) -> Response:
        return FileResponse(LOOK / "till.css", headers={"cache-control": "public, max-age=3600"})

    async def _cards(self, request: Request) -> Response:
        session, setup = await self._sql.read(lambda db: self._session(db, request.path_params["session"]))
        if session["status"] == "complete":
            return _go(_back(session["success_url"], session))
        if session["status"] != "open":
            return self._gone(session["cancel_url"])
        why = setup["last_setup_error"]
        refusal = why["message"] if why else ""
        back_to, returns_to = session["cancel_url"], session["success_url"]
        return self._page("cards.html", returns_to=returns_to, cards=CARDS.values(), why=refusal, back_to=back_to)

    async def _choose(self, request: Request) -> Response:
        card = CARDS.get((await _form(request)).get("card", ""))
        if not card:
            return _go(request.url.path)
        session, setup = await self._transact(partial(sessions.choose, session_id=request.path_params["session"], card=card))
        if session["status"] == "complete":
            return _go(_back(session["success_url"], session))
        return _go(setup["next_action"]["redirect_to_url"]["url"] if setup["next_action"] else request.url.path)

    async def _question(self, request: Request) -> Response:
        intent = await self._sql.read(lambda db: self._intent(db, request.path_params["secret"]))
        action = intent["next_action"]
        if not action:
            return self._gone(self._house)
        is_payment = intent["object"] == "payment_intent"
        money = str(Money(intent["amount"], intent["currency"].upper())) if is_payment else ""
        return self._page("confirm.html", returns_to=action["redirect_to_url"]["return_url"], money=money)

    async def _answer(self, request: Request) -> Response:
        secret, yes = request.path_params["secret"], (await _form(request)).get("answer") == "confirm"
        before = await self._sql.read(lambda db: self._intent(db, secret))
        action = before["next_action"]
        if before["object"] == sessions.SETUP:
            session, _ = await self._transact(partial(sessions.answer, secret=secret, yes=yes))
            return _go(
                _back(session["success_url"], session) if session["status"] == "complete" else session["url"] or self._house
            )
        after = await self._transact(partial(intents.answer, secret=secret, yes=yes))
        if not action:
            return self._gone(self._house)
        said = "succeeded" if after["status"] == "succeeded" else "failed"
        return_url = action["redirect_to_url"]["return_url"]
        joint = "&" if "?" in return_url else "?"
        return _go(f"{return_url}{joint}payment_intent={after['id']}&redirect_status={said}")

    async def _nothing(self, request: Request) -> Response:
        return self._gone(self._house)

    async def _transact(self, what: Callable[[Asked], T]) -> T:
        now_ms, token = self._clock.now_ms(), secrets.token_hex(16)
        return await self._sql.transact(lambda db: what(Asked(db, Form({}), Stamp(now_ms, token), self._house)))

    def _session(self, db: sa.Connection, session_id: str) -> tuple[Json, Json]:
        session = sessions.as_it_is_now(get(db, sessions.SESSION, session_id), self._clock.now_ms() // 1000)
        return session, get(db, sessions.SETUP, session["setup_intent"])

    def _intent(self, db: sa.Connection, secret: str) -> Json:
        kind = sessions.SETUP if secret.startswith("seti_") else "payment_intent"
        return intents.by_secret(Asked(db, Form({}), Stamp(0, ""), self._house), kind, secret)

    def _or_gone(self, show: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def shown(request: Request) -> Response:
            try:
                return await show(request)
            except Wrong:
                return self._gone(self._house)

        return shown

    def _gone(self, back_to: str) -> Response:
        return self._page("gone.html", status=404, back_to=back_to)

    def _page(self, template: str, status: int = 200, returns_to: str = "", **shown: object) -> Response:
        html = self._templates.get_template(template).render(styles=self._styles, **shown)
        # Browsers hold a form to its policy on the way back, too.
        back = urlsplit(returns_to)
        policy = f"{POLICY} {back.scheme}://{back.netloc}" if back.netloc else POLICY
        headers = {"content-security-policy": policy, "cache-control": "no-store", "referrer-policy": "same-origin"}
        return HTMLResponse(html, status, headers)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _back(success_url: str, session: Json) -> str:
    return success_url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _go(where: str) -> Response:
    return RedirectResponse(where, 303, {"cache-control": "no-store"})
