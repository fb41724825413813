"""Every subject's history against its tables of today, and against what the stores have in common."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from exams.sitters import SQL, sitters_of
from matinee.edge import keys
from matinee.edge import migrations as edge
from matinee.insight import fits, picked, registry, trial_book
from matinee.insight import migrations as insight
from matinee.insight import recommend_migrations as recommend
from matinee.insight.streams import tables as stream_tables
from matinee.library import duty, titles
from matinee.library import migrations as library
from matinee.members import (
    attempts,
    bills,
    cashier_migrations,
    coupons,
    devices,
    gifts,
    invoices,
    ledger,
    letter_wishes,
    notices_migrations,
    oauth_tables,
    office_book,
    one_time_codes,
    passkeys,
    payers,
    profiles,
    proofs,
    single_use,
    subscriptions,
    tariff,
    visits,
)
from matinee.members import migrations as members
from matinee.members import oauth_migrations as oauth
from matinee.members.till import migrations as till
from matinee.members.till import tables as till_tables
from matinee.ports.sql import Migration, Sql
from matinee.screen import leases
from matinee.screen import migrations as screen
from matinee.studio import crew, holdings
from matinee.studio import ledger as studio_ledger
from matinee.studio import migrations as studio

SUBJECTS = {
    "members": (members.MIGRATIONS, profiles.TABLES),
    "money": (cashier_migrations.MIGRATIONS, ledger.TABLES),
    "till": (till.MIGRATIONS, till_tables.TABLES),
    "notices": (notices_migrations.MIGRATIONS, letter_wishes.TABLES),
    "oauth": (oauth.MIGRATIONS, oauth_tables.TABLES),
    "library": (library.MIGRATIONS, titles.TABLES),
    "recommend": (recommend.MIGRATIONS, registry.TABLES),
    "edge": (edge.MIGRATIONS, keys.TABLES),
    "insight": (insight.MIGRATIONS, stream_tables.TABLES),
    "screen": (screen.MIGRATIONS, leases.TABLES),
    "studio": (studio.MIGRATIONS, studio_ledger.TABLES),
}
OLDEST = ("members", "library", "edge", "screen", "studio")
"""The subjects that 0.2.0 had."""
NOT_EVERYWHERE = ("SERIAL", "IDENTITY", "SEQUENCE", "TRIGGER", "DEFERRABLE", "EXCLUDE", "LOCK TABLE", "NOTIFY", "CONCURRENTLY")
CASHIERS = (
    office_book.ACTS,
    bills.BILLS,
    coupons.COUPONS,
    gifts.GIFTS,
    invoices.INVOICES,
    payers.PAYERS,
    tariff.PLANS,
    visits.VISITS,
)
assert {table.metadata for table in (*CASHIERS, subscriptions.SUBSCRIPTIONS)} == {ledger.TABLES}
IN_BY = (devices.DEVICES, attempts.ATTEMPTS, single_use.SINGLE_USE, passkeys.PASSKEYS, one_time_codes.CODES, proofs.PROOFS)
assert all(table.metadata is profiles.TABLES for table in IN_BY), "identity's tables are one subject's"
assert {each.metadata for each in (trial_book.TRIALS, picked.PICKS, fits.FITS)} == {registry.TABLES}
assert duty.DUTY.metadata is titles.TABLES, "the catalog's tables are one subject's"
assert holdings.HOLDINGS.metadata is crew.WORKERS.metadata is studio_ledger.TABLES, "the studio's tables are one subject's"


@pytest.fixture(params=sitters_of(SQL))
async def sql(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sql]:
    sitter = SQL[request.param](tmp_path)
    yield sitter
    await sitter.close()


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_the_history_leads_to_the_tables_of_today(sql: Sql, subject: str) -> None:
    """A table that was changed without a migration would be missing in every house but the new ones."""
    migrations, tables = SUBJECTS[subject]
    await sql.install(migrations)
    assert tables.tables
    assert await sql.read(lambda db: differences(db, tables)) == []


@pytest.mark.parametrize("subject", OLDEST)
async def test_a_house_that_kept_no_history_is_brought_to_the_same_tables(sql: Sql, subject: str) -> None:
    """0.2.0 made its tables at once, the studio's some when a command asked and the others when a worker did."""
    migrations, tables = SUBJECTS[subject]
    await sql.install(migrations[:1])
    await sql.transact(_forget_history_and_half)
    await sql.install(migrations)
    assert await sql.read(lambda db: differences(db, tables)) == []


def _forget_history_and_half(db: sa.Connection) -> None:
    then = sa.MetaData()
    then.reflect(db)
    history = then.tables["alembic_version"]
    made = [table for table in then.sorted_tables if table is not history]
    then.drop_all(db, tables=[history, *made[(len(made) + 1) // 2 :]])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_migration_is_new_tables_or_one_statement(subject: str) -> None:
    """CockroachDB does not take two changes of a table in one transaction, and not every store has every thing."""
    migrations, _ = SUBJECTS[subject]
    revisions = [each.revision for each in migrations]
    assert revisions == sorted(set(revisions)) and all(len(each) == 4 and each.isdecimal() for each in revisions)
    for migration in migrations:
        assert faults(migration) == []


@pytest.mark.parametrize(
    "planted",
    [
        lambda op: (op.add_column("jobs", sa.Column("a", sa.Text)), op.add_column("jobs", sa.Column("b", sa.Text))),
        lambda op: op.create_table("t", sa.Column("n", sa.Integer, sa.Identity(), primary_key=True)),
        lambda op: op.create_table("t", sa.Column("n", sa.Integer, primary_key=True, autoincrement=True)),
        lambda op: op.execute("CREATE TRIGGER t BEFORE INSERT ON jobs EXECUTE FUNCTION f()"),
    ],
)
def test_a_migration_that_is_more_is_seen(planted: object) -> None:
    """The rule bites: a step that one of the stores would refuse is found before it is released."""
    assert faults(Migration("0002", planted))  # type: ignore[arg-type]


def differences(db: sa.Connection, tables: sa.MetaData) -> list[object]:
    return compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), tables)


def faults(migration: Migration) -> list[str]:
    """What is wrong with it by the rules that all our stores can keep."""
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    migration.change(Operations(context))
    statements = [each.strip() for each in written.getvalue().split(";") if each.strip()]
    new = [found[1] for each in statements if (found := re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", each))]
    of_new = [each for each in statements if re.search(rf"(CREATE TABLE .*|INDEX .* ON )\b({'|'.join(new) or 'none'})\b", each)]
    wrong = [f"not for every store: {each}" for each in statements if any(word in each.upper() for word in NOT_EVERYWHERE)]
    return wrong + ([] if len(statements) == 1 or statements == of_new else [f"more than one change: {statements}"])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_chapters_write_sql_for_every_store(subject: str) -> None:
    """What only one store understands stays out of the chapters: no dialect, no raw text, no function but those all have."""
    folder = Path(SUBJECTS[subject][0][0].change.__code__.co_filename).parent
    for file in folder.glob("*.py"):
        text = file.read_text()
        assert not re.search(r"sqlalchemy\.dialects|sa\.text\(|with_for_update|skip_locked", text), file
        assert set(re.findall(r"sa\.func\.(\w+)", text)) <= {"count", "max", "min", "sum", "coalesce", "lower"}, file
