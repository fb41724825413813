"""How somebody likes to watch, where the account is at home, and what ages are called there."""

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from matinee.contracts.identity_pb2 import AccountId, CountryChange, Credentials, PreferencesChange, Profile
from matinee.library.ratings import rating
from matinee.members.country import country_of
from matinee.members.rating_tables import BOARDS, limits_of
from members.family import CALL, PASSWORD, Family, at_home, refused


@pytest.fixture
async def family(tmp_path: Path) -> AsyncIterator[Family]:
    async with at_home(tmp_path) as family:
        yield family


async def test_preferences_are_kept_one_by_one(family: Family) -> None:
    """What I never said is as for everybody; what I say changes nothing else; a child says it of itself only."""

    def change(whose: str, by: str, **said: object) -> Awaitable[Profile]:
        return family.identity.set_preferences(
            PreferencesChange(account_id=family.account, profile_id=whose, asked_by=by, **said), CALL
        )

    first = (await family.profile(family.asha)).preferences
    assert (first.autoplay_next, first.subtitles, first.subtitle_size) == (True, False, "medium")
    await change(family.asha, family.asha, subtitles=True, subtitle_language="de")
    await change(family.asha, family.asha, autoplay_next=False)
    kept = (await family.profile(family.asha)).preferences
    assert (kept.subtitles, kept.subtitle_language, kept.autoplay_next, kept.subtitle_style) == (True, "de", False, "shadow")
    await change(family.kid, family.kid, subtitles=True)
    await change(family.kid, family.asha, subtitle_size="large")
    assert (await refused(change(family.asha, family.kid, subtitles=False))).kind == "forbidden"
    assert (await refused(change(family.asha, family.asha, language="<b>"))).field == "language"
    assert (await refused(change(family.asha, family.asha, subtitle_size="huge"))).field == "subtitleSize"


async def test_an_account_is_at_home_where_it_says_and_moves_once_a_month(family: Family) -> None:
    """First the house's country counts, then the account's own; the next change waits thirty days; a child changes none."""

    def say(country: str, by: str = "") -> Awaitable[object]:
        return family.identity.set_country(CountryChange(account_id=family.account, country=country, asked_by=by), CALL)

    assert (await family.identity.get_country(AccountId(account_id=family.account), CALL)).country == "DE"
    assert (await refused(say("IN", family.kid))).kind == "forbidden"
    assert (await refused(say("India"))).field == "country"
    await say("in")
    assert {(await family.profile(each)).country for each in (family.asha, family.kid)} == {"IN"}
    assert (await family.identity.whois(AccountId(account_id=family.account), CALL)).country == "IN"
    await say("IN")
    assert (await refused(say("US"))).until_ms == family.clock.now_ms() + 30 * 24 * 3600 * 1000
    await family.clock.advance(30 * 24 * 3600)
    await say("US")


async def test_a_country_named_at_sign_up_counts_from_the_start(family: Family) -> None:
    """Who says at the door where they are at home is at home there at once."""
    asked = Credentials(email="mira@example.org", password=PASSWORD, country="br")
    assert (await family.identity.sign_up(asked, CALL)).account.country == "BR"
    odd = Credentials(email="odd@example.org", password=PASSWORD, country="Brazil")
    assert (await refused(family.identity.sign_up(odd, CALL))).field == "country"


@pytest.mark.parametrize("country", BOARDS)
def test_a_limit_lets_through_what_wears_its_label(country: str) -> None:
    """Who chooses "FSK 12" or "12A" as a limit finds the titles that are labelled so, and those below."""
    years = [step.years for step in BOARDS[country].steps]
    assert years == sorted(years) and years[0] == 0
    for step in BOARDS[country].steps:
        assert rating([f"{country}:{step.label}"]).years == step.years, step.label
    assert limits_of(country)[-1].years == 18


def test_where_nothing_is_known_ages_go_by_years() -> None:
    """Nowhere has no board: the limits are bare ages, and the country is none that a title could name."""
    assert [step.label for step in limits_of(country_of(None, ""))][:3] == ["All ages", "6", "7"]
