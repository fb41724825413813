"""A viewer's rows from all that is known: candidates, the page, and why. With a second model, one row is drafted by both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matinee.insight.rows.candidates import DEEP, Candidate, Kind, best, candidates, offered_to, relevance
from matinee.insight.rows.charts import Charts
from matinee.insight.rows.cited import reasoned
from matinee.insight.rows.mind import Mind, scored
from matinee.insight.rows.page import Row, own_of, page_of
from matinee.insight.rows.viewer import Viewer
from matinee.insight.taste.sparse import Table
from matinee.insight.trials.drafting import drafted

AGREED_ON = 20


@dataclass(frozen=True)
class Composed:
    """`because_of` and `teams` are by title; `agreement` is how much of the best twenty a second model would have shown, too."""

    rows: Sequence[Row]
    because_of: Mapping[int, int] = field(default_factory=dict[int, int])
    teams: Mapping[int, str] = field(default_factory=dict[int, str])
    agreement: float | None = None


def composed(
    mind: Mind, viewer: Viewer, charts: Charts, now_ms: int, second: Mind | None = None, tosses: Sequence[bool] = ()
) -> Composed:
    """With `tosses` the second model drafts for one row, which then stands first; without, it is only compared."""
    scores = scored(mind, viewer)
    offered = offered_to(viewer, mind.shelf)
    worth = relevance(scores.all, offered)
    found = [each for each in candidates(mind, viewer, scores, worth, charts, now_ms) if each.titles]
    agreement, first, teams = None, list[Candidate](), dict[int, str]()
    if second is not None:
        others = scored(second, viewer)
        their_worth = relevance(others.all, offered)
        agreement = _agreement(worth, their_worth)
        if tosses:
            theirs = list(candidates(second, viewer, others, their_worth, charts, now_ms))
            found, first, teams = _shared_out(found, theirs, tosses)
    done = reasoned(mind, viewer, scores, page_of(found, worth, first))
    return Composed(done.rows, done.because_of, teams, agreement)


def _shared_out(
    ours: Sequence[Candidate], theirs: Sequence[Candidate], tosses: Sequence[bool]
) -> tuple[list[Candidate], list[Candidate], dict[int, str]]:
    """The row both draft, the others, and who picked what. What another row keeps for itself stands in neither's list: taken
    away after the draft, it would leave the two with unequal teams."""
    elsewhere = set[int]().union(*own_of(ours).values())
    lists = [[title for each in side if each.kind is Kind.FOR_YOU for title in each.titles] for side in (ours, theirs)]
    base, challenger = ([title for title in each if title not in elsewhere] for each in lists)
    both = drafted(base, challenger, tosses, DEEP)
    rest = [each for each in ours if each.kind is not Kind.FOR_YOU]
    if not both.titles:
        return rest, [], {}
    return rest, [Candidate(Kind.FOR_YOU, both.titles)], dict(zip(both.titles, both.teams, strict=True))


def _agreement(ours: Table, theirs: Table) -> float:
    first, second = (set(best(each, each > 0, AGREED_ON)) for each in (ours, theirs))
    most = max(len(first), len(second))
    return len(first & second) / most if most else 1.0


def with_popularity(mind: Mind, popular: Table) -> Mind:
    """The same, with what is popular now; where nobody counts, with what was when its model was learnt."""
    if mind.model is not None and not popular.any():
        known = mind.here >= 0
        popular = np.zeros(len(mind.shelf), np.float32)
        popular[mind.here[known]] = mind.model.learnt.popular[known]
    return replace(mind, popular=popular / max(float(popular.max(initial=0)), 1e-9))
