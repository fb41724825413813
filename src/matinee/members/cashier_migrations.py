"""The history of the cashier's tables. What stands here was done to somebody's database: it is never changed, only continued.

What the tables look like now stands in the files that use them; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def who_pays(op: Operations) -> None:
    op.create_table(
        "payers",
        sa.Column("account_id", sa.String(40), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("customer", sa.String(80), nullable=False),
        sa.Column("method", sa.String(80), nullable=False),
        sa.Column("brand", sa.String(20), nullable=False),
        sa.Column("last4", sa.String(4), nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("credit_minor", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("trialled", sa.Boolean, nullable=False),
        sa.Column("subscription_id", sa.String(40), nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "visits",
        sa.Column("page_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("provider_page_id", sa.String(120), nullable=False, index=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
    )


def plans(op: Operations) -> None:
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("screens", sa.Integer, nullable=False),
        sa.Column("yearly", sa.Boolean, nullable=False),
        sa.Column("trial_days", sa.Integer, nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.Column("prices_minor", sa.JSON, nullable=False),
    )
    op.create_table(
        "coupons",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("periods", sa.Integer, nullable=False),
        sa.Column("most_uses", sa.Integer, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("account_id", sa.String(40), primary_key=True),
    )
    op.create_table(
        "gifts",
        sa.Column("gift_id", sa.String(40), primary_key=True),
        sa.Column("code", sa.String(32), nullable=False, unique=True),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False, index=True),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("redeemed_by", sa.String(40), nullable=False),
    )


def memberships(op: Operations) -> None:
    _subscriptions(op)
    _bills(op)


def _subscriptions(op: Operations) -> None:
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("plan_id", sa.String(40), nullable=False),
        sa.Column("yearly", sa.Boolean, nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("anchor_ms", sa.BigInteger, nullable=False),
        sa.Column("anchor_period", sa.Integer, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("from_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("next_plan_id", sa.String(40), nullable=False),
        sa.Column("next_price_minor", sa.BigInteger, nullable=False),
        sa.Column("next_yearly", sa.Boolean, nullable=False),
        sa.Column("coupon", sa.String(32), nullable=False),
        sa.Column("coupon_left", sa.Integer, nullable=False),
        sa.Column("trial_days", sa.Integer, nullable=False),
        sa.Column("warned", sa.Boolean, nullable=False),
        sa.Column("grace_until_ms", sa.BigInteger, nullable=False),
        sa.Column("paused_until_ms", sa.BigInteger, nullable=False),
        sa.Column("pause_months", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),
    )


def _bills(op: Operations) -> None:
    op.create_table(
        "bills",
        sa.Column("bill_id", sa.String(100), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("subscription_id", sa.String(40), nullable=False, index=True),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("plan_id", sa.String(40), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("list_minor", sa.BigInteger, nullable=False),
        sa.Column("gross_minor", sa.BigInteger, nullable=False),
        sa.Column("credit_minor", sa.BigInteger, nullable=False),
        sa.Column("tax_bps", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("first_failed_ms", sa.BigInteger, nullable=False),
        sa.Column("provider_id", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("confirm_url", sa.String(1000), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),
        sa.UniqueConstraint("subscription_id", "period", "kind", "plan_id"),
    )


def books(op: Operations) -> None:
    op.create_table(
        "postings",
        sa.Column("movement_id", sa.String(140), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("book", sa.String(20), nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "invoice_numbers",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "invoices",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("bill_id", sa.String(100), nullable=False),
        sa.Column("credit_note", sa.Boolean, nullable=False),
        sa.Column("issued_ms", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_minor", sa.BigInteger, nullable=False),
        sa.Column("tax_minor", sa.BigInteger, nullable=False),
        sa.Column("tax_bps", sa.Integer, nullable=False),
        sa.Column("credit_minor", sa.BigInteger, nullable=False),
        sa.Column("discount_minor", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("buyer", sa.String(254), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("seller", sa.String(500), nullable=False),
        sa.Column("corrects", sa.String(20), nullable=False),
        sa.UniqueConstraint("bill_id", "credit_note"),
    )


def house(op: Operations) -> None:
    op.create_table(
        "acts",
        sa.Column("act_id", sa.String(140), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "refunds",
        sa.Column("refund_id", sa.String(120), primary_key=True),
        sa.Column("bill_id", sa.String(100), nullable=False, unique=True),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),
    )
    op.create_table(
        "hooks",
        sa.Column("event_id", sa.String(120), primary_key=True),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("heard_ms", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "outbox",
        sa.Column("fact_id", sa.String(40), primary_key=True),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    )


MIGRATIONS = (
    Migration("0001", who_pays),
    Migration("0002", plans),
    Migration("0003", memberships),
    Migration("0004", books),
    Migration("0005", house),
)
