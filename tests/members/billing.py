"""When periods begin and end, what things cost, and what a subscription may do: decided, with nothing asked of anybody."""

import timeit
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.members.billing import DAY_MS, Turn, begins_at_ms, due_ms, next_period, retry_at_ms, turn, upgrade_minor
from matinee.members.bookings import Book, Entry, Unbalanced, balanced, sold
from matinee.members.discounts import Coupon, in_words, no_good, off_minor
from matinee.members.entitlement import Standing, entitlement
from matinee.members.money import Money, share
from matinee.members.plans import SEEDS, Plan, problem_with
from matinee.members.subscription import MOVES, PLAYING, Happening, IllegalMove, State, Subscription, moved
from matinee.members.tax import RATES_BPS, rate_bps, tax_in


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def sub(**words: object) -> Subscription:
    begun = at("2024-01-31T20:00")
    known = Subscription(
        "s", "asha", State.ACTIVE, "standard", False, 999, "EUR", begun, 1, 1, begun, at("2024-02-29T20:00"), begun
    )
    return replace(known, **words)  # type: ignore[arg-type]


def test_a_month_ends_on_the_day_it_began_or_on_the_last_there_is() -> None:
    """Who joined on a 31st pays on the 29th of a leap February, and on the 31st again in March."""
    begun = at("2024-01-31T20:00")
    ends = [begins_at_ms(begun, months, yearly=False) for months in (1, 2, 3, 13)]
    assert ends == [at("2024-02-29T20:00"), at("2024-03-31T20:00"), at("2024-04-30T20:00"), at("2025-02-28T20:00")]
    assert begins_at_ms(at("2024-02-29T10:00"), 1, yearly=True) == at("2025-02-28T10:00")


def test_clocks_that_go_forward_change_no_period() -> None:
    """The night in which Europe loses an hour is as long as any other in UTC."""
    assert begins_at_ms(at("2024-03-30T01:30"), 1, yearly=False) - at("2024-03-30T01:30") == 31 * DAY_MS


@given(begun=st.integers(at("2020-01-01"), at("2040-01-01")), months=st.integers(1, 240), yearly=st.booleans())
def test_periods_follow_each_other(begun: int, months: int, yearly: bool) -> None:
    """None is empty, none is longer than its name, and each begins where the one before ends."""
    starts, ends = begins_at_ms(begun, months, yearly=yearly), begins_at_ms(begun, months + 1, yearly=yearly)
    assert 27 * DAY_MS < (ends - starts) / (12 if yearly else 1) <= 31 * DAY_MS
    assert starts % 1000 == begun % 1000


def test_a_time_that_is_over_costs_nothing() -> None:
    """The next period begins where this one ends; and now, when all of it has passed with nobody looking."""
    following = next_period(sub(), at("2024-03-02T00:00"))
    assert (following.number, following.from_ms, following.until_ms) == (2, at("2024-02-29T20:00"), at("2024-03-31T20:00"))
    late = next_period(sub(), at("2024-06-10T12:00"))
    assert (late.number, late.from_ms, late.until_ms) == (2, at("2024-06-10T12:00"), at("2024-07-10T12:00"))


def test_an_upgrade_costs_its_share() -> None:
    """Half a month left costs half the difference; none left, nothing; never more than the whole."""
    known = sub(from_ms=0, until_ms=30 * DAY_MS)
    assert [upgrade_minor(999, 1499, known, at_ms * DAY_MS) for at_ms in (0, 15, 30, 40)] == [500, 250, 0, 0]
    assert upgrade_minor(1499, 999, known, 0) == 0


@given(minor=st.integers(-(10**9), 10**9), part=st.integers(0, 1000), whole=st.integers(1, 1000))
def test_a_share_is_rounded_to_the_nearest(minor: int, part: int, whole: int) -> None:
    """No more than half a cent is won or lost."""
    assert abs(share(minor, part, whole) * whole - minor * part) * 2 <= whole


def test_tax_is_in_the_price() -> None:
    """Of 9.99 euros in Germany 1.60 are tax; where no rate is named, none is taken out."""
    assert (tax_in(999, rate_bps("DE")), tax_in(999, rate_bps("US")), tax_in(-999, rate_bps("DE"))) == (160, 0, -160)
    assert all(500 <= each <= 3000 for each in RATES_BPS.values())


def test_a_failed_payment_is_tried_three_times_more() -> None:
    """After one day, three and five; then by nobody but its owner. Hours that nobody was there for are not made up for."""
    assert [retry_at_ms(0, failures, 2 * DAY_MS) for failures in (1, 2, 3)] == [3 * DAY_MS, 3 * DAY_MS, 5 * DAY_MS]
    assert retry_at_ms(0, 1, 8 * DAY_MS) is None
    assert [retry_at_ms(0, failures, 0) for failures in (1, 2, 3, 4)] == [DAY_MS, 3 * DAY_MS, 5 * DAY_MS, None]


@given(state=st.sampled_from(State), happening=st.sampled_from(Happening))
def test_a_move_that_is_not_in_the_table_does_not_happen(state: State, happening: Happening) -> None:
    """Nothing leads out of the end, nothing back to the beginning, and whoever has paid is active."""
    after = MOVES.get((state, happening))
    if after is None:
        with pytest.raises(IllegalMove):
            moved(state, happening)
        return
    assert state is not State.ENDED
    assert after is not State.PENDING or state is State.PENDING
    assert (happening is Happening.PAID) <= (after is State.ACTIVE)


@pytest.mark.parametrize("state", State)
def test_every_state_but_the_last_is_left_by_itself(state: State) -> None:
    """Nobody stays half a member for ever: something is due in each state, and something happens when it is."""
    known = sub(state=state, grace_until_ms=at("2024-03-07T00:00"), paused_until_ms=at("2024-05-01T00:00"))
    due = due_ms(known)
    assert (due is None) == (state is State.ENDED)
    assert turn(known, at("2030-01-01T00:00")) in (set(Turn) if due else {None})
    assert due is None or turn(known, due - 1) is None


def test_what_a_membership_lets_one_watch() -> None:
    """The plan's height and screens while it plays; afterwards a reason, with the day in it."""
    plan = SEEDS[1]
    for state in State:
        known = entitlement(sub(state=state), plan, closed=False)
        assert (known.standing is Standing.WELCOME, known.height) == (state in PLAYING, 1080 if state in PLAYING else 0)
    cancelled = entitlement(sub(state=State.CANCELLING), plan, closed=False)
    assert cancelled.note == "Cancelled. Everything plays until 29 February 2024."
    assert entitlement(sub(), plan, closed=True).standing is Standing.CLOSED
    assert entitlement(None, None, closed=False, operator=True).standing is Standing.WELCOME


def test_deciding_what_one_may_watch_takes_no_time() -> None:
    """At every Play: 20 microseconds are the goal, and even a busy machine needs no more than a hundred."""
    known, plan = sub(), SEEDS[1]
    fastest = min(timeit.repeat(lambda: entitlement(known, plan, closed=False), number=1000, repeat=5)) / 1000
    assert fastest * 1_000_000 < 100


def test_books_balance_or_are_not_kept() -> None:
    """What was sold is shared out among revenue and tax to the cent; entries that leave a rest are a mistake of ours."""
    assert sum(each.minor for each in sold(999, 300, 160)) == 0
    assert Entry(Book.TAX, -160) in sold(999, 300, 160)
    with pytest.raises(Unbalanced):
        balanced([Entry(Book.PROVIDER, 999), Entry(Book.REVENUE, -998)])


def test_a_coupon_takes_off_what_it_says() -> None:
    """A percentage or an amount, of its own currency, and never more than all."""
    price = Money(999, "EUR")
    assert off_minor(Coupon("A", percent=50), price) == 500
    assert off_minor(Coupon("A", minor=5000, currency="EUR"), price) == 999
    assert off_minor(Coupon("A", minor=500, currency="USD"), price) == 0
    assert in_words(Coupon("A", percent=20), 3) == "20 % off, 3 times"


@pytest.mark.parametrize(
    ("coupon", "uses", "used_before", "why"),
    [
        (None, 0, False, "do not know"),
        (Coupon("A", percent=10, until_ms=5), 0, False, "past its time"),
        (Coupon("A", percent=10), 0, True, "before"),
        (Coupon("A", percent=10, most_uses=2), 2, False, "as often as"),
        (Coupon("A", minor=10, currency="USD"), 0, False, "in USD"),
    ],
)
def test_a_coupon_that_is_no_good_says_why(coupon: Coupon | None, uses: int, used_before: bool, why: str) -> None:
    """Unknown, too late, used, used up, or for other money."""
    assert why in no_good(coupon, uses, "EUR", 10, used_before=used_before)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"name": " "}, "name"),
        ({"height": 10}, "height"),
        ({"screens": 0}, "screens"),
        ({"trial_days": 1000}, "trialDays"),
        ({"prices_minor": {"USD": 1}}, "prices"),
        ({"prices_minor": {"EUR": -1}}, "prices"),
        ({"prices_minor": {"EUR": 1, "XYZ": 1}}, "prices"),
    ],
)
def test_a_plan_that_cannot_be_says_which_field(words: dict[str, object], field: str) -> None:
    """An operator's slip is told before anybody sees it."""
    wrong = problem_with(replace(Plan("p", "Plan", 1080, 2, prices_minor={"EUR": 999}), **words), "EUR")  # type: ignore[arg-type]
    assert wrong is not None and wrong.field == field
    assert all(problem_with(each, "EUR") is None for each in SEEDS)
