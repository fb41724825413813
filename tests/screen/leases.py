"""Places in any order of events, against a model that counts on its fingers."""

from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from matinee.screen import leases

LIMIT = 2
LEASE_MS = 45_000
screens = st.sampled_from(["one", "two", "three"])
accounts = st.sampled_from(["acc", "other"])


@dataclass
class View:
    account: str
    screen: str
    until_ms: int
    closed: bool = False


class Places(RuleBasedStateMachine):
    """Screens play, beat, stop and fall silent in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.db = sa.create_engine("sqlite://").connect()
        leases.TABLES.create_all(self.db)
        self.now_ms = 1_000_000
        self.views: dict[str, View] = {}

    def taken(self, account: str) -> int:
        return sum(view.account == account and view.until_ms > self.now_ms for view in self.views.values())

    def attempt(self, work: object, *errors: type[Exception]) -> object:
        """One transaction: whole, or as if it never was."""
        with self.db.begin_nested() as transaction:
            try:
                return work()
            except errors as error:
                transaction.rollback()
                return error

    @rule(account=accounts, screen=screens)
    def play(self, account: str, screen: str) -> None:
        view_id = f"view-{len(self.views)}"
        own = [view for view in self.views.values() if (view.account, view.screen) == (account, screen)]
        others = self.taken(account) - sum(view.until_ms > self.now_ms for view in own)
        until_ms = self.now_ms + LEASE_MS
        lease = leases.Lease(view_id, account, "me", "film", "ed1", 1, screen, screen, self.now_ms, until_ms)
        answer = self.attempt(lambda: leases.take(self.db, lease, LIMIT, self.now_ms), leases.AllTaken)
        assert (answer is None) == (others < LIMIT)
        if answer is None:
            for view in own:
                view.closed, view.until_ms = True, min(view.until_ms, self.now_ms)
            self.views[view_id] = View(account, screen, until_ms)

    @rule(account=accounts, pick=st.integers(0, 50))
    def beat(self, account: str, pick: int) -> None:
        view_id = f"view-{pick % (len(self.views) + 1)}"
        view, until_ms = self.views.get(view_id), self.now_ms + LEASE_MS
        answer = self.attempt(
            lambda: leases.renew(self.db, view_id, account, LIMIT, until_ms, self.now_ms), leases.AllTaken, leases.ViewOver
        )
        if view is None or view.account != account or view.closed:
            assert isinstance(answer, leases.ViewOver)
        elif view.until_ms > self.now_ms or self.taken(account) < LIMIT:
            lease, anew = answer
            assert (lease.until_ms, anew) == (until_ms, view.until_ms <= self.now_ms)
            view.until_ms = until_ms
        else:
            assert isinstance(answer, leases.AllTaken)

    @rule(account=accounts, pick=st.integers(0, 50))
    def stop(self, account: str, pick: int) -> None:
        view_id = f"view-{pick % (len(self.views) + 1)}"
        view = self.views.get(view_id)
        held = leases.close(self.db, view_id, account, self.now_ms)
        is_ours = view is not None and view.account == account
        assert (held is not None) == (is_ours and view.until_ms > self.now_ms)
        if is_ours:
            view.closed, view.until_ms = True, min(view.until_ms, self.now_ms)

    @rule(ms=st.integers(1, 2 * LEASE_MS))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms

    @rule()
    def ends_are_told(self) -> None:
        ended = leases.ended_untold(self.db, self.now_ms)
        assert {lease.view_id for lease in ended} <= {name for name, view in self.views.items() if view.until_ms <= self.now_ms}
        leases.mark_told(self.db, [], ended, forget_before_ms=0)
        assert leases.ended_untold(self.db, self.now_ms) == []

    @invariant()
    def nobody_sits_where_nobody_may(self) -> None:
        for account in ("acc", "other"):
            held = {lease.view_id for lease in leases.holding(self.db, account, self.now_ms)}
            known = self.views.items()
            assert held == {name for name, view in known if view.account == account and view.until_ms > self.now_ms}
            assert len(held) <= LIMIT

    def teardown(self) -> None:
        self.db.close()


def test_in_any_order_of_events_no_account_has_more_screens_than_places() -> None:
    """Play, heartbeat, goodbye, silence, of two accounts on three screens: places are neither lost nor doubled."""
    run_state_machine_as_test(Places, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))
