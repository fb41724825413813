"""What recommending needs of the figures: what profiles watched and like, what everybody watches, and how trials go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from matinee.insight.rows.charts import Charts
from matinee.insight.rows.viewer import Taste
from matinee.insight.trials.verdicts import Arm
from matinee.ports.rpc import Call

NOBODY = Arm(0, 0)


@dataclass(frozen=True)
class Votes:
    """Of one trial. Interleaving: pages on which one team was played more than the other. A/B: who was in each arm."""

    challenger_pages: int = 0
    base_pages: int = 0
    challenger: Arm = NOBODY
    base: Arm = NOBODY


class Figures(Protocol):
    """What is counted of the players' facts. Each may raise Unavailable."""

    async def taste(self, profile_id: str, call: Call) -> Taste:
        """The last 200 titles of a profile, its thumbs, and what it hid; of one nobody knows, nothing."""
        ...

    async def charts(self, country: str, call: Call) -> Charts:
        """At most a thousand titles each, the first first."""
        ...

    async def everybody(self, after: str, most: int, call: Call) -> Sequence[tuple[str, Taste]]:
        """Profiles and their tastes, in the order of their ids, those after one; fewer than asked for at the end."""
        ...

    async def votes(self, trial_id: str, call: Call) -> Votes: ...


class NoFigures:
    """Where nothing is counted: what one watches is known from its bookmarks only, and there are no charts."""

    async def taste(self, profile_id: str, call: Call) -> Taste:
        return Taste()

    async def charts(self, country: str, call: Call) -> Charts:
        return Charts()

    async def everybody(self, after: str, most: int, call: Call) -> Sequence[tuple[str, Taste]]:
        return ()

    async def votes(self, trial_id: str, call: Call) -> Votes:
        return Votes()
