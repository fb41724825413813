"""Till: the house's own payment provider, for trying and for tests. It speaks the part of Stripe's API that Matinee uses.

Its API answers on a unix socket to whoever has its key; of its pages, where people choose a test card or confirm a payment,
Envoy leads to `/till/`. A house whose topology names another provider, or none, has a till that is closed: it keeps nothing
and shows nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from matinee.members.payments import till_secrets
from matinee.members.sockets import speaks_over
from matinee.members.till.api import Api
from matinee.members.till.hooks import ANSWERS_WITHIN_S, Hooks
from matinee.members.till.migrations import MIGRATIONS
from matinee.members.till.pages import TillPages
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

HOOKS = "http://localhost/hooks/payments"


@dataclass(frozen=True)
class TillSettings:
    is_open: bool
    house: str  # where people reach it
    secrets: Path
    web: Path  # the built web app, for its looks
    doors: tuple[str, ...]  # the sockets where the house hears webhooks


class Till:
    def __init__(self, *, sql: Sql, clock: Clock, settings: TillSettings) -> None:
        self._sql = sql
        self._clock = clock
        self._settings = settings
        self._house = speaks_over(settings.doors, ANSWERS_WITHIN_S)

    async def start(self) -> None:
        if self._settings.is_open:
            await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        if not self._settings.is_open:
            return ()
        _, secret = till_secrets(self._settings.secrets)
        hooks = Hooks(self._sql, self._clock, self._house, HOOKS, secret)
        return (("till: telling the house", hooks.keep_delivering),)

    async def close(self) -> None:
        await self._house.aclose()
        await self._sql.close()

    def app(self) -> ASGIApp:
        if not self._settings.is_open:
            return Starlette()
        key, _ = till_secrets(self._settings.secrets)
        api = Api(self._sql, self._clock, self._settings.house, key)
        pages = TillPages(self._sql, self._clock, self._settings.house, self._settings.web)
        return Starlette(routes=[*api.routes(), *pages.routes()])
