"""Alarms, and who is to be told of them, in portable SQL. Each function is a statement or two inside the caller's transaction.

Several may look at once. An alarm moves on from the version that was read, and what is to be told of it is written with that
move: once, whoever was first.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import msgspec
import sqlalchemy as sa

from matinee.insight.alarm_rules import Found, Standing
from matinee.insight.alarm_ways import GIVEN_UP_MS, News

TABLES = sa.MetaData()

ALARMS = sa.Table(
    "alarms",
    TABLES,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
    sa.Column("resolved_ms", sa.BigInteger, nullable=False),
    sa.Column("found", sa.Text, nullable=False),  # JSON
)
NEWS = sa.Table(
    "alarm_news",
    TABLES,
    sa.Column("alarm", sa.String(80), primary_key=True),
    sa.Column("since_ms", sa.BigInteger, primary_key=True),
    sa.Column("firing", sa.Boolean, primary_key=True),
    sa.Column("way", sa.String(40), primary_key=True),
    sa.Column("news", sa.Text, nullable=False),  # JSON
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("due_ms", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # "waiting", "told", "given up"
    sa.Column("problem", sa.String(300), nullable=False),
)
LOOKS = sa.Table(
    "alarm_looks",
    TABLES,
    sa.Column("what", sa.String(10), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

CLAIMED_MS = 60_000
"""Whoever took one up and said nothing for so long has died: another takes it. It may then be told twice, as one incident."""
SHOWN_MS = 24 * 3_600_000
FORGOTTEN_MS = 30 * SHOWN_MS


@dataclass(frozen=True)
class Told:
    way: str
    news: News
    tries: int
    due_ms: int
    made_ms: int


def alarms(db: sa.Connection) -> dict[str, tuple[int, Standing]]:
    """With the version of each."""
    columns = (ALARMS.c.name, ALARMS.c.version, ALARMS.c.found, ALARMS.c.state)
    rows = db.execute(sa.select(*columns, ALARMS.c.since_ms, ALARMS.c.seen_ms, ALARMS.c.resolved_ms))
    read = msgspec.json.decode
    return {name: (version, Standing(read(found, type=Found), *rest)) for name, version, found, *rest in rows}


def move(db: sa.Connection, version: int, standing: Standing) -> bool:
    """From that version of it, 0 where there is none. False when another was first."""
    name = standing.found.name
    row = {
        "version": version + 1,
        "state": standing.state,
        "since_ms": standing.since_ms,
        "seen_ms": standing.seen_ms,
        "resolved_ms": standing.resolved_ms,
        "found": msgspec.json.encode(standing.found).decode(),
    }
    this = (ALARMS.c.name == name, ALARMS.c.version == version)
    if standing.state == "gone":
        return db.execute(sa.delete(ALARMS).where(*this)).rowcount == 1
    if version:
        return db.execute(sa.update(ALARMS).where(*this).values(row)).rowcount == 1
    if db.execute(sa.select(ALARMS.c.name).where(ALARMS.c.name == name)).first():
        return False
    db.execute(sa.insert(ALARMS).values(name=name, **row))
    return True


def move_and_tell(db: sa.Connection, version: int, standing: Standing, news: News | None, ways: Sequence[str]) -> None:
    """Both or neither: whoever was first writes what is to be told of the move, if anything is."""
    if move(db, version, standing) and news:
        tell(db, news, ways)


def tell(db: sa.Connection, news: News, ways: Sequence[str]) -> None:
    """Of each way that it is to go."""
    for way in ways:
        key = {"alarm": news.alarm, "since_ms": news.since_ms, "firing": news.firing, "way": way}
        rest = {"news": msgspec.json.encode(asdict(news)).decode(), "made_ms": news.at_ms, "due_ms": news.at_ms}
        db.execute(sa.insert(NEWS).values(**key, **rest, tries=0, state="waiting", problem=""))


def due(db: sa.Connection, ways: Sequence[str], now_ms: int) -> list[Told]:
    """Of each alarm the oldest for each way, if its time has come: that it ended is told after that it began."""
    columns = (NEWS.c.way, NEWS.c.news, NEWS.c.tries, NEWS.c.due_ms, NEWS.c.made_ms)
    waiting = sa.select(*columns).where(NEWS.c.state == "waiting", NEWS.c.way.in_(ways))
    first = dict[tuple[str, str], Told]()
    for row in db.execute(waiting.order_by(NEWS.c.made_ms, NEWS.c.firing.desc())):
        told = Told(row.way, msgspec.json.decode(row.news, type=News), row.tries, row.due_ms, row.made_ms)
        first.setdefault((row.way, told.news.alarm), told)
    return [each for each in first.values() if each.due_ms <= now_ms]


def take_up(db: sa.Connection, told: Told, now_ms: int) -> bool:
    """False when another was first."""
    free = (*_this(told), NEWS.c.state == "waiting", NEWS.c.tries == told.tries, NEWS.c.due_ms == told.due_ms)
    mine = {"tries": told.tries + 1, "due_ms": now_ms + CLAIMED_MS}
    return db.execute(sa.update(NEWS).where(*free).values(mine)).rowcount == 1


def settle(db: sa.Connection, told: Told, state: str, due_ms: int, problem: str) -> None:
    """What came of it; not when another has taken it up since."""
    mine = (*_this(told), NEWS.c.state == "waiting", NEWS.c.tries == told.tries + 1)
    db.execute(sa.update(NEWS).where(*mine).values(state=state, due_ms=due_ms, problem=problem[:300]))


def heard(db: sa.Connection) -> dict[tuple[str, int], tuple[int, str]]:
    """By an alarm and when it began: how many were told that it did, and why one was not."""
    found = dict[tuple[str, int], tuple[int, str]]()
    for row in db.execute(sa.select(NEWS).where(NEWS.c.firing)):
        told, untold = found.get((row.alarm, row.since_ms), (0, ""))
        found[row.alarm, row.since_ms] = told + (row.state == "told"), untold or row.problem
    return found


def look(db: sa.Connection, now_ms: int) -> None:
    if not db.execute(sa.update(LOOKS).values(at_ms=now_ms)).rowcount:
        db.execute(sa.insert(LOOKS).values(what="look", at_ms=now_ms))


def looked_ms(db: sa.Connection) -> int:
    return int(db.execute(sa.select(sa.func.max(LOOKS.c.at_ms))).scalar() or 0)


def forget(db: sa.Connection, now_ms: int) -> None:
    db.execute(sa.delete(NEWS).where(NEWS.c.made_ms < now_ms - FORGOTTEN_MS))
    db.execute(sa.delete(ALARMS).where(ALARMS.c.state == "resolved", ALARMS.c.resolved_ms < now_ms - FORGOTTEN_MS))


def is_too_old(told: Told, now_ms: int) -> bool:
    return now_ms - told.made_ms >= GIVEN_UP_MS


def _this(told: Told) -> tuple[sa.ColumnElement[bool], ...]:
    news = told.news
    return (
        NEWS.c.alarm == news.alarm,
        NEWS.c.since_ms == news.since_ms,
        NEWS.c.firing == sa.literal(news.firing),
        NEWS.c.way == told.way,
    )
