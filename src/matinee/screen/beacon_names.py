"""How many new names an account may tell: of views, of titles, and of rows on its pages.

For each of them readers keep rows of their tables, and whoever tells may make them up: who hears facts does not know which there
are. A view's facts share its name, so whoever watches tells a few new ones a minute. Decides.
"""

from collections import OrderedDict

from matinee.screen.beacon_rules import Allowance, Heard, Wait, had_by

NAMES_PER_MINUTE = 60
NAMES_PER_MS = NAMES_PER_MINUTE / 60_000
NAMES_AT_ONCE = 1_000
MOST_REMEMBERED = 200_000
"""Of all accounts, the newest. One that is forgotten is new again."""
MOST_ACCOUNTS = 50_000


class Names:
    def __init__(self) -> None:
        self._known: OrderedDict[int, None] = OrderedDict()  # each of an account and a name
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    def spend(self, account: str, heard: Heard, now_ms: int) -> Wait | None:
        """For the names of one batch. Whoever has any left may tell all of it, and then owes: no batch is too large for ever."""
        known = self._known
        new = [key for name in _names_of(heard) if (key := hash((account, name))) not in known]
        if not new:
            return None
        left = had_by(self._allowances.get(account), NAMES_AT_ONCE, NAMES_PER_MS, now_ms)
        if left <= 0:
            return Wait(now_ms + int(-left / NAMES_PER_MS) + 1)
        self._allowances[account] = Allowance(left - len(new), now_ms)
        self._allowances.move_to_end(account)
        if len(self._allowances) > MOST_ACCOUNTS:
            self._allowances.popitem(last=False)
        known.update(dict.fromkeys(new))
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
        return None


def _names_of(heard: Heard) -> set[str]:
    names = {""}
    for fact in heard.ledger:
        names.add(fact.view_id)
        names.add(fact.title_id)
    for fact in heard.telemetry:
        names.add(fact.view_id)
        names.add(fact.title_id)
        names.add(fact.said.get("row_id", ""))
    names.remove("")
    return names
