"""The library in columns: the same titles as the catalog lists, for the same audience, and no more."""

from itertools import accumulate

from matinee.contracts.catalog_pb2 import Audience, LibraryOutline, ListTitlesRequest, MarkRequest, OutlineRequest
from matinee.engines.manual_clock import ManualClock
from matinee.library.nfo import Notes
from matinee.library.rights import Terms
from matinee.library.shelf import Edition, Known
from recommend.house import CALL, Stacks, film


def parts(counts: list[int], values: list[int]) -> list[list[int]]:
    ends = list(accumulate(counts))
    return [values[end - count : end] for count, end in zip(counts, ends, strict=True)]


def library() -> Stacks:
    films = [
        film("calm", "Nature", "Drama", people=("Ann", "Bo"), added_ms=3),
        film("grim", "Crime", people=("Bo",), years=18, added_ms=2, playable=False),
        film("far", "Nature", countries=frozenset({"FR"}), added_ms=1),
    ]
    series = Known("show", "series", "Show", 2000, Notes(genres=("Drama",), terms=Terms(6)), Terms(6), series_path="p")
    episodes = [
        Known(f"e{n}", "episode", "E", 2000, Notes(), Terms(), edition=Edition("x", complete=True), series_path="p", numbers=(n,))
        for n in (1, 2)
    ]
    return Stacks(ManualClock(), [*films, *episodes], [series])


async def told(catalog: Stacks, years: int, country: str) -> tuple[LibraryOutline, list[str]]:
    audience = Audience(maturity_limit=years, country=country)
    outline = await catalog.outline(OutlineRequest(audience=audience), CALL)
    listed = await catalog.list_titles(ListTitlesRequest(audience=audience), CALL)
    assert outline.mark == (await catalog.mark(MarkRequest(audience=audience), CALL)).mark
    return outline, [title.title_id for title in listed.titles]


async def test_an_outline_has_what_the_audience_may_see_and_what_makes_titles_alike() -> None:
    """Each audience gets the columns of its own titles: who plays, when they came, their genres, and who is in both of two."""
    outline, listed = await told(library(), 18, "DE")
    assert list(outline.title_ids) == listed == ["calm", "grim", "show"]
    assert list(outline.playable) == [True, False, True]
    genres = parts(list(outline.genre_counts), list(outline.genres))
    assert [[outline.genre_names[n] for n in each] for each in genres] == [["Nature", "Drama"], ["Crime"], ["Drama"]]
    calm, grim, show = parts(list(outline.people_counts), list(outline.people))
    assert (len(set(calm) & set(grim)), len(calm), show) == (1, 2, [])
    assert dict(zip(outline.episode_ids, outline.episode_series, strict=True)) == {"e1": 2, "e2": 2}
    child, listed = await told(library(), 6, "FR")
    assert list(child.title_ids) == listed == ["calm", "far", "show"]
    assert "Crime" not in child.genre_names
