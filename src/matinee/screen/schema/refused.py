"""A no as the browser reads it, and moments as it reads them."""

from datetime import UTC, datetime
from typing import Self

import strawberry

from matinee.ports.rpc import Refused as RefusedCall

ERRORS = frozenset({"unauthenticated", "no_profile"})
"""Kinds that are errors of the whole question rather than an answer to it: the page goes and asks who is there."""


@strawberry.type(description="A no, in words for the viewer, with the way out.")
class Refused:
    headline: str
    reason: str
    kind: str = strawberry.field(description="For programs: invalid, forbidden, missing, taken, busy, not_yet, gone, …")
    field: str | None = strawberry.field(description="The input at fault, if one is.")
    retry_at: str | None = strawberry.field(description="When to try again, as ISO 8601 in UTC; null when waiting does not help.")

    @classmethod
    def of(cls, refused: RefusedCall) -> Self:
        if refused.kind in ERRORS:
            raise refused
        return cls(
            headline=refused.title,
            reason=refused.reason,
            kind=refused.kind,
            field=refused.field or None,
            retry_at=iso(refused.until_ms) if refused.until_ms else None,
        )


def iso(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat()
