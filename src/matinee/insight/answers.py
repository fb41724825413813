"""From rows by number to the messages that are spoken."""

from collections.abc import Mapping

from matinee.contracts import home_pb2, recommend_pb2
from matinee.insight.rows.candidates import Kind
from matinee.insight.rows.composing import Composed
from matinee.insight.rows.page import Row
from matinee.insight.rows.shelf import Shelf
from matinee.insight.rows.viewer import Viewer
from matinee.insight.trials.assignment import AB, Assigned, Trial

KINDS: Mapping[Kind, home_pb2.RowKind] = {
    Kind.TOP_TEN: home_pb2.TOP_TEN,
    Kind.TRENDING: home_pb2.TRENDING,
    Kind.BECAUSE: home_pb2.BECAUSE,
    Kind.FOR_YOU: home_pb2.FOR_YOU,
    Kind.FOR_YOU_GENRE: home_pb2.FOR_YOU_GENRE,
    Kind.NEWCOMERS: home_pb2.NEWCOMERS,
    Kind.POPULAR: home_pb2.POPULAR,
}

EVERYBODYS = frozenset({Kind.TOP_TEN, Kind.TRENDING, Kind.POPULAR})
"""Ranked by no model: of a trial both arms show the same."""


def row_of(
    row: Row, page: Composed, shelf: Shelf, viewer: Viewer, model: str, trial: Trial | None, part: Assigned
) -> recommend_pb2.RecommendedRow:
    """`trial` is None for a profile that takes no part in one.

    A row says which trial it is of if it tells the arms apart. An A/B trial's says so in either case: who sees it is in the arm,
    though what is played from one that no model ranked speaks for neither.
    """
    each = row.candidate
    drafted = each.kind is Kind.FOR_YOU and bool(page.teams)
    trial = trial if trial and (drafted or trial.form == AB) else None
    genre = shelf.genre_names[each.about] if each.kind is Kind.FOR_YOU_GENRE else ""
    about = shelf.ids[each.about] if each.kind is Kind.BECAUSE else ""
    found = recommend_pb2.RecommendedRow(
        row_id="-".join(filter(None, (each.kind.value, about, genre.casefold().replace(" ", "-")))),
        kind=KINDS[each.kind],
        genre=genre,
        about=about,
        model="" if each.kind in EVERYBODYS else model,
        trial=trial.trial_id if trial else "",
        arm=part.arm if trial else "",
        propensity=part.propensity if trial else 1.0,
        unwatched=each.kind is Kind.FOR_YOU_GENRE and not shelf.genres[viewer.watched, each.about].any(),
    )
    # Of two things that are true of a title in a chart, its place is told.
    cites: Mapping[int, int] = {} if each.kind is Kind.TOP_TEN else page.because_of
    for number in row.titles:
        because_of = cites.get(number, -1)
        found.titles.add(
            title_id=shelf.ids[number],
            because_of=shelf.ids[because_of] if because_of >= 0 else "",
            picked=because_of in viewer.picked,
            liked=because_of in viewer.liked,
            place=each.places.get(number, 0),
            viewers=each.viewers.get(number, 0),
            team=page.teams.get(number, "") if drafted else "",
        )
    return found
