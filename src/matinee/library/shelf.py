"""The whole library in memory, as one audience after another may see it.

Five thousand titles are a few megabytes; their rows are read again only when they have changed. Whoever asks gets a `View`,
which holds what `rights` lets through and nothing else: every answer of the catalog is drawn from a view, so there is no path
around the rights. Views are kept by the terms they grant, of which there are few: one for grown-ups, one or two for children.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Literal

from matinee.library.nfo import CAST, Notes
from matinee.library.rights import Audience, Terms, may, stricter

MOST_VIEWS = 32


@dataclass(frozen=True)
class Track:
    kind: str  # AUDIO or SUBTITLES
    language: str
    name: str
    forced: bool = False
    hearing_impaired: bool = False


@dataclass(frozen=True)
class Edition:
    edition_id: str
    complete: bool
    heights_px: tuple[int, ...] = ()
    tracks: tuple[Track, ...] = ()
    chapters: tuple[tuple[int, str], ...] = ()  # start in milliseconds, name


@dataclass(frozen=True)
class Known:
    """One title. An episode's terms are joined with those of its series; a series' facts are those of the episodes in view."""

    title_id: str
    kind: Literal["film", "series", "episode"]
    name: str
    year: int
    notes: Notes
    terms: Terms
    added_ms: int = 0
    modified_ns: int = 0
    runtime_ms: int = 0
    problem: str = ""
    edition: Edition | None = None
    art_id: str = ""
    glow: str = ""
    series_path: str = ""  # of an episode and its series: what makes them belong together
    series_id: str = ""
    series_name: str = ""
    season: int = 0
    numbers: tuple[int, ...] = ()
    premiered: str = ""
    episodes: tuple["Known", ...] = field(default=(), repr=False)  # of a series, those in view, in their order

    @cached_property
    def state(self) -> Literal["playable", "preparing", "failed"]:
        if self.edition or any(each.state == "playable" for each in self.episodes):
            return "playable"
        return "failed" if self.problem or (self.episodes and all(each.problem for each in self.episodes)) else "preparing"

    @cached_property
    def people(self) -> frozenset[str]:
        return frozenset(name for credit in self.notes.credits if credit.role != "Studio" for name in credit.names)

    @property
    def leads(self) -> frozenset[str]:
        """Who made it, and the first of the cast."""
        return frozenset(name for each in self.notes.credits for name in (each.names[:4] if each.role == CAST else each.names))


@dataclass(frozen=True)
class View:
    """What one audience may see, and nothing else. `listed` are films and series, newest first."""

    titles: Mapping[str, Known]
    listed: Sequence[Known]

    def episodes(self, series_id: str) -> Sequence[Known]:
        series = self.titles.get(series_id)
        return series.episodes if series else ()

    @cached_property
    def genres(self) -> dict[str, int]:
        """How many films and series each genre has, by its name."""
        counts: dict[str, int] = {}
        for title in self.listed:
            for genre in title.notes.genres:
                counts[genre] = counts.get(genre, 0) + 1
        return dict(sorted(counts.items()))


class Shelf:
    def __init__(self) -> None:
        self._titles: dict[str, Known] = {}  # films and episodes, as they lie on disk
        self._series: dict[str, Known] = {}  # by path
        self._views: dict[frozenset[Terms], View] = {}
        self._all_terms: frozenset[Terms] | None = None

    def put(self, titles: Iterable[Known], series: Iterable[Known], gone: Iterable[str]) -> None:
        """Takes in what has changed."""
        changed = {each.series_path: each for each in series}
        self._series |= changed
        for title_id in gone:
            self._titles.pop(title_id, None)
        for title in [*self._titles.values()] if changed else []:
            if title.series_path in changed:
                self._titles[title.title_id] = self._joined(title)
        for title in titles:
            self._titles[title.title_id] = self._joined(title)
        self._views, self._all_terms = {}, None

    def find(self, title_id: str) -> Known | None:
        """For our own use, not for an audience: whatever lies on the shelf."""
        return self._titles.get(title_id)

    def below(self, series_paths: Set[str]) -> list[Known]:
        """For our own use: these series and all their episodes."""
        series = [each for path, each in self._series.items() if path in series_paths]
        return series + [each for each in self._titles.values() if each.series_path in series_paths]

    def mark(self, audience: Audience, now_ms: int) -> str:
        """The same for all who see the same of one state of the library, in whichever process they ask."""
        told = sorted(
            f"{each.years} {'*' if each.countries is None else sorted(each.countries)} {each.from_ms} {each.until_ms}"
            for each in self._granted(audience, now_ms)
        )
        return blake2b("|".join(told).encode(), digest_size=12).hexdigest()

    def view(self, audience: Audience, now_ms: int) -> View:
        granted = self._granted(audience, now_ms)
        if granted not in self._views:
            if len(self._views) >= MOST_VIEWS:
                self._views.clear()
            self._views[granted] = self._view(granted)
        return self._views[granted]

    def _granted(self, audience: Audience, now_ms: int) -> frozenset[Terms]:
        if self._all_terms is None:
            self._all_terms = frozenset(each.terms for each in self._titles.values())
        asked = list(self._all_terms)
        return frozenset(terms for terms, granted in zip(asked, may(audience, asked, now_ms), strict=True) if granted)

    def _joined(self, title: Known) -> Known:
        """An episode with what its series says of it. An episode's own notes are the ones its terms began as."""
        series = self._series.get(title.series_path) if title.kind == "episode" else None
        if series is None:
            return title
        terms = stricter(title.notes.terms, series.notes.terms)
        return replace(title, series_id=series.title_id, series_name=series.name, terms=terms)

    def _view(self, granted: Set[Terms]) -> View:
        seen = [title for title in self._titles.values() if title.terms in granted]
        episodes: dict[str, list[Known]] = {}
        for title in seen:
            if title.kind == "episode":
                episodes.setdefault(title.series_path, []).append(title)
        series = [whole_series(self._series[path], found) for path, found in episodes.items() if path in self._series]
        listed = [*(title for title in seen if title.kind == "film"), *series]
        listed.sort(key=lambda each: (-each.added_ms, -each.modified_ns, each.name, each.title_id))
        return View({each.title_id: each for each in (*seen, *series)}, listed)


def whole_series(series: Known, episodes: Sequence[Known]) -> Known:
    """A series as its visible episodes make it: the newest dates it, the first playable one lends its pictures."""
    ordered = sorted(episodes, key=episode_order)
    pictured = next((each for each in ordered if each.art_id and each.edition), None)
    genres = series.notes.genres or tuple(dict.fromkeys(genre for each in ordered for genre in each.notes.genres))
    strictest = max(ordered, key=lambda each: each.terms.years or 0)
    is_rated = series.notes.terms.years is not None
    return replace(
        series,
        notes=replace(series.notes, genres=genres, rating=series.notes.rating if is_rated else strictest.notes.rating),
        terms=series.terms if is_rated else strictest.terms,
        added_ms=max(each.added_ms for each in ordered),
        modified_ns=max(each.modified_ns for each in ordered),
        problem=ordered[0].problem if all(each.problem and not each.edition for each in ordered) else "",
        art_id=pictured.art_id if pictured else "",
        glow=pictured.glow if pictured else "",
        episodes=tuple(ordered),
    )


def episode_order(episode: Known) -> tuple[bool, int, int, str, str]:
    """Season by season, the specials last; within a season by number, what has none at its end."""
    number = episode.numbers[0] if episode.numbers else 1_000_000
    return (episode.season == 0, episode.season, number, episode.premiered, episode.name)
