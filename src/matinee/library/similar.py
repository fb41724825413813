"""More like this: titles that share genres and people, rare ones counting for more than common ones.

Each shared trait adds its inverse document frequency, log(titles / titles with the trait), the measure by which Spärck Jones
(1972) weighs a word in a text: sharing "Drama" with half the library says little, sharing a director nearly all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from matinee.library.shelf import Known

MOST = 12
PERSON_WEIGHT = 1.5
DECADE_WEIGHT = 0.25  # same time, other things being equal


def alike(title: Known, among: Sequence[Known]) -> list[Known]:
    """The most alike of the films and series in `among` that can be played, best first; a series' own episodes never are."""
    mine = set(_traits(title))
    if not mine:
        return []
    counts = Counter(trait for each in among for trait in _traits(each) if trait in mine)
    worth = {
        (kind, name): log(1 + len(among) / count) * (PERSON_WEIGHT if kind == "person" else 1)
        for (kind, name), count in counts.items()
    }
    itself = {title.title_id, title.series_id}
    scored = [
        (sum(worth[trait] for trait in shared) + DECADE_WEIGHT * _same_decade(title, each), each)
        for each in among
        if each.title_id not in itself and each.state == "playable" and (shared := mine.intersection(_traits(each)))
    ]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].added_ms, pair[1].title_id))
    return [each for _, each in scored[:MOST]]


def _traits(title: Known) -> Iterable[tuple[str, str]]:
    return [*(("genre", name) for name in title.notes.genres), *(("person", name) for name in title.people)]


def _same_decade(one: Known, other: Known) -> bool:
    return bool(one.year and other.year and one.year // 10 == other.year // 10)
