"""Names of things. A NewType each, so that a title is never mistaken for an edition."""

from typing import NewType

AccountId = NewType("AccountId", str)
ProfileId = NewType("ProfileId", str)
TitleId = NewType("TitleId", str)
EditionId = NewType("EditionId", str)
BoxId = NewType("BoxId", str)
