"""The ring of signing keys, in SQL, where every steering finds the same.

When they turn over is decided in `rotation`; here they are made from the system's randomness and kept. A turn is one
transaction: of two steerings that find a key due, one makes it and the other finds it made.
"""

import secrets

import sqlalchemy as sa

from matinee.edge.rotation import Fresh, Ring, SigningKey, rotated

TABLES = sa.MetaData()

BOX_KEYS = sa.Table(
    "box_keys",
    TABLES,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),  # in the order they were made
    sa.Column("kid", sa.String(8), nullable=False, unique=True),
    sa.Column("secret", sa.String(64), nullable=False),
    sa.Column("signs_from_ms", sa.BigInteger, nullable=False),
)


def fresh_key() -> Fresh:
    return Fresh(secrets.token_hex(4), secrets.token_urlsafe(32))


def turn(db: sa.Connection, now_ms: int, fresh: Fresh) -> Ring:
    """The ring as it must be now, which is then also what is kept; `fresh` joins it if a key is due."""
    rows = db.execute(sa.select(BOX_KEYS).order_by(BOX_KEYS.c.place)).all()
    ring = tuple(SigningKey(row.kid, row.secret, row.signs_from_ms) for row in rows)
    turned = rotated(ring, now_ms, fresh)
    over = [key.kid for key in ring if key not in turned]
    if over:
        db.execute(sa.delete(BOX_KEYS).where(BOX_KEYS.c.kid.in_(over)))
    place = rows[-1].place if rows else 0
    for key in turned[len(ring) - len(over) :]:
        place += 1
        values = {"place": place, "kid": key.kid, "secret": key.secret, "signs_from_ms": key.signs_from_ms}
        db.execute(sa.insert(BOX_KEYS).values(values))
    return turned
