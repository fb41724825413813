"""Names of things. A NewType each, so that a title is never mistaken for an edition."""

from typing import NewType

AccountId = NewType("AccountId", str)
ProfileId = NewType("ProfileId", str)
TitleId = NewType("TitleId", str)
EditionId = NewType("EditionId", str)
BoxId = NewType("BoxId", str)

LONGEST = 40


def may_be_id(text: str) -> bool:
    """Whether something could be of that name; what people send may be anything."""
    return 0 < len(text) <= LONGEST and text.isascii() and text.isprintable()
