"""What identity and the cashier tell the rest of the house, as facts: of members, and of profiles that left."""

import uuid
from typing import Any

from matinee.contracts.events_pb2 import MemberFact, ProfileGone
from matinee.ports.outbox import Untold, id_of

TOPIC = "members"
PROFILES = "profiles"


def fact(account_id: str, at_ms: int, *, fact_id: str = "", **what: Any) -> Untold:
    """One of MemberFact's `what`, by its name: `fact(…, password_changed=PasswordChanged())`.

    A `fact_id` of one's own makes saying it again the same fact.
    """
    (_,) = what
    told = MemberFact(fact_id=fact_id or uuid.uuid4().hex, account_id=account_id, at_ms=at_ms, **what)
    return Untold(told.fact_id, TOPIC, account_id, told.SerializeToString(), at_ms)


def profile_gone(account_id: str, profile_id: str, at_ms: int) -> Untold:
    """So that whoever kept something for it forgets it."""
    told = ProfileGone(profile_id=profile_id, account_id=account_id)
    return Untold(id_of(f"{profile_id} gone"), PROFILES, profile_id, told.SerializeToString(), at_ms)
