"""Conflicts as CockroachDB reports them, made by a real PostgreSQL: statements and commits that fail with SQLSTATE 40001.

No CockroachDB can be had to test against (decisions/0015); what is shown here is that its conflicts end well with us.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from exams.neighbour import COUNTERS, MIGRATIONS, longer_history
from exams.sitters import postgres_url
from matinee.contracts.ids import AccountId
from matinee.engines.postgres_sql import PostgresSql
from matinee.members import accounts
from matinee.members.migrations import MIGRATIONS as MEMBERS
from matinee.ports.sql import Sql, SqlUnavailable

pytestmark = pytest.mark.engines

FOR_EVER = 1_000_000
MOMENTS = {
    "statement": "CREATE TRIGGER conflict BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION conflict()",
    "commit": "CREATE CONSTRAINT TRIGGER conflict AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION conflict()",
}


@pytest.fixture(params=["postgresql", "cockroachdb"])
async def sql(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sql]:
    """The same server under both names: that of CockroachDB brings its dialect."""
    engine = PostgresSql(postgres_url(tmp_path).replace("postgresql:", f"{request.param}:"), patience_s=1)
    await engine.install(MIGRATIONS)
    yield engine
    await engine.close()


async def conflicts(sql: Sql, table: str, moment: str, times: int, sqlstate: str = "40001") -> None:
    """From now on whoever writes to the table fails so many times; the count outlives what is rolled back."""
    function = f"""CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('conflicts') <= {times} THEN RAISE 'restart transaction' USING ERRCODE = '{sqlstate}'; END IF;
        RETURN NEW; END $$"""
    for statement in ("CREATE SEQUENCE conflicts", function, MOMENTS[moment].format(table=table)):
        await sql.transact(lambda db, statement=statement: db.execute(sa.text(statement)).close())


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
async def test_what_met_conflicts_is_done_once(sql: Sql, moment: str, sqlstate: str) -> None:
    """My change meets others three times over: it costs a moment, and counts once."""
    attempts: list[int] = []
    await sql.transact(lambda db: db.execute(sa.insert(COUNTERS).values(name="plays", value=0)).close())
    await conflicts(sql, "counters", moment, 3, sqlstate)

    def add_one(db: sa.Connection) -> None:
        attempts.append(1)
        db.execute(sa.update(COUNTERS).values(value=COUNTERS.c.value + 1))

    await sql.transact(add_one)
    assert len(attempts) == 4
    assert await sql.read(lambda db: db.execute(sa.select(COUNTERS.c.value)).scalar()) == 1


@pytest.mark.parametrize("moment", MOMENTS)
async def test_conflicts_without_end_are_told(sql: Sql, moment: str) -> None:
    """If my change can never be made I am told so after a while, and nothing of it was made."""
    await conflicts(sql, "counters", moment, FOR_EVER)
    with pytest.raises(SqlUnavailable, match="tried for 1 s: restart transaction"):
        await sql.transact(lambda db: db.execute(sa.insert(COUNTERS).values(name="never", value=1)).close())
    assert await sql.read(lambda db: list(db.execute(sa.select(COUNTERS.c.name)))) == []


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_migration_that_met_conflicts_is_done_once(sql: Sql, moment: str) -> None:
    """An upgrade that meets other processes goes through, and does nothing twice."""
    await sql.transact(lambda db: db.execute(sa.insert(COUNTERS).values(name="plays", value=7)).close())
    await conflicts(sql, "alembic_version", moment, 4)
    await sql.install(longer_history())
    rows = await sql.read(lambda db: [tuple(row) for row in db.execute(sa.text("SELECT * FROM counters"))])
    assert rows == [("plays", 8, None, None)]


async def test_an_account_that_met_conflicts_is_one_account(tmp_path: Path) -> None:
    """I sign up on a busy evening: I have one account, and it is the operator's, as the first one is."""
    sql = PostgresSql(postgres_url(tmp_path, "members"))
    await sql.install(MEMBERS)
    await conflicts(sql, "accounts", "commit", 3)
    made = await sql.transact(lambda db: accounts.add_account(db, AccountId("a1"), "asha@example.org", "hash", 1))
    assert made.operator
    assert await sql.read(lambda db: accounts.by_email(db, "asha@example.org")) == made
    await sql.close()
