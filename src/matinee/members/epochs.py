"""How often an account has shown everybody out: it signed out everywhere, or took another password.

What an app was let do in an epoch of before is over (`oauth_grants.py`). It is a number and no moment, written in the transaction
that ends the sessions: no two clocks need agree, nothing has to be delivered, and no death comes in between.
"""

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import TABLES

EPOCHS = sa.Table(
    "epochs",
    TABLES,
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
)


def of(db: sa.Connection, account_id: AccountId) -> int:
    return db.execute(sa.select(EPOCHS.c.epoch).where(EPOCHS.c.account_id == account_id)).scalar() or 0


def begin_another(db: sa.Connection, account_id: AccountId) -> None:
    later = {"epoch": of(db, account_id) + 1}
    if not db.execute(sa.update(EPOCHS).where(EPOCHS.c.account_id == account_id).values(later)).rowcount:
        db.execute(sa.insert(EPOCHS).values({"account_id": account_id, **later}))
