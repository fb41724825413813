"""What recommending asks of the figures: what profiles watched and like, what everybody watches, and how trials go.

What a player tells may be of titles that never were: in charts only those stand that the catalog has, however many others
were told of. Each question may raise Unavailable.
"""

import asyncio
from collections.abc import Sequence, Set

from matinee.contracts import figures_pb2 as pb
from matinee.contracts.figures_rpc import FiguresClient
from matinee.insight.rows.charts import Charts, Counted
from matinee.insight.rows.viewer import LIKED, UP, Taste, Watched
from matinee.insight.shelves import EVERYTHING, Outlined
from matinee.insight.trials.drafting import BASE, CHALLENGER
from matinee.insight.trials.verdicts import Arm, Votes
from matinee.insight.under_way import UnderWay
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

MOST_LISTED = 500
FRESH_S = 5.0
"""So long a country's charts are shown again: every page asks for them."""

STALE_S = 60.0
NEW_WITHIN_S = 0.1
"""Where making new ones takes longer, those before are shown meanwhile, until they are too old."""

MADE_WITHIN_S = 30.0

MOST_COUNTRIES = 300
MOST_ASKED = 40
"""Pieces of one list that are looked through for titles there are."""


class AskedFigures:
    def __init__(self, figures: FiguresClient, clock: Clock, titles: Outlined[Set[str]]) -> None:
        self._figures = figures
        self._clock = clock
        self._titles = titles
        self._charts: dict[str, tuple[float, Charts]] = {}  # by country, with when they were made
        self._coming: UnderWay[str, Charts] = UnderWay()

    async def taste(self, profile_id: str, call: Call) -> Taste:
        """The last 200 titles of a profile, its thumbs, and what it hid; of one nobody knows, nothing."""
        return _taste(await self._figures.taste(pb.TasteRequest(profile_id=profile_id), call))

    async def charts(self, country: str, call: Call) -> Charts:
        """As they are, or were seconds ago; the first first. They are made for all who wait, and though nobody waits any more."""
        made_s, charts = self._charts.get(country, (0.0, None))
        age_s = self._clock.monotonic_s() - made_s
        if charts is not None and age_s < FRESH_S:
            return charts
        coming = self._coming.ask(country, lambda: self._made(country, call))
        if charts is None or age_s >= STALE_S:
            return await coming
        try:
            async with self._clock.timeout(NEW_WITHIN_S):
                return await coming
        except TimeoutError:
            return charts

    async def _made(self, country: str, call: Call) -> Charts:
        patient = Call(call.trace_id, "recommend", self._clock.monotonic_s() + MADE_WITHIN_S, house=True)
        known = await self._titles.of(EVERYTHING, patient)
        kinds = (pb.BY_POPULARITY, pb.BY_TREND, pb.BY_TOP_TEN)
        charts = Charts(*await asyncio.gather(*(self._listed(kind, country, known, patient) for kind in kinds)))
        self._charts.pop(country, None)
        self._charts[country] = (self._clock.monotonic_s(), charts)
        if len(self._charts) > MOST_COUNTRIES:
            del self._charts[next(iter(self._charts))]
        return charts

    async def everybody(self, after: str, most: int, call: Call) -> Sequence[tuple[str, Taste]]:
        """Profiles and their tastes, in the order of their ids, those after one; fewer than asked for at the end."""
        found = await self._figures.everybody(pb.EverybodyRequest(after=after, limit=most), call)
        return [(each.profile_id, _taste(each.taste)) for each in found.profiles]

    async def votes(self, trial_id: str, call: Call) -> Votes:
        arms = {each.arm: each for each in (await self._figures.votes(pb.TrialRequest(trial_id=trial_id), call)).arms}
        challenger, base = arms.get(CHALLENGER, pb.TrialArm()), arms.get(BASE, pb.TrialArm())
        return Votes(challenger.votes, base.votes, Arm(challenger.profiles, challenger.watched), Arm(base.profiles, base.watched))

    async def _listed(self, kind: pb.RankingKind, country: str, known: Set[str], call: Call) -> Sequence[Counted]:
        found = list[Counted]()
        for piece in range(MOST_ASKED):
            asked = pb.RankingRequest(kind=kind, country=country, limit=MOST_LISTED, skip=piece * MOST_LISTED)
            titles = (await self._figures.ranking(asked, call)).titles
            found += [Counted(each.title_id, each.score) for each in titles if each.title_id in known]
            if len(titles) < MOST_LISTED or len(found) >= MOST_LISTED:
                break
        return found[:MOST_LISTED]


def _taste(told: pb.TasteOf) -> Taste:
    """A title of which only a thumb is known was not watched; a thumb up speaks for it all the same."""
    watched = [Watched(each.title_id, each.permille / 1000, each.last_ms) for each in told.likings if each.permille]
    only_said = (each for each in told.likings if not each.permille)
    liked = [Watched(each.title_id, LIKED, each.last_ms) for each in only_said if told.thumbs.get(each.title_id, 0) >= UP]
    return Taste(watched, dict(told.thumbs), frozenset(told.hidden), liked)
