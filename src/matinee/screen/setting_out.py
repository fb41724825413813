"""The page one comes home to, laid out of what the catalog, asked last of all, still lets this audience see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matinee.contracts import home_pb2 as pb
from matinee.contracts.catalog_pb2 import FILM, PLAYABLE, Title
from matinee.contracts.recommend_pb2 import RecommendedRow
from matinee.screen.next_up import Episode
from matinee.screen.recommended import named, put_into_words
from matinee.screen.shelves import Card, Facts, Kind, Shelf, compose, hero, without

SHORT_MS = 300_000
"""A film that takes less is a short."""

KINDS = {
    Kind.KEEP_WATCHING: pb.KEEP_WATCHING,
    Kind.MY_LIST: pb.MY_LIST,
    Kind.NEW: pb.NEW,
    Kind.SERIES: pb.SERIES_ROW,
    Kind.GENRE: pb.GENRE,
}
OWN = (Kind.KEEP_WATCHING, Kind.MY_LIST)
"""Rows of what a profile began or wants to see: a title in one of them may stand in another row, too."""


@dataclass(frozen=True)
class Plan:
    """What the page would show if all of it may be seen."""

    facts: Facts
    ranked: Sequence[RecommendedRow]
    newcomers: Sequence[str]  # that play and that do not, newest first

    @cached_property
    def shelves(self) -> Sequence[Shelf]:
        return compose(self.facts)

    @cached_property
    def hero(self) -> str | None:
        return hero(self.facts)

    @property
    def named(self) -> Iterable[str]:
        """The ids of every title it shows or speaks of, some of them several times."""
        yield from self.newcomers
        yield from filter(None, (self.hero, *named(self.ranked)))
        for shelf in self.shelves:
            yield from shelf.title_ids


def set_out(plan: Plan, shown: Mapping[str, Title], country: str) -> pb.HomePage:
    """`shown` are the titles that may be seen now, by id; whatever else was planned is not there.

    What is offered can be played, too; what somebody began or put on their list may be on its way again.
    """
    ranked = [row for each in plan.ranked if (row := put_into_words(each, shown, country))]
    playing = {title_id: title for title_id, title in shown.items() if title.state == PLAYABLE}
    own = [shelf for shelf in plan.shelves if shelf.kind in OWN]
    rest = [shelf for shelf in plan.shelves if shelf.kind not in OWN]
    if ranked:
        rest = without(rest, {title.title_id for row in ranked for title in row.titles})
    page = pb.HomePage(hero=playing.get(plan.hero or ""))
    for row in (*_rows(own, shown), *ranked, *_rows(rest, playing)):
        page.rows.add().CopyFrom(row)
    page.preparing.extend(shown[each] for each in plan.newcomers if each in shown and shown[each].state != PLAYABLE)
    return page


def _rows(shelves: Iterable[Shelf], shown: Mapping[str, Title]) -> Iterable[pb.Row]:
    for shelf in shelves:
        titles = [shown[title_id] for title_id in shelf.title_ids if title_id in shown]
        if titles:
            row_id = f"genre-{shelf.name.casefold().replace(' ', '-')}" if shelf.kind is Kind.GENRE else shelf.kind.value
            yield pb.Row(row_id=row_id, kind=KINDS[shelf.kind], name=shelf.name, titles=titles)


def card_of(title: Title) -> Card:
    return Card(
        title_id=title.title_id,
        series_id=title.series_id,
        playable=title.state == PLAYABLE,
        has_art=title.HasField("art"),
        short=title.kind == FILM and 0 < title.runtime_ms < SHORT_MS,
    )


def episode_of(title: Title) -> Episode:
    return Episode(title.title_id, title.season_number, title.episode_number, title.state == PLAYABLE)
