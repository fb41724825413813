"""`matinee app …`: apps of other people's making that members may let in."""

import asyncio
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import cyclopts
import sqlalchemy as sa
from cyclopts import Parameter
from rich.console import Console
from rich.table import Column, Table

from matinee.members import oauth_apps as apps
from matinee.members.oauth_rules import App, digest
from matinee.ports.sql import SchemaTooNew
from matinee.subjects import history_of
from matinee.topology import Topology
from matinee.up.at_the_machine import written_down
from matinee.up.opened_house import opened_house
from matinee.wiring import store

T = TypeVar("T")
State = Annotated[Path, Parameter(help="The house's state directory.")]
FEW = ("openid", "profile", "watch")

app = cyclopts.App(name="app")
out = Console(width=None if sys.stdout.isatty() else 130, highlight=False)


@app.command
def add(
    name: str,
    *,
    redirect: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = (),
    device: Annotated[bool, Parameter(negative="")] = False,
    confidential: Annotated[bool, Parameter(negative="")] = False,
    scope: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = FEW,
    id_token: str = "RS256",  # noqa: S107 # an algorithm
    after_logout: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = (),
    state: State = Path(".state"),
) -> None:
    """Register an app; prints its client_id and, once only, its secret.

    Parameters
    ----------
    name
        What members read when they are asked to let it in.
    redirect
        Where it gets its answers, letter for letter; give it once for each. On http://127.0.0.1/… any port will do.
    device
        It may show a code that is typed in at /activate, as televisions do.
    confidential
        It runs where it can keep a secret, on a server of its makers, and is given one.
    scope
        What it may ask for; give it once for each: openid, profile, email, watch, account, operate.
    id_token
        How its ID tokens are signed: RS256, which every library reads, or ES256.
    after_logout
        Where it may have its members sent after they were signed out for it, letter for letter; give it once for each.
    """
    secret = secrets.token_urlsafe(32) if confidential else ""
    new = App(uuid.uuid4().hex, name, digest(secret) if secret else "", redirect, scope, device, id_token, after_logout)
    try:
        apps.check(new)
    except apps.BadApp as bad:
        sys.exit(f"matinee: {bad.why}")
    house, now_ms = opened_house(state), time.time_ns() // 1_000_000
    about = f'client_id: "{new.client_id}" name: "{new.name}" scopes: "{" ".join(new.scopes)}"'
    _acted(house, "Oauth.AddApp", about, lambda db: apps.add(db, new, now_ms))
    _show(new, secret, house.door.url)


def _show(new: App, secret: str, issuer: str) -> None:
    out.print(f"client_id      {new.client_id}", markup=False)
    if secret:
        out.print(f"client_secret  {secret}", markup=False)
        out.print("The secret is shown this once: the house keeps only its digest.")
    out.print(f"issuer         {issuer}", markup=False)


@app.command(name="list")
def list_(*, state: State = Path(".state")) -> None:
    """List the apps that are registered."""
    found = _kept(opened_house(state), apps.everyone)
    # What is copied from here must not be cut.
    table = Table(
        Column("client_id", no_wrap=True),
        "name",
        "keeps a secret",
        "scopes",
        "answered at",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for each in found:
        where = [*each.redirects, *(["/activate"] if each.for_devices else [])]
        table.add_row(each.client_id, each.name, "yes" if each.secret_digest else "no", " ".join(each.scopes), "\n".join(where))
    out.print(table if found else "No app is registered. Type: matinee app add NAME --redirect URL")


@app.command
def remove(client_id: str, *, state: State = Path(".state")) -> None:
    """Shut an app out, with everybody who let it in; what it was given lasts ten minutes at most."""
    about = f'client_id: "{client_id}"'
    if not _acted(opened_house(state), "Oauth.RemoveApp", about, lambda db: apps.remove(db, client_id)):
        sys.exit(f"matinee: no app has the client_id {client_id}: `matinee app list` shows them")


def _acted(house: Topology, method: str, about: str, work: Callable[[sa.Connection], T]) -> T:
    return _ended(written_down(house, method, about, lambda: _done(house, work)))


def _kept(house: Topology, work: Callable[[sa.Connection], T]) -> T:
    return _ended(_done(house, work))


async def _done(house: Topology, work: Callable[[sa.Connection], T]) -> T:
    """In the house's own store, whether it runs or not."""
    sql: Any = store(house, "sql", "oauth")
    try:
        await sql.install(history_of("oauth"))
        return await sql.transact(work)
    finally:
        await sql.close()


def _ended(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except SchemaTooNew as error:
        sys.exit(f"matinee: {error}")
