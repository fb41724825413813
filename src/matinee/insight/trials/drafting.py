"""Two rankings in one row, as two captains pick teams: whose titles are played says which is better, with few viewers.

F. Radlinski, M. Kurup and T. Joachims, "How Does Clickthrough Data Reflect Retrieval Quality?", CIKM 2008. In each round both
captains pick their best title not yet in the row; who picks first is tossed for. If neither ranking is better, a play is as
likely to fall to one as to the other, whatever stands where, for the tosses are fair and told to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BASE, CHALLENGER = "base", "challenger"


@dataclass(frozen=True)
class Drafted:
    """A row, and for each title which team picked it."""

    titles: Sequence[int]
    teams: Sequence[str]


def drafted(base: Sequence[int], challenger: Sequence[int], tosses: Sequence[bool], most: int) -> Drafted:
    """`tosses` says for each round whether the challenger picks first; there must be one for every two titles."""
    titles, teams, taken = list[int](), list[str](), set[int]()
    lists = {BASE: list(base), CHALLENGER: list(challenger)}
    for first in tosses:
        for team in (CHALLENGER, BASE) if first else (BASE, CHALLENGER):
            best = next((title for title in lists[team] if title not in taken), None)
            if best is not None and len(titles) < most:
                taken.add(best)
                titles.append(best)
                teams.append(team)
    return Drafted(titles, teams)
