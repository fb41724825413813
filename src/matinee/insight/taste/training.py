"""From interactions to a model: choose on what is held out, then learn from everything.

What is chosen: how strongly the tables are held back (few views need a stronger hand), and how much each expert counts, once
for profiles of whom little is known and once for the rest. It is chosen by the likelihood of titles held out under the
protocol one trains for, and once only: the model that is then learnt from all interactions keeps the choice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from matinee.insight.taste.blend import PRIORS, chosen
from matinee.insight.taste.content import placed
from matinee.insight.taste.edlae import edlae, together
from matinee.insight.taste.experts import DEEP, Learnt
from matinee.insight.taste.features import About, coordinates
from matinee.insight.taste.histories import Histories, decayed
from matinee.insight.taste.ials import ials
from matinee.insight.taste.interactions import Interactions
from matinee.insight.taste.links import Links, kept
from matinee.insight.taste.model import Model, testimony
from matinee.insight.taste.next_title import Order, next_title
from matinee.insight.taste.popular import popularity
from matinee.insight.taste.protocols import CannotExamine, Exam, Protocol, held_out, suggested
from matinee.insight.taste.sparse import Sparse, Table
from matinee.insight.taste.transformer import Transformer

MOST_IN_TABLES = 20_000
MOST_WHEN_CHOOSING = 5_000
WORDS_AT_ONCE = 40_000_000
MOST_ASKED = 2_000
TITLES_WHEN_SHORT = 3
COURSE = Order(window=5, back=0.7, horizon=20, ahead=0.9)
STEP = Order(window=3, back=0.5, horizon=3, ahead=0.5)

Tell = Callable[[str], None]
Factorise = Callable[[Sparse, int], Table]
"""titles x factors, from profiles x titles and a seed."""
Deepen = Callable[[Histories, Table | None, int, int], Transformer]
"""A transformer, from histories, what is known of titles (titles x directions), how many there are, and a seed."""
STEP_OF = {
    "taste": "who likes this",
    "mood": "who likes this",
    "course": "what comes next: course",
    "step": "what comes next: step",
    "factors": "factors",
    "deep": "transformer",
}
"""What `fit` is heard to do when it learns an expert."""


@dataclass(frozen=True)
class Hand:
    """How strongly the tables are held back: EDLAE's dropout and penalty, and the penalty of what comes next."""

    dropout: float
    penalty: float
    order_penalty: float


HANDS: Sequence[Hand] = (Hand(0.33, 200, 300), Hand(0.33, 50, 100), Hand(0.5, 500, 1000))
"""The first one first; all are tried where tables are small enough for it to take seconds."""
TRIED_UP_TO = 3_000


@dataclass(frozen=True)
class Learners:
    """Who learns what is not learnt here: the factors, and a transformer, if there is to be one."""

    factorise: Factorise
    deepen: Deepen | None


@dataclass(frozen=True)
class Weights:
    """What was chosen for short and for long histories, and what it costs in all."""

    short: Mapping[str, float]
    long: Mapping[str, float]
    cost: float


def fit(
    interactions: Interactions,
    catalog: Mapping[str, About] | None = None,
    seed: int = 0,
    protocol: Protocol | None = None,
    tell: Tell = lambda step: None,
    factorise: Factorise = ials,
    deepen: Deepen | None = None,
) -> Model:
    """A model of these interactions, its weights chosen for a protocol (else the one their times suggest).

    `catalog` says what is known of titles by name, watched or not. `tell` hears what is being done. Where nothing can be held
    out, the weights are those that served elsewhere. With `deepen` a transformer is one expert more.
    """
    protocol = protocol or suggested(interactions)
    interactions = interactions.with_titles(catalog or ())
    tell("titles' descriptions" if catalog else "histories")
    about = coordinates([catalog.get(name, About()) for name in interactions.titles.tolist()], seed) if catalog else None
    learners = Learners(factorise, deepen)
    kind = "set" if protocol == "strong-generalisation" else "next"
    fewer, these = interactions.most_watched(MOST_WHEN_CHOOSING)
    try:
        exam = held_out(fewer, protocol, seed)
        hand, weights = _choice(exam, None if about is None else about[these], kind, seed, tell, learners)
    except CannotExamine:
        exam, hand, weights = None, HANDS[-1], Weights(PRIORS[kind], PRIORS[kind], 0.0)
        learners = replace(learners, deepen=None)
    tell("everything")
    learnt = learn(interactions, about, hand, seed, tell, learners)
    facts = {"protocol": protocol, "seed": seed, "asked": len(exam.asked) if exam else 0, "hand": asdict(hand)}
    facts |= _facts(interactions) | ({DEEP: dict(learnt.deep.facts)} if learnt.deep else {})
    return Model(interactions.titles, learnt, {"short": weights.short, "long": weights.long}, facts)


def _facts(interactions: Interactions) -> dict[str, Any]:
    return {
        "data": interactions.digest(),
        "profiles": len(interactions.users),
        "titles": len(interactions.titles),
        "interactions": len(interactions),
    }


def learn(interactions: Interactions, about: Table | None, hand: Hand, seed: int, tell: Tell, learners: Learners) -> Learnt:
    """All that the experts need to know of the titles."""
    titles = len(interactions.titles)
    counted = interactions.only(interactions.weight > 0)
    plays = np.bincount(counted.title, minlength=titles).astype(np.float64)
    head = np.sort(np.argsort(-plays, kind="stable")[: min(MOST_IN_TABLES, max(1, int((plays > 0).sum())))])
    number = np.full(titles, -1)
    number[head] = np.arange(len(head))
    tell("factors")
    histories = counted.histories()
    factors = learners.factorise(decayed(histories, 1.0, 2**31, titles), seed)
    deep = None
    if learners.deepen:
        tell(STEP_OF[DEEP])
        deep = learners.deepen(histories, about, titles, seed)
    learnt = Learnt(
        plays=plays,
        popular=popularity(counted.title, counted.weight, counted.time_s, titles),
        head=head,
        tables=_tables(histories.renumbered(number), len(head), hand, tell),
        factors=factors,
        described=False,
        deep=deep,
    )
    if about is None:
        return learnt
    return replace(learnt, factors=placed(about, factors, plays, seed), described=True)


def _tables(histories: Histories, titles: int, hand: Hand, tell: Tell) -> dict[str, Links]:
    """One after the other, so that of large tables only one stands in memory."""
    tell("who likes this")
    tables = {"liked": kept(edlae(together(histories, titles), hand.dropout, hand.penalty))}
    for name, order in (("course", COURSE), ("step", STEP)):
        tell(f"what comes next: {name}")
        tables[name] = kept(next_title(histories, titles, order, hand.order_penalty))
    return tables


def _choice(exam: Exam, about: Table | None, kind: str, seed: int, tell: Tell, learners: Learners) -> tuple[Hand, Weights]:
    """The hand and the weights under which what was held out is likeliest."""
    few = MOST_ASKED if len(exam.asked) > MOST_ASKED else len(exam.asked)
    few = max(1, min(few, WORDS_AT_ONCE // (7 * len(exam.training.titles))))
    some = np.sort(np.random.default_rng(seed).permutation(len(exam.asked))[:few])
    exam = replace(exam, given=exam.given.some(some), asked=exam.asked.some(some))
    hands = HANDS if len(exam.training.titles) <= TRIED_UP_TO else HANDS[:1]
    learnt = learn(exam.training, about, hands[0], seed, tell, learners)
    tried = list[tuple[float, int, Hand, Weights]]()
    for number, hand in enumerate(hands):
        if number:
            counted = exam.training.only(exam.training.weight > 0).histories()
            learnt = replace(learnt, tables=_tables(counted.renumbered(learnt.in_head), len(learnt.head), hand, tell))
        tell("weights")
        weights = _weights(learnt, exam, kind)
        tried.append((weights.cost, number, hand, weights))
    _, _, hand, weights = min(tried)
    return hand, weights


def _weights(learnt: Learnt, exam: Exam, kind: str) -> Weights:
    """For long histories as they are, for short ones as if of each only the last few titles were known."""
    asked, unseen = np.zeros((len(exam.asked), learnt.titles), np.float32), ~exam.given.seen(learnt.titles)
    asked[exam.asked.owner, exam.asked.title] = (1 / exam.asked.length)[exam.asked.owner]
    long = chosen(testimony(learnt, exam.given), unseen, asked, kind)
    recent = exam.given.only(exam.given.steps_back < TITLES_WHEN_SHORT)
    short = chosen(testimony(learnt, recent), unseen, asked, kind)
    return Weights(short.weights, long.weights, long.cost)
