"""A subscription as a machine: in which states it can be, and what leads from one to the next. Decides, and knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"  # chosen, and not paid for yet
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"  # the last payment failed; plays on in its grace
    UNPAID = "unpaid"  # which is over
    PAUSING = "pausing"  # pauses when the period is over
    PAUSED = "paused"
    CANCELLING = "cancelling"  # ends when the period is over
    ENDED = "ended"


class Happening(StrEnum):
    TRIAL_BEGAN = "the trial began"
    PAID = "a period was paid"
    DECLINED = "a payment failed"
    GRACE_OVER = "the grace is over"
    PAUSE_ASKED = "a pause was asked for"
    CANCEL_ASKED = "cancelled"
    TAKEN_BACK = "that was taken back"
    TAKEN_BACK_IN_TRIAL = "that was taken back in the trial"
    PERIOD_OVER = "the period is over"
    GIVEN_UP = "given up"


_S, _H = State, Happening

MOVES: Mapping[tuple[State, Happening], State] = {
    (_S.PENDING, _H.TRIAL_BEGAN): _S.TRIALING,
    (_S.PENDING, _H.PAID): _S.ACTIVE,
    (_S.PENDING, _H.DECLINED): _S.PENDING,
    (_S.PENDING, _H.GIVEN_UP): _S.ENDED,
    (_S.TRIALING, _H.PAID): _S.ACTIVE,
    (_S.TRIALING, _H.DECLINED): _S.PAST_DUE,
    (_S.TRIALING, _H.CANCEL_ASKED): _S.CANCELLING,
    (_S.TRIALING, _H.GIVEN_UP): _S.ENDED,
    (_S.ACTIVE, _H.PAID): _S.ACTIVE,
    (_S.ACTIVE, _H.DECLINED): _S.PAST_DUE,
    (_S.ACTIVE, _H.PAUSE_ASKED): _S.PAUSING,
    (_S.ACTIVE, _H.CANCEL_ASKED): _S.CANCELLING,
    (_S.ACTIVE, _H.GIVEN_UP): _S.ENDED,
    (_S.PAST_DUE, _H.PAID): _S.ACTIVE,
    (_S.PAST_DUE, _H.DECLINED): _S.PAST_DUE,
    (_S.PAST_DUE, _H.GRACE_OVER): _S.UNPAID,
    (_S.PAST_DUE, _H.CANCEL_ASKED): _S.ENDED,
    (_S.PAST_DUE, _H.GIVEN_UP): _S.ENDED,
    (_S.UNPAID, _H.PAID): _S.ACTIVE,
    (_S.UNPAID, _H.DECLINED): _S.UNPAID,
    (_S.UNPAID, _H.CANCEL_ASKED): _S.ENDED,
    (_S.UNPAID, _H.GIVEN_UP): _S.ENDED,
    (_S.PAUSING, _H.TAKEN_BACK): _S.ACTIVE,
    (_S.PAUSING, _H.CANCEL_ASKED): _S.CANCELLING,
    (_S.PAUSING, _H.PERIOD_OVER): _S.PAUSED,
    (_S.PAUSED, _H.PAID): _S.ACTIVE,
    # A pause gave nothing that a grace could go on giving.
    (_S.PAUSED, _H.DECLINED): _S.UNPAID,
    (_S.PAUSED, _H.CANCEL_ASKED): _S.ENDED,
    (_S.PAUSED, _H.GIVEN_UP): _S.ENDED,
    (_S.CANCELLING, _H.TAKEN_BACK): _S.ACTIVE,
    (_S.CANCELLING, _H.TAKEN_BACK_IN_TRIAL): _S.TRIALING,
    (_S.CANCELLING, _H.PERIOD_OVER): _S.ENDED,
}
"""Every move there is; what is not here does not happen."""


class IllegalMove(Exception):
    """A happening for which a subscription is in the wrong state."""


def moved(state: State, happening: Happening) -> State:
    """Raises IllegalMove."""
    after = MOVES.get((state, happening))
    if after is None:
        raise IllegalMove(f"{happening} while {state}")
    return after


PLAYING = frozenset({State.TRIALING, State.ACTIVE, State.PAST_DUE, State.PAUSING, State.CANCELLING})
FRESH = frozenset({State.PAUSED, State.UNPAID, State.PENDING})
"""Who pays in one of these begins a period of their own at that moment: nothing was given before it."""


@dataclass(frozen=True)
class Subscription:
    """Period 0 is the trial; period n begins n - anchor_period months (or years) after the anchor."""

    subscription_id: str
    account_id: str
    state: State
    plan_id: str
    yearly: bool
    price_minor: int  # of a period, as it was when the plan was chosen
    currency: str
    anchor_ms: int
    anchor_period: int
    period: int
    from_ms: int
    until_ms: int
    made_ms: int
    next_plan_id: str = ""  # from the next period on, when it is another
    next_price_minor: int = 0
    next_yearly: bool = False
    coupon: str = ""
    coupon_left: int = 0  # periods it still takes something off; -1: all of them
    trial_days: int = 0  # of a trial yet to begin
    warned: bool = False  # that the trial ends
    grace_until_ms: int = 0
    paused_until_ms: int = 0
    pause_months: int = 0
    due_ms: int | None = None  # when something happens by itself

    def can(self, happening: Happening) -> bool:
        return (self.state, happening) in MOVES

    def after(self, happening: Happening) -> State:
        return moved(self.state, happening)


def may(state: State | None, *, has_next: bool, owes: bool) -> list[str]:
    """What a member can do, by the names their pages know. None: no subscription."""
    if state in (None, State.PENDING):
        return ["begin", "pay", "card"] if owes else ["begin"]
    if state is State.ENDED:
        return ["begin", "resume", "card"]
    acts: list[str] = []
    if state in (State.ACTIVE, State.TRIALING):
        acts.append("change")
    if (state, Happening.CANCEL_ASKED) in MOVES:
        acts.append("cancel")
    if state in (State.CANCELLING, State.PAUSING) or has_next:
        acts.append("resume")
    if (state, Happening.PAUSE_ASKED) in MOVES:
        acts.append("pause")
    if state is State.PAUSED:
        acts.append("unpause")
    if owes:
        acts.append("pay")
    return [*acts, "card"]
