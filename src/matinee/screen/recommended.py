"""Recommended rows: asked for in time or not at all, and put into words for those titles that may still be shown."""

from collections.abc import Iterable, Mapping, Sequence

from matinee.contracts import home_pb2 as pb
from matinee.contracts.catalog_pb2 import PLAYABLE, Audience, Title
from matinee.contracts.recommend_pb2 import (
    AlikeQuestion,
    RecommendedRow,
    RecommendedRows,
    RecommendedTitle,
    RowsQuestion,
    SeenTitle,
)
from matinee.contracts.recommend_rpc import RecommendClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call
from matinee.ports.unavailable import Fallback
from matinee.screen.next_up import Watched
from matinee.screen.row_words import How, Kind, Placed, name_of, reason_of

WITHIN_S = 0.5
LEAST_LEFT = 2
"""A row from which more was taken than it keeps is none."""

KINDS: Mapping[int, Kind] = {
    pb.TOP_TEN: "top-ten",
    pb.TRENDING: "trending",
    pb.BECAUSE: "because",
    pb.FOR_YOU: "for-you",
    pb.FOR_YOU_GENRE: "for-you-genre",
    pb.NEWCOMERS: "newcomers",
    pb.POPULAR: "popular",
}


class Recommended:
    """Whoever asks is answered within half a second; None: by nobody, and that was counted."""

    def __init__(self, recommend: RecommendClient, clock: Clock, fallback: str) -> None:
        self._recommend = recommend
        self._without = Fallback(fallback, clock, WITHIN_S)

    async def rows(
        self, who: pb.PageRequest, audience: Audience, watched: Mapping[str, Watched], call: Call
    ) -> RecommendedRows | None:
        seen = [SeenTitle(title_id=each, at_ms=mark.at_ms, finished=mark.finished) for each, mark in watched.items()]
        asked = RowsQuestion(account_id=who.account_id, profile_id=who.profile_id, audience=audience, seen=seen)
        return await self._without.instead(lambda: self._recommend.rows(asked, call))

    async def alike(self, who: pb.PageRequest, audience: Audience, title_id: str, call: Call) -> Sequence[str]:
        """Ids, best first; none where nobody answers."""
        asked = AlikeQuestion(account_id=who.account_id, profile_id=who.profile_id, audience=audience, title_id=title_id)
        found = await self._without.instead(lambda: self._recommend.alike(asked, call))
        return list(found.title_ids) if found else []


def named(rows: Iterable[RecommendedRow]) -> Iterable[str]:
    """Every title that rows show or speak of."""
    for row in rows:
        yield row.about
        for each in row.titles:
            yield from (each.title_id, each.because_of)


def _how(told: RecommendedTitle) -> How:
    return "picked" if told.picked else "liked" if told.liked else "watched"


def put_into_words(row: RecommendedRow, shown: Mapping[str, Title], country: str) -> pb.Row | None:
    """The row with the titles that are shown and can be played, None if too few are.

    What may not be shown is not spoken of either: a row about such a title is none, and it is nobody's reason.
    """
    kept = [each for each in row.titles if each.title_id in shown and shown[each.title_id].state == PLAYABLE]
    kind = KINDS.get(row.kind)
    if kind is None or len(kept) < LEAST_LEFT or (row.about and row.about not in shown):
        return None
    if row.genre and not any(row.genre in shown[each.title_id].genres for each in kept):
        return None
    about = shown[row.about].name if row.about else ""
    placed = [
        Placed(shown[each.because_of].name if each.because_of in shown else "", _how(each), each.place, each.viewers)
        for each in kept
    ]
    return pb.Row(
        row_id=row.row_id,
        kind=row.kind,
        name=name_of(kind, country, row.genre, about, placed[0].how),
        titles=[shown[each.title_id] for each in kept],
        reasons=[reason_of(kind, country, row.genre, each, unwatched=row.unwatched) for each in placed],
        told=pb.RowTold(
            model=row.model,
            trial=row.trial,
            arm=row.arm,
            propensity=row.propensity,
            teams=[each.team for each in kept] if any(each.team for each in kept) else [],
            places=[each.place for each in kept] if any(each.place for each in kept) else [],
        ),
    )
