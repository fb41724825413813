"""The page one comes home to: which title is the hero, and which rows stand below it, in which order.

What one is in the middle of comes first, then what one wanted to see, then what is new, then series, then the genres with
most to choose from. Decides, and knows no store.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum

from matinee.screen.next_up import Episode, Watched, next_up

MOST_IN_ROW = 20
MOST_GENRES = 8
LEAST_IN_GENRE = 2


@dataclass(frozen=True)
class Card:
    """What there is to know of a title to put it somewhere."""

    title_id: str
    series_id: str  # of an episode, else empty
    playable: bool
    has_art: bool
    short: bool = False


class Kind(Enum):
    KEEP_WATCHING = "keep-watching"
    MY_LIST = "my-list"
    NEW = "new"
    SERIES = "series"
    GENRE = "genre"


NAMES = {Kind.KEEP_WATCHING: "Keep watching", Kind.MY_LIST: "My list", Kind.NEW: "New", Kind.SERIES: "Series"}


@dataclass(frozen=True)
class Shelf:
    kind: Kind
    name: str
    title_ids: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the catalog shows this profile, newest first each, and what the profile has done."""

    newest: Sequence[Card]  # films and series
    series: Sequence[Card]
    genres: Mapping[str, Sequence[Card]]  # the biggest first
    kept: Sequence[Card]  # the last added first
    watched: Mapping[str, Watched]  # the latest first
    cards: Mapping[str, Card]  # of what was watched, as far as it is still shown
    episodes: Mapping[str, Sequence[Episode]]  # of each series that was watched
    put_away: Mapping[str, int] = field(default_factory=dict[str, int])  # films and series out of Keep watching, since when


def compose(facts: Facts) -> list[Shelf]:
    """The rows of the page; none is empty, none shows what another already shows whole, no title twice in one."""
    new = _playable(facts.newest)
    shelves = [
        Shelf(Kind.KEEP_WATCHING, NAMES[Kind.KEEP_WATCHING], _first(keep_watching(facts))),
        Shelf(Kind.MY_LIST, NAMES[Kind.MY_LIST], _first(card.title_id for card in facts.kept)),
        Shelf(Kind.NEW, NAMES[Kind.NEW], new),
    ]
    rest = [Shelf(Kind.SERIES, NAMES[Kind.SERIES], _playable(facts.series))]
    genres = [Shelf(Kind.GENRE, name, _playable(cards)) for name, cards in facts.genres.items()]
    rest += [genre for genre in genres if len(genre.title_ids) >= LEAST_IN_GENRE][:MOST_GENRES]
    return [shelf for shelf in (*shelves, *(each for each in rest if each.title_ids != new)) if shelf.title_ids]


def without(shelves: Iterable[Shelf], above: Set[str]) -> list[Shelf]:
    """The shelves below others, with nothing that stands above, nor twice among them; one of a single title is none."""
    taken, found = set(above), list[Shelf]()
    for shelf in shelves:
        left = tuple(title_id for title_id in shelf.title_ids if title_id not in taken)
        if len(left) >= LEAST_IN_GENRE:
            found.append(Shelf(shelf.kind, shelf.name, left))
            taken.update(left)
    return found


def keep_watching(facts: Facts) -> list[str]:
    """Films left unfinished, and of each series the episode to go on with; what was watched last comes first.

    What was put away comes back when it is watched again.
    """
    found: list[str] = []
    series_done: set[str] = set()
    for title_id, watched in facts.watched.items():
        card = facts.cards.get(title_id)
        if card is None or card.series_id in series_done:
            continue
        put_away = watched.at_ms <= facts.put_away.get(card.series_id or title_id, -1)
        if not card.series_id:
            found += [title_id] if card.playable and not watched.finished and not put_away else []
            continue
        series_done.add(card.series_id)
        following = None if put_away else next_up(facts.episodes.get(card.series_id, ()), facts.watched)
        found += [following.title_id] if following else []
    return found


def hero(facts: Facts) -> str | None:
    """The newest title to be played that has a picture and was not watched to its end; None: there is none.

    Features and series come before shorts: a short is over before the page was worth opening.
    """
    worthy = [card for card in facts.newest if card.playable and card.has_art and not _seen_whole(card, facts)]
    return next((card.title_id for card in worthy if not card.short), worthy[0].title_id if worthy else None)


def _seen_whole(card: Card, facts: Facts) -> bool:
    if card.title_id in facts.episodes:
        return next_up(facts.episodes[card.title_id], facts.watched) is None
    return card.title_id in facts.watched and facts.watched[card.title_id].finished


def _playable(cards: Sequence[Card]) -> tuple[str, ...]:
    return _first(card.title_id for card in cards if card.playable)


def _first(title_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title_ids))[:MOST_IN_ROW]
