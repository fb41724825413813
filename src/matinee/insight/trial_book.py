"""The trials of a house in SQL: what is tried against what, on how many, and how it has gone. One runs at a time."""

from dataclasses import dataclass
from typing import Literal, cast

import sqlalchemy as sa

from matinee.insight import registry
from matinee.insight.registry import TABLES, CannotMove
from matinee.insight.trials.assignment import AB, SHADOW, Form, Trial
from matinee.insight.trials.states import CANDIDATE, TRIED
from matinee.insight.trials.states import SHADOW as IN_SHADOW
from matinee.insight.trials.verdicts import Arm, Verdict, Votes, compared, interleaved

TRIALS = sa.Table(
    "insight_trials",
    TABLES,
    sa.Column("trial_id", sa.String(100), primary_key=True),
    sa.Column("form", sa.String(12), nullable=False),
    sa.Column("challenger", sa.String(80), nullable=False),
    sa.Column("base", sa.String(80), nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("planned", sa.Integer, nullable=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger, nullable=False),  # 0: it runs
    # As last counted; of an A/B trial who was in each arm, else the votes won.
    sa.Column("challenger_all", sa.BigInteger, nullable=False),
    sa.Column("challenger_won", sa.BigInteger, nullable=False),
    sa.Column("base_all", sa.BigInteger, nullable=False),
    sa.Column("base_won", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Tried:
    """A trial and how it stands."""

    trial: Trial
    began_ms: int
    ended_ms: int
    votes: Votes

    @property
    def verdict(self) -> Verdict:
        if self.trial.form == SHADOW:
            return Verdict("undecided", 0.5, 0.0, 1.0, "a shadow is seen by nobody; `matinee_shadow_agreement` says how it ranks")
        if self.trial.form == AB:
            return compared(self.votes.challenger, self.votes.base, self.trial.share, self.trial.planned)
        return interleaved(self.votes.challenger_days, self.votes.base_days)


def every(db: sa.Connection) -> list[Tried]:
    """The newest first."""
    return [_tried(row) for row in db.execute(sa.select(TRIALS).order_by(TRIALS.c.began_ms.desc()))]


def running(db: sa.Connection) -> Trial | None:
    return next((each.trial for each in every(db) if not each.ended_ms), None)


def begin(db: sa.Connection, model_id: str, form: Form, share: float, planned: int, now_ms: int) -> Trial:
    """Raises CannotMove when there is nothing to try it against, or another trial runs."""
    base, other = registry.live(db), running(db)
    if not base:
        raise CannotMove("no model is live, so there is nothing to try one against: `matinee recs bless` makes one live")
    if base == model_id:
        raise CannotMove(f"{model_id} is the live one: try another")
    if other is not None:
        raise CannotMove(f"the trial {other.trial_id} still runs: end it by `matinee recs trial --end`")
    registry.move(db, model_id, IN_SHADOW if form == SHADOW else TRIED, now_ms)
    # Not by its model, whose name may be longer than what a page may tell of a row.
    trial = Trial(f"{form}-{now_ms}", form, model_id, base, share, planned)
    values = {"form": form, "challenger": model_id, "base": base, "share": share, "planned": planned, "began_ms": now_ms}
    none = {"ended_ms": 0, "challenger_all": 0, "challenger_won": 0, "base_all": 0, "base_won": 0}
    db.execute(sa.insert(TRIALS).values(trial_id=trial.trial_id, **values, **none))
    return trial


def end(db: sa.Connection, now_ms: int) -> Trial | None:
    """The one that runs; its challenger is a candidate again, unless it became live or retired meanwhile."""
    trial = running(db)
    if trial is not None:
        db.execute(sa.update(TRIALS).where(TRIALS.c.trial_id == trial.trial_id).values(ended_ms=now_ms))
        if registry.one(db, trial.challenger).state in (IN_SHADOW, TRIED):
            registry.move(db, trial.challenger, CANDIDATE, now_ms)
    return trial


def note(db: sa.Connection, trial: Trial, votes: Votes) -> None:
    """What was counted so far. An A/B trial's stands once each arm has as many as were planned: it is decided then, and once."""
    still = [TRIALS.c.trial_id == trial.trial_id, TRIALS.c.ended_ms == 0]
    if trial.form == AB:
        horizon = max(1, trial.planned)
        still.append(sa.or_(TRIALS.c.challenger_all < horizon, TRIALS.c.base_all < horizon))
        numbers = (votes.challenger.profiles, votes.challenger.watched, votes.base.profiles, votes.base.watched)
    else:
        days = votes.challenger_days + votes.base_days
        numbers = (days, votes.challenger_days, days, votes.base_days)
    names = ("challenger_all", "challenger_won", "base_all", "base_won")
    counted = dict(zip(names, numbers, strict=True))
    db.execute(sa.update(TRIALS).where(*still).values(counted))


def _tried(row: sa.Row[tuple[object, ...]]) -> Tried:
    each = row._mapping  # pyright: ignore[reportPrivateUsage] # it is SQLAlchemy's public name for it
    form = cast("Literal['interleave', 'ab', 'shadow']", each["form"])
    trial = Trial(each["trial_id"], form, each["challenger"], each["base"], each["share"], each["planned"])
    if form == AB:
        arms = Arm(each["challenger_all"], each["challenger_won"]), Arm(each["base_all"], each["base_won"])
        votes = Votes(challenger=arms[0], base=arms[1])
    else:
        votes = Votes(each["challenger_won"], each["base_won"])
    return Tried(trial, each["began_ms"], each["ended_ms"], votes)
