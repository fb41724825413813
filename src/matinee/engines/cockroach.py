"""CockroachDB through SQLAlchemy's PostgreSQL dialect, whose protocol and SQL it speaks, but for a few questions at the start."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

SPEAKS = (13, 0)
"""The PostgreSQL it says it is compatible with. Its own `version()` is a text that the dialect takes for an error."""


class Cockroach(PGDialect_psycopg):
    """`cockroachdb+psycopg://…`. It keeps the name `postgresql`, by which SQLAlchemy and Alembic choose what they write."""

    supports_statement_cache = True

    def __init__(self, **options: Any) -> None:
        # It has no hstore, and is not to be asked for one at every connection.
        super().__init__(**{**options, "use_native_hstore": False})  # pyright: ignore[reportUnknownMemberType] # SQLAlchemy's own is untyped

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        return SPEAKS
