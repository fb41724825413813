"""How apps are left: one is taken back by who let it in; or it wants its person signed out here, as they are there.

The second follows OpenID Connect RP-Initiated Logout 1.0. An ID token of ours that speaks of who is signed in is as good as their
word; without it they are asked. Nobody is sent to an address that is not registered for this, letter for letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from matinee.members import oauth_apps as apps
from matinee.members import oauth_grants as grants
from matinee.members.oauth_asking import Fields, Known
from matinee.members.oauth_consent import Person
from matinee.members.oauth_rules import SCOPES, App, Wrong, answered, once
from matinee.members.oauth_tokens import Tokens
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

FOR_GROWN_UPS = Refused("forbidden", "That is for grown-ups.", "Let one of them say who is watching, and try again.")


@dataclass(frozen=True)
class LetIn:
    """An app, and all that an account lets it do."""

    app: App
    scopes: tuple[str, ...]
    since_ms: int  # 0: it was let in before that was written down
    used_ms: int  # 0: never
    names: tuple[str, ...]  # of the profiles as which it was let in


@dataclass(frozen=True)
class Leaving:
    ask: bool
    app: App | None
    address: str  # where they go after; empty: nowhere else


class LeavingDesk:
    def __init__(self, sql: Sql, clock: Clock, tokens: Tokens, known: Known) -> None:
        self._sql = sql
        self._clock = clock
        self._tokens = tokens
        self._known = known

    async def let_in(self, person: Person, call: Call) -> list[LetIn]:
        """The one let in last first. What an epoch ended, or was a profile's that is gone, is not there."""
        await self._grown_up(person, call)
        now_ms = self._clock.now_ms()

        def read(db: sa.Connection) -> tuple[list[grants.Grant], list[App]]:
            return grants.of_account(db, person.account_id, now_ms), apps.everyone(db)

        mine, registered = await self._sql.read(read)
        profile_ids = dict.fromkeys(each.profile_id for each in mine)
        known = {each: await self._known(person.account_id, each, call) for each in profile_ids}
        names = {profile_id: (who.name, who.epoch) for profile_id, who in known.items() if who}
        stand = [each for each in mine if each.profile_id in names and names[each.profile_id][1] == each.epoch]
        of_app = {app.client_id: [each for each in stand if each.client_id == app.client_id] for app in registered}
        found = [_let_in(app, of_app[app.client_id], names) for app in registered if of_app[app.client_id]]
        return sorted(found, key=lambda each: -each.since_ms)

    async def take_back(self, person: Person, client_id: str, call: Call) -> None:
        """From all devices, for all profiles. What is gone already is no mistake."""
        await self._grown_up(person, call)
        await self._sql.transact(lambda db: grants.end_all(db, person.account_id, client_id))

    async def leave(self, fields: Fields, person: Person) -> Leaving:
        try:
            said = once(fields)
        except Wrong as wrong:
            raise Refused("invalid", "That could not be read.", f"Tell those who make the app: {wrong.why}.") from wrong
        hint = self._tokens.read_id(said.get("id_token_hint", ""), self._clock.now_ms())
        app = await self._app_of(said, hint)
        back = said.get("post_logout_redirect_uri", "")
        if back and (app is None or back not in app.after_logout):
            why = "The app wants you to be sent to an address that it is not registered with. You are still signed in."
            raise Refused("invalid", "That leads somewhere else.", why)
        address = answered(back, state=said.get("state", "")) if back else ""
        sure = not person.account_id or (hint is not None and hint.get("sub") == person.account_id)
        return Leaving(ask=not sure, app=app, address=address)

    async def _app_of(self, said: Mapping[str, str], hint: Mapping[str, Any] | None) -> App | None:
        """By its name, or by the token that was made for it; both must name the same."""
        client_id = said.get("client_id", "") or str(hint["aud"] if hint else "")
        if hint and hint["aud"] != client_id:
            raise Refused("invalid", "That is another app's.", "Tell those who make the app: client_id and id_token_hint differ.")
        return await self._sql.read(lambda db: apps.by_id(db, client_id)) if client_id else None

    async def _grown_up(self, person: Person, call: Call) -> None:
        """Children neither see nor change what an account lets apps do. Whoever was not picked yet may."""
        if not person.account_id:
            raise Refused("unauthenticated", "You are signed out.", "Sign in to see which apps you let in.")
        who = await self._known(person.account_id, person.profile_id, call) if person.profile_id else None
        if who and who.kids:
            raise FOR_GROWN_UPS


def _let_in(app: App, mine: Sequence[grants.Grant], names: Mapping[str, tuple[str, int]]) -> LetIn:
    scopes = {scope for each in mine for scope in each.scopes}
    return LetIn(
        app=app,
        scopes=tuple(scope for scope in SCOPES if scope in scopes),
        since_ms=min(each.granted_ms for each in mine),
        used_ms=max(each.used_ms for each in mine),
        names=tuple(dict.fromkeys(names[each.profile_id][0] for each in mine)),
    )
