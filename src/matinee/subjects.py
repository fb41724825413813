"""Every subject that keeps some in `sql`: which files say what its tables look like, and how they came to."""

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import MetaData

from matinee.by_name import named
from matinee.ports.sql import Migration

CASHIERS_FILES = ("bills", "coupons", "gifts", "invoices", "ledger", "office_book", "payers", "subscriptions", "tariff", "visits")

KEPT: Mapping[str, tuple[str, ...]] = {
    "audit": ("matinee.members.acts:TABLES",),
    "cashier": tuple(f"matinee.members.{each}:TABLES" for each in CASHIERS_FILES),
    "till": ("matinee.members.till.tables:TABLES",),
    "notices": ("matinee.members.letter_wishes:TABLES",),
    "identity": (
        "matinee.members.profiles:TABLES",
        "matinee.members.devices:TABLES",
        "matinee.members.epochs:TABLES",
        "matinee.members.attempts:TABLES",
        "matinee.members.single_use:TABLES",
        "matinee.members.passkeys:TABLES",
        "matinee.members.one_time_codes:TABLES",
        "matinee.members.proofs:TABLES",
        "matinee.members.preferences:TABLES",
        "matinee.members.pins:TABLES",
    ),
    "oauth": ("matinee.members.oauth_tables:TABLES",),
    "catalog": ("matinee.library.titles:TABLES", "matinee.library.duty:TABLES"),
    "steering": ("matinee.edge.keys:TABLES",),
    "playback": ("matinee.screen.leases:TABLES",),
    "recommend": tuple(f"matinee.insight.{each}:TABLES" for each in ("registry", "trial_book", "picked", "fits")),
    "studio": ("matinee.studio.holdings:TABLES", "matinee.studio.crew:TABLES"),
    "insight": ("matinee.insight.streams.tables:TABLES",),
    "alarms": ("matinee.insight.alarm_shelf:TABLES",),
}
"""The files that complete them, each naming the whole."""

HISTORIES: Mapping[str, str] = {
    "identity": "matinee.members.migrations:MIGRATIONS",
    "oauth": "matinee.members.oauth_migrations:MIGRATIONS",
    "audit": "matinee.members.audit_migrations:MIGRATIONS",
    "cashier": "matinee.members.cashier_migrations:MIGRATIONS",
    "till": "matinee.members.till.migrations:MIGRATIONS",
    "notices": "matinee.members.notices_migrations:MIGRATIONS",
    "catalog": "matinee.library.migrations:MIGRATIONS",
    "steering": "matinee.edge.migrations:MIGRATIONS",
    "playback": "matinee.screen.migrations:MIGRATIONS",
    "recommend": "matinee.insight.recommend_migrations:MIGRATIONS",
    "studio": "matinee.studio.migrations:MIGRATIONS",
    "insight": "matinee.insight.migrations:MIGRATIONS",
    "alarms": "matinee.insight.alarm_migrations:MIGRATIONS",
}


def tables_of(subject: str) -> MetaData:
    found = [cast(MetaData, named(each)) for each in KEPT[subject]]
    return found[0]


def history_of(subject: str) -> Sequence[Migration]:
    return cast(Sequence[Migration], named(HISTORIES[subject]))
