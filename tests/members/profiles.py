"""Who watches: the profiles of an account, on the small engine and a clock of our own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet

from matinee.contracts.identity_pb2 import (
    AccountId,
    Credentials,
    ListAvatarsRequest,
    NewProfile,
    Pick,
    Profile,
    ProfileChange,
    ProfileId,
    ProfileRemoval,
    Renewal,
    Session,
)
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.profile_rules import AVATARS, MOST_NAME, Wish, first_wish, problem_with
from matinee.ports.rpc import Call, Refused

CALL = Call("test", "test", 1e12)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Identity]:
    settings = IdentitySettings(tmp_path / "passport.pem", tmp_path / "jwks.json", country="DE")
    identity = Identity(
        sql=SqliteSql(tmp_path / "identity.db"), log=SqliteLog(tmp_path / "log.db"), clock=ManualClock(), settings=settings
    )
    await identity.start()
    yield identity
    await identity.close()


async def signed_up(here: Identity, email: str = "asha@example.org") -> Session:
    return await here.sign_up(Credentials(email=email, password="a quiet evening"), CALL)


async def names(here: Identity, session: Session) -> list[str]:
    found = await here.list_profiles(AccountId(account_id=session.account.account_id), CALL)
    return [profile.name for profile in found.profiles]


async def added(here: Identity, session: Session, name: str, *, kids: bool = False) -> Profile:
    limit = 7 if kids else 18
    wanted = NewProfile(account_id=session.account.account_id, name=name, avatar="moon", kids=kids, maturity_limit=limit)
    return await here.create_profile(wanted, CALL)


def claims_of(here: Identity, session: Session) -> dict[str, object]:
    keys = KeySet.import_key_set(here._passports.public_keys())  # pyright: ignore # the published half
    return jwt.decode(session.passport, keys, algorithms=["ES256"]).claims


async def test_an_account_begins_with_one_profile_and_nobody_picked(here: Identity) -> None:
    """After signing up there is me, who sees everything, and the page asks who is watching."""
    session = await signed_up(here)
    found = (await here.list_profiles(AccountId(account_id=session.account.account_id), CALL)).profiles
    assert [(each.name, each.kids, each.maturity_limit, each.country) for each in found] == [("Asha", False, 18, "DE")]
    assert session.profile_id == ""
    assert claims_of(here, session)["profile"] == ""


async def test_who_was_picked_is_in_the_passport_and_stays_picked(here: Identity) -> None:
    """I say once who is watching; a fresh passport still knows, until I ask to be asked again."""
    session = await signed_up(here)
    kid = await added(here, session, "Kid", kids=True)
    picked = await here.pick_profile(Pick(session_secret=session.session_secret, profile_id=kid.profile_id), CALL)
    assert claims_of(here, picked)["profile"] == picked.profile_id == kid.profile_id
    renewed = await here.renew(Renewal(session_secret=session.session_secret), CALL)
    assert claims_of(here, renewed)["profile"] == kid.profile_id
    unpicked = await here.pick_profile(Pick(session_secret=session.session_secret), CALL)
    assert claims_of(here, unpicked)["profile"] == ""


async def test_nobody_runs_the_house_while_a_kid_watches(here: Identity) -> None:
    """On the operator's account a kids' profile is a kids' profile: no library, no jobs, until somebody else is picked."""
    session = await signed_up(here)
    kid = (await added(here, session, "Kid", kids=True)).profile_id
    assert claims_of(here, session)["role"] == "operator"
    picked = await here.pick_profile(Pick(session_secret=session.session_secret, profile_id=kid), CALL)
    renewed = await here.renew(Renewal(session_secret=session.session_secret), CALL)
    assert claims_of(here, picked)["role"] == claims_of(here, renewed)["role"] == "member"
    unpicked = await here.pick_profile(Pick(session_secret=session.session_secret), CALL)
    assert claims_of(here, unpicked)["role"] == "operator"


async def test_somebody_elses_profile_cannot_be_used_in_any_way(here: Identity) -> None:
    """Knowing the id of another family's profile opens nothing: not picking, not reading, not changing, not removing."""
    mine, theirs = await signed_up(here), await signed_up(here, "ben@example.org")
    foreign = (await added(here, theirs, "Theirs")).profile_id
    me = mine.account.account_id
    attempts = [
        here.pick_profile(Pick(session_secret=mine.session_secret, profile_id=foreign), CALL),
        here.get_profile(ProfileId(account_id=me, profile_id=foreign), CALL),
        here.change_profile(ProfileChange(profile=Profile(account_id=me, profile_id=foreign, name="Mine", avatar="sun")), CALL),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.kind == "no_profile"
    await here.remove_profile(ProfileRemoval(account_id=me, profile_id=foreign), CALL)
    assert sorted(await names(here, theirs)) == ["Ben", "Theirs"]
    assert (await here.renew(Renewal(session_secret=mine.session_secret), CALL)).profile_id == ""


async def test_whoever_watches_by_a_removed_profile_is_asked_anew(here: Identity) -> None:
    """Removing a profile on the phone makes the television ask who is watching; removing it twice is no error."""
    session = await signed_up(here)
    guest = await added(here, session, "Guest")
    await here.pick_profile(Pick(session_secret=session.session_secret, profile_id=guest.profile_id), CALL)
    which = ProfileId(account_id=session.account.account_id, profile_id=guest.profile_id)
    for _ in range(2):
        await here.remove_profile(ProfileRemoval(account_id=which.account_id, profile_id=which.profile_id), CALL)
    assert (await here.renew(Renewal(session_secret=session.session_secret), CALL)).profile_id == ""
    with pytest.raises(Refused, match="Who is watching"):
        await here.get_profile(which, CALL)


async def test_an_account_keeps_one_to_five(here: Identity) -> None:
    """The last profile stays, and a sixth is refused, even when six are made in the same moment."""
    session = await signed_up(here)
    only = (await here.list_profiles(AccountId(account_id=session.account.account_id), CALL)).profiles[0]
    with pytest.raises(Refused, match="at least one"):
        await here.remove_profile(ProfileRemoval(account_id=session.account.account_id, profile_id=only.profile_id), CALL)
    answers = await asyncio.gather(*(added(here, session, f"Guest {n}") for n in range(6)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 2
    assert "at most 5" in refused[0].reason
    assert len(await names(here, session)) == 5


async def test_a_profile_is_changed_as_a_whole_or_not_at_all(here: Identity) -> None:
    """A new name, picture and limit are kept together; a name somebody else here has is refused and nothing changes."""
    session = await signed_up(here)
    kid = await added(here, session, "Kid", kids=True)
    me = session.account.account_id
    changed = Profile(account_id=me, profile_id=kid.profile_id, name="  Mila   Sun ", avatar="star", maturity_limit=16)
    answer = await here.change_profile(ProfileChange(profile=changed), CALL)
    assert (answer.name, answer.avatar, answer.kids, answer.maturity_limit) == ("Mila Sun", "star", False, 16)
    same = Profile(account_id=me, profile_id=kid.profile_id, name="MILA SUN", avatar="star", maturity_limit=16)
    assert (await here.change_profile(ProfileChange(profile=same), CALL)).name == "MILA SUN"
    taken = Profile(account_id=me, profile_id=kid.profile_id, name="ASHA", avatar="sun", maturity_limit=0)
    with pytest.raises(Refused) as refused:
        await here.change_profile(ProfileChange(profile=taken), CALL)
    assert refused.value.field == "name"
    assert (await here.get_profile(ProfileId(account_id=me, profile_id=kid.profile_id), CALL)).maturity_limit == 16


async def test_without_a_session_nobody_is_picked(here: Identity) -> None:
    """A browser that was signed out meanwhile is told so."""
    with pytest.raises(Refused) as refused:
        await here.pick_profile(Pick(session_secret="none of ours", profile_id="x"), CALL)
    assert refused.value.kind == "unauthenticated"


async def test_a_profile_needs_an_account(here: Identity) -> None:
    """Nobody's profile cannot be made."""
    with pytest.raises(Refused) as refused:
        await here.create_profile(NewProfile(account_id="nobody", name="Me", avatar="sun"), CALL)
    assert refused.value.kind == "unauthenticated"
    assert list((await here.list_avatars(ListAvatarsRequest(), CALL)).avatars) == list(AVATARS)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish("", "sun", kids=False, maturity_limit=18), "name"),
        (Wish(" \u200b ", "sun", kids=False, maturity_limit=18), "name"),
        (Wish("x" * 31, "sun", kids=False, maturity_limit=18), "name"),
        (Wish("a\x00b", "sun", kids=False, maturity_limit=18), "name"),
        (Wish("STRASSE", "sun", kids=False, maturity_limit=18), "name"),
        (Wish("Kid", "../face", kids=False, maturity_limit=18), "avatar"),
        (Wish("Kid", "sun", kids=True, maturity_limit=13), "maturityLimit"),
        (Wish("Kid", "sun", kids=False, maturity_limit=19), "maturityLimit"),
        (Wish("Kid", "sun", kids=False, maturity_limit=-1), "maturityLimit"),
    ],
)
def test_a_form_filled_in_wrongly_says_which_field_and_why(wish: Wish, field: str) -> None:
    """Nobody has to guess what is wrong with a profile."""
    problem = problem_with(wish, ["Straße"])
    assert problem is not None
    assert (problem.field, bool(problem.reason)) == (field, True)


@given(st.emails())
def test_every_address_makes_a_first_profile(email: str) -> None:
    """Whatever one's address is, signing up never fails for the name it makes."""
    wish = first_wish(email)
    assert problem_with(wish, []) is None
    assert len(wish.name) <= MOST_NAME
