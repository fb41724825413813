"""When a period begins and ends, what falls due, what an upgrade costs, when a failed payment is tried again.

All in UTC, where no day is longer than another. A month that has no 31st ends on its last day, and the next one has its 31st
again: the anchor is kept, not the last date. Decides, and knows no store.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from matinee.members.money import share
from matinee.members.subscription import FRESH, State, Subscription

DAY_MS = 24 * 3600 * 1000
RETRY_AFTER_DAYS = (1, 3, 5)
GRACE_DAYS = 7
GIVEN_UP_AFTER_DAYS = 30  # after the grace
PENDING_DAYS = 1
WARNED_BEFORE_DAYS = 3


class Turn(StrEnum):
    """What happens to a subscription by itself."""

    DROP = "it was never paid for"
    WARN = "the trial ends soon"
    RENEW = "the next period begins"
    GRACE_OVER = "the grace is over"
    GIVE_UP = "it was not paid for so long"
    PAUSE = "the pause begins"
    END = "what was paid for is over"


def begins_at_ms(anchor_ms: int, periods: int, *, yearly: bool) -> int:
    """So many periods after the anchor, on the same day of the month at the same time of day, or on the month's last."""
    anchor = datetime.fromtimestamp(anchor_ms // 1000, UTC)
    months = anchor.month - 1 + periods * (12 if yearly else 1)
    year, month = anchor.year + months // 12, months % 12 + 1
    day = min(anchor.day, monthrange(year, month)[1])
    return int(anchor.replace(year=year, month=month, day=day).timestamp()) * 1000 + anchor_ms % 1000


@dataclass(frozen=True)
class Period:
    number: int
    anchor_ms: int
    anchor_period: int
    from_ms: int
    until_ms: int


def anchored(number: int, at_ms: int, *, yearly: bool) -> Period:
    """A period that begins at this very moment, and the ones after it with it."""
    return Period(number, at_ms, number, at_ms, begins_at_ms(at_ms, 1, yearly=yearly))


def next_period(sub: Subscription, now_ms: int) -> Period:
    """The one after this: where it ends, or from now on after a pause, or when all of it has passed while nobody was looking.

    Nobody pays for a time that is over.
    """
    number, yearly = sub.period + 1, sub.next_yearly if sub.next_plan_id else sub.yearly
    if sub.state in FRESH or yearly != sub.yearly or sub.period == sub.anchor_period == 0:
        period = anchored(number, now_ms if sub.state in FRESH else sub.until_ms, yearly=yearly)
    else:
        since = number - sub.anchor_period
        starts_ms = begins_at_ms(sub.anchor_ms, since, yearly=yearly)
        ends_ms = begins_at_ms(sub.anchor_ms, since + 1, yearly=yearly)
        period = Period(number, sub.anchor_ms, sub.anchor_period, starts_ms, ends_ms)
    return period if period.until_ms > now_ms else anchored(number, now_ms, yearly=yearly)


def upgrade_minor(old_minor: int, new_minor: int, sub: Subscription, now_ms: int) -> int:
    """The difference of two prices for what is left of the period."""
    left_ms = max(0, min(sub.until_ms - now_ms, sub.until_ms - sub.from_ms))
    return share(max(0, new_minor - old_minor), left_ms, max(1, sub.until_ms - sub.from_ms))


def retry_at_ms(first_failed_ms: int, failures: int, now_ms: int) -> int | None:
    """When a payment that has failed so often is tried again by itself; None: it is not. Hours that passed while nobody was
    looking are not made up for: nobody is charged twice in a breath."""
    hours = (first_failed_ms + days * DAY_MS for days in RETRY_AFTER_DAYS[failures - 1 :])
    return next((each for each in hours if each > now_ms), None)


def due_ms(sub: Subscription) -> int | None:
    """When something is to happen to it by itself."""
    match sub.state:
        case State.PENDING:
            return sub.made_ms + PENDING_DAYS * DAY_MS
        case State.TRIALING:
            warn_ms = sub.until_ms - WARNED_BEFORE_DAYS * DAY_MS
            return warn_ms if not sub.warned and warn_ms > sub.from_ms else sub.until_ms
        case State.ACTIVE | State.PAUSING | State.CANCELLING:
            return sub.until_ms
        case State.PAST_DUE:
            return sub.grace_until_ms
        case State.UNPAID:
            return sub.grace_until_ms + GIVEN_UP_AFTER_DAYS * DAY_MS
        case State.PAUSED:
            return sub.paused_until_ms
        case State.ENDED:
            return None


def turn(sub: Subscription, now_ms: int) -> Turn | None:
    """What is due now."""
    at_ms = due_ms(sub)
    if at_ms is None or at_ms > now_ms:
        return None
    match sub.state:
        case State.TRIALING if now_ms < sub.until_ms:
            return Turn.WARN
        case State.PENDING:
            return Turn.DROP
        case State.PAST_DUE:
            return Turn.GRACE_OVER
        case State.UNPAID:
            return Turn.GIVE_UP
        case State.PAUSING:
            return Turn.PAUSE
        case State.CANCELLING:
            return Turn.END
        case _:
            return Turn.RENEW
