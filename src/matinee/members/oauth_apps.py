"""Apps that are registered here, in portable SQL. Who runs the house registers them (`matinee app add`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

import sqlalchemy as sa
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from matinee.members.oauth_rules import SCOPES, App, Wrong, digest, problem_with_redirect, same
from matinee.members.oauth_tables import APPS, CODES, DEVICES, GRANTS

MOST_NAME = 60
ALGORITHMS = ("ES256", "RS256")


@dataclass(frozen=True)
class BadApp(Exception):
    """It cannot be registered so; `why` says what to do."""

    why: str


def check(app: App) -> None:
    """Raises BadApp."""
    if not 1 <= len(app.name.strip()) <= MOST_NAME or not app.name.isprintable():
        raise BadApp(f"an app's name has 1 to {MOST_NAME} letters: people read it when they let it in")
    if problem := next((found for each in (*app.redirects, *app.after_logout) if (found := problem_with_redirect(each))), ""):
        raise BadApp(problem)
    if not app.redirects and not app.for_devices:
        raise BadApp("where does it get its answer? Give --redirect URL, or --device for one without a browser")
    if unknown := sorted(set(app.scopes) - set(SCOPES)):
        raise BadApp(f"--scope {unknown[0]}: there are {', '.join(SCOPES)}")
    if app.id_token_alg not in ALGORITHMS:
        raise BadApp(f"--id-token {app.id_token_alg}: there are {', '.join(ALGORITHMS)}")


def add(db: sa.Connection, app: App, now_ms: int) -> None:
    row = {
        "client_id": app.client_id,
        "name": app.name.strip(),
        "secret_digest": app.secret_digest,
        "redirects": "\n".join(app.redirects),
        "scopes": " ".join(scope for scope in SCOPES if scope in app.scopes),
        "for_devices": app.for_devices,
        "id_token_alg": app.id_token_alg,
        "created_ms": now_ms,
        "after_logout": "\n".join(app.after_logout),
    }
    db.execute(sa.insert(APPS).values(row))


def remove(db: sa.Connection, client_id: str) -> bool:
    """With all that members let it do; whether there was one."""
    granted = sa.select(GRANTS.c.grant_id).where(GRANTS.c.client_id == client_id)
    db.execute(sa.delete(CODES).where(CODES.c.grant_id.in_(granted)))
    for table in (GRANTS, DEVICES):
        db.execute(sa.delete(table).where(table.c.client_id == client_id))
    return db.execute(sa.delete(APPS).where(APPS.c.client_id == client_id)).rowcount > 0


def everyone(db: sa.Connection) -> list[App]:
    """Oldest first."""
    return [_app(row) for row in db.execute(sa.select(APPS).order_by(APPS.c.created_ms, APPS.c.client_id))]


def by_id(db: sa.Connection, client_id: str) -> App | None:
    row = db.execute(sa.select(APPS).where(APPS.c.client_id == client_id)).first()
    return _app(row) if row else None


def credentials(authorization: str, client_id: str, secret: str) -> tuple[str, str]:
    """By which name and secret an app asks: in the header or in the form, never both (RFC 6749, 2.3). Raises Wrong."""
    if not authorization:
        return client_id, secret
    try:
        name, word = extract_basic_authorization({"Authorization": authorization})
    except ValueError:
        name, word = None, None
    if not name or not word or secret:
        raise Wrong("invalid_client", "send the client's name and secret once: as Basic, or in the form", 401)
    # Both are written as in a form first (RFC 6749, 2.3.1).
    name, word = unquote_plus(name), unquote_plus(word)
    if client_id not in {"", name}:
        raise Wrong("invalid_client", "the header and the form name different clients", 401)
    return name, word


def authenticated(app: App | None, secret: str) -> App:
    """The app, if it is who it says it is; of one that can keep no secret its name is all there is. Raises Wrong."""
    if app is None:
        raise Wrong("invalid_client", "no app of that client_id is registered here", 401)
    if bool(app.secret_digest) != bool(secret) or (secret and not same(digest(secret), app.secret_digest)):
        raise Wrong("invalid_client", "that is not this app's secret, or it has none" if secret else "this app has a secret", 401)
    return app


def _app(row: sa.Row[tuple[object, ...]]) -> App:
    redirects: Sequence[str] = row.redirects.split("\n") if row.redirects else ()
    return App(
        client_id=row.client_id,
        name=row.name,
        secret_digest=row.secret_digest,
        redirects=tuple(redirects),
        scopes=tuple(row.scopes.split()),
        for_devices=bool(row.for_devices),
        id_token_alg=row.id_token_alg,
        after_logout=tuple(row.after_logout.split("\n")) if row.after_logout else (),
    )
