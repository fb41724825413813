"""What is booked when money moves: double entry, so that the entries of every happening sum to zero. Decides only.

Debits are positive. `provider` is what the payment provider holds for us; `credit` what we owe members in credit, `held` the
part of it that a bill waits to use up; `gifts` what was bought and not redeemed; `given` what the house gave for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Book(StrEnum):
    PROVIDER = "provider"
    REVENUE = "revenue"
    TAX = "tax"
    CREDIT = "credit"
    HELD = "held"
    GIFTS = "gifts"
    GIVEN = "given"


@dataclass(frozen=True)
class Entry:
    book: Book
    minor: int


class Unbalanced(Exception):
    """Entries that do not sum to zero: a mistake of ours, which must not be kept."""


def balanced(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The same, without those of nothing. Raises Unbalanced."""
    if sum(each.minor for each in entries):
        raise Unbalanced(f"{', '.join(f'{each.book} {each.minor}' for each in entries)}: booked nothing of it")
    return [each for each in entries if each.minor]


def moved(minor: int, *, to: Book, from_: Book) -> Sequence[Entry]:
    return balanced([Entry(to, minor), Entry(from_, -minor)])


def sold(gross_minor: int, credit_minor: int, tax_minor: int) -> Sequence[Entry]:
    """A period, or a part of one: from the card, and from the credit that was held for it."""
    return balanced(
        [
            Entry(Book.PROVIDER, gross_minor - credit_minor),
            Entry(Book.HELD, credit_minor),
            Entry(Book.REVENUE, tax_minor - gross_minor),
            Entry(Book.TAX, -tax_minor),
        ]
    )


def refunded(minor: int, tax_minor: int) -> Sequence[Entry]:
    return balanced([Entry(Book.REVENUE, minor - tax_minor), Entry(Book.TAX, tax_minor), Entry(Book.PROVIDER, -minor)])
