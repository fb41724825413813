"""When something is wrong: how fast the house spends what it may get wrong, and what is away. Decides.

Burn rates, as "Alerting on SLOs" of Google's SRE workbook has them (chapter 5, multiwindow, multi-burn-rate): an objective allows
a share of bad events, its budget; a burn rate of one spends just that. An alarm goes off when both a long window and a short one
burn too fast: the long one says that it matters, the short one that it still goes on, so that the alarm ends soon after the
trouble does. Of thirty days' budget, 14.4 over an hour spend two hundredths, 6 over six hours five, 1 over three days a tenth.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
CRITICAL, WARNING = "critical", "warning"
HEARD_WITHIN_MS = 30_000
"""Boxes report every few seconds."""
QUIET_MS = 120_000
"""An alarm ends when nothing was wrong for so long: what comes and goes calls nobody twice."""


@dataclass(frozen=True)
class Counted:
    """What happened in a minute or an hour, all views together."""

    at_ms: int
    width_ms: int
    attempts: int = 0
    starts: int = 0
    exits_before_start: int = 0
    fatal: int = 0
    playing_ms: int = 0
    stalled_ms: int = 0


@dataclass(frozen=True)
class Objective:
    """A share of events that must be good; `least` bad ones there must be before anybody is called, or one view of a quiet
    night would call somebody out of bed."""

    name: str
    good: float
    bad: Callable[[Counted], int]
    events: Callable[[Counted], int]
    least: int
    says: str
    next_step: str

    @property
    def budget(self) -> float:
        return 1 - self.good


@dataclass(frozen=True)
class Windows:
    long_ms: int
    short_ms: int
    burn: float
    severity: str


OBJECTIVES = (
    Objective(
        "starts",
        0.99,
        # Whoever left before the picture came did not get one, either.
        lambda each: max(0, each.attempts - each.starts),
        lambda each: each.attempts,
        5,
        "{share} of the plays of the last {long} never showed a picture",
        "Open the sessions behind it, and see whether they share a title, a box or a browser.",
    ),
    Objective(
        "rebuffering",
        0.99,
        lambda each: each.stalled_ms,
        lambda each: each.playing_ms + each.stalled_ms,
        60_000,
        "{share} of the time of the last {long} pictures stood still",
        "Look at the boxes' load and at the rungs and networks of the sessions behind it.",
    ),
    Objective(
        "errors",
        0.99,
        lambda each: each.fatal,
        lambda each: max(each.attempts, each.fatal),
        5,
        "{share} of the plays of the last {long} ended by a fault",
        "Open the sessions behind it: each one's last line says which fault.",
    ),
)
WINDOWS = (
    Windows(HOUR_MS, 5 * MINUTE_MS, 14.4, CRITICAL),
    Windows(6 * HOUR_MS, 30 * MINUTE_MS, 6.0, CRITICAL),
    Windows(72 * HOUR_MS, 6 * HOUR_MS, 1.0, WARNING),
)


@dataclass(frozen=True)
class Found:
    """Something that is wrong now, and for how long it must be before it is told."""

    name: str
    about: Literal["quality", "boxes", "figures", "facts"]  # what was looked at to know
    severity: str
    summary: str
    next_step: str
    patience_ms: int = 0
    dimension: str = ""
    value: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of an alarm between two looks. `state`: "pending", "firing" or "resolved"."""

    found: Found
    state: str
    since_ms: int
    seen_ms: int  # when it was wrong last
    resolved_ms: int = 0


@dataclass(frozen=True)
class BoxSaid:
    box_id: str
    serving: bool
    problem: str
    heard_ms: int


def burn_rate(objective: Objective, counted: Sequence[Counted], span_ms: int, now_ms: int) -> float:
    """How many times too fast; of what lies wholly before this minute, for a play of this one may still begin."""
    bad, events = _sums(objective, counted, span_ms, now_ms)
    return bad / events / objective.budget if events else 0.0


def burning(counted: Sequence[Counted], now_ms: int) -> Iterator[Found]:
    """For each objective the worst that is wrong with it; `counted` are minutes for six hours, and hours before them."""
    for objective in OBJECTIVES:
        for windows in WINDOWS:
            bad, events = _sums(objective, counted, windows.long_ms, now_ms)
            rates = [burn_rate(objective, counted, span_ms, now_ms) for span_ms in (windows.long_ms, windows.short_ms)]
            if bad >= objective.least and min(rates) >= windows.burn:
                share, span = f"{100 * bad / events:.1f} %", _span(windows.long_ms)
                summary = f"{objective.says.format(share=share, long=span)} (the aim is under {100 * objective.budget:.0f} %)."
                yield Found(objective.name, "quality", windows.severity, summary, objective.next_step, dimension="all")
                break


def boxes_down(boxes: Sequence[BoxSaid], now_ms: int) -> Iterator[Found]:
    for box in boxes:
        silent = now_ms - box.heard_ms > HEARD_WITHIN_MS
        if silent or not box.serving:
            why = "was not heard of for half a minute" if silent else f"does not serve: {box.problem or 'it does not say why'}"
            step = "See the log of the box; viewers are sent to the others meanwhile."
            yield Found(f"box {box.box_id}", "boxes", CRITICAL, f"Box {box.box_id} {why}.", step, 30_000, "box", box.box_id)


def figures_away(why: str) -> Found:
    summary = f"The figures do not answer ({why}): nobody would notice if something else were wrong."
    return Found("figures", "figures", CRITICAL, summary, "Look at the process that runs `figures` and at its store.", 60_000)


def facts_late(late: Mapping[str, int]) -> Iterator[Found]:
    """`late`: by job, how many facts have waited for too long already."""
    jobs = [f"{count:,} for {job}" for job, count in late.items() if count]
    if jobs:
        summary = f"What was told five minutes ago is in no figure yet ({', '.join(jobs)}): what the page shows is out of date."
        step = "See whether a process runs `collect`, and its log: a loop that fails says why. The log keeps what waits."
        yield Found("facts", "facts", CRITICAL, summary, step)


def looked(before: Mapping[str, Standing], found: Sequence[Found], at: frozenset[str], now_ms: int) -> dict[str, Standing]:
    """What has changed by a look at these things; who could not be looked at stays as it was. "gone": to be forgotten."""
    wrong = {each.name: each for each in found}
    changed = {name: _still(before.get(name), each, now_ms) for name, each in wrong.items()}
    for name, standing in before.items():
        if name in wrong or standing.state == "resolved" or standing.found.about not in at:
            continue
        if standing.state == "pending":
            changed[name] = replace(standing, state="gone")
        elif now_ms - standing.seen_ms >= QUIET_MS:
            changed[name] = replace(standing, state="resolved", resolved_ms=now_ms)
    return changed


def _still(standing: Standing | None, found: Found, now_ms: int) -> Standing:
    if standing is None or standing.state == "resolved":
        standing = Standing(found, "pending", now_ms, now_ms)
    waited = now_ms - standing.since_ms >= found.patience_ms
    state = "firing" if standing.state == "firing" or waited else "pending"
    return replace(standing, found=found, state=state, seen_ms=now_ms)


def _sums(objective: Objective, counted: Sequence[Counted], span_ms: int, now_ms: int) -> tuple[int, int]:
    end_ms = now_ms // MINUTE_MS * MINUTE_MS
    within = [each for each in counted if each.at_ms >= end_ms - span_ms and each.at_ms < end_ms]
    return sum(objective.bad(each) for each in within), sum(objective.events(each) for each in within)


def _span(span_ms: int) -> str:
    hours = span_ms // HOUR_MS
    return "hour" if hours == 1 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"
