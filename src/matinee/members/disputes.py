"""A bank that asks for a payment back: whoever looks after the house reads it on the member's page.

It is noted, and no more: what there is to say is said at the provider, within its days; access stays, and an operator may close
the membership. What the provider took back is in no book of ours yet.
"""

import sqlalchemy as sa

from matinee.members import bills, invoices, office_book
from matinee.members.office_book import Act
from matinee.members.paying import Dispute

WORDS = {
    "open": "a bank asks {money} of invoice {number} back: answer it at the payment provider",
    "won": "the bank’s claim on {money} of invoice {number} was turned down",
    "lost": "the bank took {money} of invoice {number} back",
}
"""By how it stands."""


def note(db: sa.Connection, dispute: Dispute, now_ms: int) -> None:
    """Once for each thing there is to say of it."""
    bill = bills.by_payment(db, dispute.provider_id) if dispute.provider_id else None
    invoice = invoices.of_bill(db, bill.bill_id) if bill else None
    if bill and invoice:
        what = WORDS[dispute.outcome].format(money=dispute.money, number=invoice.number)
        office_book.did(db, Act(f"{dispute.dispute_id}.{dispute.outcome}", bill.account_id, what, "", "", now_ms))
