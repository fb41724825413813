"""Profiles as messages, and what their tables say no to as refusals for the person."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict

from matinee.contracts import identity_pb2 as pb
from matinee.members import pins, profiles, residence
from matinee.members.country import Home, country_of
from matinee.ports.rpc import Refused


def message_of(profile: profiles.Profile, house_country: str) -> pb.Profile:
    said = Home(profile.country, 0) if profile.country else None
    return pb.Profile(
        profile_id=profile.profile_id,
        account_id=profile.account_id,
        name=profile.name,
        avatar=profile.avatar,
        kids=profile.kids,
        maturity_limit=profile.maturity_limit,
        country=country_of(said, house_country),
        seen_limit=profile.seen_limit,
        has_pin=profile.has_pin,
        asks_above=profile.asks_above and not profile.kids,
        preferences=pb.Preferences(**asdict(profile.preferences)),
    )


@contextmanager
def in_words() -> Generator[None]:
    try:
        yield
    except profiles.Unfit as unfit:
        raise Refused("invalid", "Almost there.", unfit.problem.reason, field=unfit.problem.field) from unfit
    except profiles.AskedByChild as child:
        reason = "Profiles are looked after by grown-ups: let one of them say who is watching, and try again."
        raise Refused("forbidden", "That is for grown-ups.", reason) from child
    except profiles.LastProfile as last:
        raise Refused("invalid", "Somebody has to watch.", "An account keeps at least one profile: rename this one.") from last
    except profiles.NoSuchProfile as gone:
        raise Refused("no_profile", "Who is watching?", "Pick one of the profiles of this account.") from gone
    except pins.TooManyTries as many:
        reason = "That was wrong too often. Wait a little, then try again."
        raise Refused("busy", "One moment.", reason, until_ms=many.until_ms, field="pin") from many
    except residence.TooSoon as soon:
        reason = "Where you are at home changes once in thirty days at most."
        raise Refused("busy", "Not yet.", reason, until_ms=soon.until_ms, field="country") from soon
