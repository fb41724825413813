"""Who may see what, on every path there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.place import CALL, NOW_MS, Place
from matinee.contracts import catalog_pb2 as pb
from matinee.library.nfo import Notes
from matinee.library.rights import Audience, Terms, may, stricter
from matinee.library.shelf import Edition, Known, Shelf
from matinee.library.similar import alike
from matinee.ports.rpc import Refused

COUNTRIES = ["DE", "AT", "FR"]
MOMENTS = st.integers(0, 100)
TERMS = st.builds(
    Terms,
    years=st.none() | st.sampled_from([0, 6, 12, 16, 18]),
    countries=st.none() | st.frozensets(st.sampled_from(COUNTRIES), max_size=2),
    from_ms=MOMENTS,
    until_ms=st.none() | MOMENTS,
)
AUDIENCES = st.builds(Audience, maturity_limit=st.sampled_from([0, 6, 12, 16, 18]), country=st.sampled_from(["", *COUNTRIES]))


@given(AUDIENCES, TERMS, TERMS, MOMENTS)
def test_joined_terms_are_met_by_who_meets_both(audience: Audience, one: Terms, other: Terms, now_ms: int) -> None:
    """An episode is never more open than its series, but for an age that one of them left unsaid."""
    [first, second, both] = may(audience, [one, other, stricter(one, other)], now_ms)
    if one.years is not None and other.years is not None:
        assert both == (first and second)
    elif both:
        assert first or one.years is None
        assert second or other.years is None


@given(TERMS, MOMENTS)
def test_the_operator_sees_everything(terms: Terms, now_ms: int) -> None:
    """Whoever runs the house finds every title of it."""
    assert may(Audience(0, "", operator=True), [terms], now_ms) == [True]


def known(number: int, terms: Terms, series: str) -> Known:
    notes = Notes(genres=("Drama",), terms=terms)
    edition = Edition("e", complete=True)
    kind = "episode" if series else "film"
    return Known(f"t{number}", kind, f"T{number}", 0, notes, terms, edition=edition, series_path=series, numbers=(number,))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(TERMS, st.sampled_from(["", "", "A", "B"])), max_size=12),
    st.fixed_dictionaries({"A": TERMS, "B": TERMS}),
    st.lists(st.tuples(AUDIENCES, MOMENTS), min_size=1, max_size=4),
)
def test_no_view_holds_what_the_rights_refuse(
    titles: list[tuple[Terms, str]], series: dict[str, Terms], asking: list[tuple[Audience, int]]
) -> None:
    """Listed, by its id, as an episode, as more like this: a title is there exactly if it and its series may be seen."""
    shelf = Shelf()
    all_series = [Known(name, "series", name, 0, Notes(terms=terms), terms, series_path=name) for name, terms in series.items()]
    shelf.put([known(number, terms, name) for number, (terms, name) in enumerate(titles)], all_series, ())
    for audience, now_ms in asking:
        view = shelf.view(audience, now_ms)
        allowed = {
            f"t{number}"
            for number, (terms, name) in enumerate(titles)
            if may(audience, [stricter(terms, series[name]) if name else terms], now_ms) == [True]
        }
        shown = {name for number, (_, name) in enumerate(titles) if name and f"t{number}" in allowed}
        assert set(view.titles) == allowed | shown
        assert {title.title_id for title in view.listed} == shown | {each for each in allowed if view.titles[each].kind == "film"}
        for title in view.listed:
            assert {each.title_id for each in title.episodes} <= allowed
            assert {each.title_id for each in alike(title, view.listed)} <= allowed | shown


NOTES = "<movie><title>{name}</title><genre>Drama</genre><director>Ada</director>{more}</movie>"
DAY = 24 * 3600 * 1000


@dataclass(frozen=True)
class Shelved:
    """A film of the test, and for whom it is, said independently of the code."""

    name: str
    more: str
    years: int
    countries: Sequence[str] = ("DE", "FR", "")
    from_ms: int = 0
    until_ms: int = 1 << 60


SHELVED = [
    Shelved("Everyone", "<mpaa>G</mpaa>", 0),
    Shelved("Twelve", "<mpaa>FSK 12</mpaa>", 12),
    Shelved("Sixteen", "<certification>UK:15 / DE:16</certification>", 16),
    Shelved("Unrated", "", 18),
    Shelved("Unknown", "<mpaa>Banana</mpaa>", 18),
    Shelved("German", "<mpaa>G</mpaa><rights countries='de, AT'/>", 0, ["DE"]),
    Shelved("Nowhere", "<mpaa>G</mpaa><rights countries='?'/>", 0, []),
    Shelved("Past", "<mpaa>G</mpaa><rights until='2023-11-13'/>", 0, until_ms=NOW_MS - 1),
    Shelved("LastDay", "<mpaa>G</mpaa><rights until='2023-11-14'/>", 0, until_ms=NOW_MS + DAY // 12),
    Shelved("Coming", "<mpaa>G</mpaa><rights from='2023-11-16'/>", 0, from_ms=NOW_MS + DAY),
    Shelved("Garbled", "<mpaa>G</mpaa><rights from='soon'/>", 0, countries=[]),
]


def everything_answered(lists: Sequence[pb.TitleList]) -> set[str]:
    return {title.name for found in lists for title in found.titles}


async def test_no_answer_of_the_catalog_goes_past_the_rights(tmp_path: Path) -> None:
    """For a child, a grown-up, at home, abroad, today and in three days: every question finds exactly what is for them."""
    place = Place(tmp_path)
    await place.catalog.start()
    for each in SHELVED:
        place.film(f"{each.name}.mkv", notes=NOTES.format(name=each.name, more=each.more))
    await place.catalog.scan()
    await place.catalog.index()
    ids = {title.name: title.title_id for title in await place.titles(pb.Audience(operator=True))}
    assert set(ids) == {each.name for each in SHELVED}
    for title in await place.titles(pb.Audience(operator=True)):
        await place.publish(title)
    for later_ms, limit, country in product((0, 3 * DAY), (0, 12, 18), ("DE", "FR", "")):
        now_ms = NOW_MS + later_ms
        await place.clock.advance((now_ms - place.clock.now_ms()) / 1000)
        allowed = {
            each.name
            for each in SHELVED
            if each.years <= limit and country in each.countries and each.from_ms <= now_ms < each.until_ms
        }
        audience = pb.Audience(maturity_limit=limit, country=country)
        catalog = place.catalog
        listed = await catalog.list_titles(pb.ListTitlesRequest(audience=audience, genre="Drama"), CALL)
        got = await catalog.get_titles(pb.GetTitlesRequest(title_ids=ids.values(), audience=audience), CALL)
        found = await catalog.search(pb.SearchRequest(text="drama", audience=audience), CALL)
        for answer in (listed, got, found):
            assert everything_answered([answer]) == allowed
        genres = await catalog.list_genres(pb.ListGenresRequest(audience=audience), CALL)
        assert [(genre.name, genre.title_count) for genre in genres.genres] == ([("Drama", len(allowed))] if allowed else [])
        for name, title_id in ids.items():
            request = pb.GetTitleRequest(title_id=title_id, audience=audience)
            if name in allowed:
                assert (await catalog.get_title(request, CALL)).name == name
                assert everything_answered([await catalog.similar(request, CALL)]) == allowed - {name}
            else:
                for ask in (catalog.get_title, catalog.similar):
                    with pytest.raises(Refused) as no:
                        await ask(request, CALL)
                    assert no.value.kind == "missing"
    await place.close()


async def test_a_question_that_names_nobody_is_refused(tmp_path: Path) -> None:
    """Whoever forgets to say for whom gets no answer, rather than everybody's."""
    place = Place(tmp_path)
    await place.catalog.start()
    catalog = place.catalog
    for ask in (
        catalog.list_titles(pb.ListTitlesRequest(), CALL),
        catalog.get_title(pb.GetTitleRequest(), CALL),
        catalog.get_titles(pb.GetTitlesRequest(), CALL),
        catalog.search(pb.SearchRequest(text="a"), CALL),
        catalog.similar(pb.GetTitleRequest(), CALL),
        catalog.list_genres(pb.ListGenresRequest(), CALL),
    ):
        with pytest.raises(Refused) as no:
            await ask
        assert (no.value.kind, no.value.field) == ("invalid", "audience")
    await place.close()


async def test_a_mark_says_all_that_an_answer_depends_on(tmp_path: Path) -> None:
    """Who keeps an answer under its mark never shows it to somebody, or at an hour, for whom there is another."""
    place = Place(tmp_path)
    await place.catalog.start()
    for each in SHELVED:
        place.film(f"{each.name}.mkv", notes=NOTES.format(name=each.name, more=each.more))
    await place.catalog.scan()
    seen_at: dict[str, set[str]] = {}
    for later_ms, limit, country in product((0, 3 * DAY), (0, 12, 17, 18), ("DE", "FR", "")):
        await place.clock.advance((NOW_MS + later_ms - place.clock.now_ms()) / 1000)
        audience = pb.Audience(maturity_limit=limit, country=country)
        mark = (await place.catalog.mark(pb.MarkRequest(audience=audience), CALL)).mark
        seen = {title.name for title in await place.titles(audience)}
        assert seen_at.setdefault(mark, seen) == seen
    assert len(seen_at) == 16, "France and nowhere share their marks"
    await place.close()
