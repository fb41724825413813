"""Between what the catalog knows and the messages it speaks."""

from collections.abc import Iterable

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.events_pb2 import TitleFact
from matinee.library import titles
from matinee.library.rights import Audience
from matinee.library.shelf import Edition, Known, Track
from matinee.ports.rpc import Call, Refused

KINDS = {"film": pb.FILM, "series": pb.SERIES, "episode": pb.EPISODE}
STATES = {"preparing": pb.PREPARING, "playable": pb.PLAYABLE, "failed": pb.FAILED}
MOST_TOLD = 20_000
"""A quarter of a kilobyte each, and what is told of its plot, people and tracks."""


Question = (
    pb.ListTitlesRequest
    | pb.GetTitleRequest
    | pb.GetTitlesRequest
    | pb.SearchRequest
    | pb.ListGenresRequest
    | pb.MarkRequest
    | pb.OutlineRequest
)


def audience_of(request: Question, call: Call) -> Audience:
    """Raises Refused where nobody is named: a question that forgot for whom must not be answered as if for everyone.

    And where the operator's view is asked for in the name of somebody else.
    """
    if not request.HasField("audience"):
        raise Refused("invalid", "Nobody said who asks.", "Name the audience: whose age and country count.", field="audience")
    asked = request.audience
    if asked.operator and not (call.who.operator or call.house):
        raise Refused("forbidden", "That is the operator's.", "Sign in with an account that may run this house.")
    return Audience(asked.maturity_limit, asked.country, asked.operator)


def learnt_from(fact: TitleFact) -> titles.Learnt | None:
    """One fact of the studio, as the titles keep it."""
    what = fact.WhichOneof("what")
    if what == "probed":
        # A film that failed and is tried again is under way again.
        learnt: dict[str, object] = {"runtime_ms": fact.probed.runtime_ms, "problem": ""}
    elif what == "art_cut":
        learnt = {"art_id": fact.art_cut.art.art_id, "glow": fact.art_cut.art.glow}
    elif what == "published":
        learnt = titles.published(edition_of(fact.published.edition))
    elif what == "failed":
        learnt = {"problem": fact.failed.reason}
    elif what == "withdrawn":
        edition_id, art_id = fact.withdrawn.edition_id, fact.withdrawn.art_id
        had, left = ({"edition_id": edition_id}, titles.NOT_PLAYABLE) if edition_id else ({"art_id": art_id}, titles.NO_ART)
        return titles.Learnt(fact.title_id, 0, 0, left, had)
    else:
        return None
    return titles.Learnt(fact.title_id, fact.modified_ns, fact.finding, learnt)


def edition_of(edition: pb.Edition) -> Edition:
    tracks = tuple(
        Track(pb.TrackKind.Name(each.kind), each.language, each.name, each.forced, each.hearing_impaired)
        for each in edition.tracks
    )
    chapters = tuple((each.start_ms, each.name) for each in edition.chapters)
    return Edition(edition.edition_id, edition.complete, tuple(edition.heights_px), tracks, chapters)


class Told:
    """Lists of titles, each title put into bytes once for as long as it stays as it is: a page has hundreds, mostly the same.

    Each is kept as a list of its own: lists in bytes, one behind the other, are read as one (the encoding of Protocol Buffers
    says so), in a sixth of the time that it takes to copy messages into one.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Known, bytes]] = {}

    def all_of(self, found: Iterable[Known]) -> pb.TitleList:
        return pb.TitleList.FromString(b"".join([self._of(each) for each in found]))

    def _of(self, known: Known) -> bytes:
        kept = self._kept.get(known.title_id)
        if kept is not None and kept[0] is known:
            return kept[1]
        if len(self._kept) >= MOST_TOLD:
            self._kept.clear()
        one = pb.TitleList()
        tell(known, one.titles.add())
        told = one.SerializeToString()
        self._kept[known.title_id] = (known, told)
        return told


def tell(known: Known, title: pb.Title) -> pb.Title:
    """Into a new message, piece by piece: to make messages and copy them into others takes twice as long."""
    notes = known.notes
    title.title_id = known.title_id
    title.kind = KINDS[known.kind]
    title.name = known.name
    title.year = known.year
    title.plot = notes.plot
    title.tagline = notes.tagline
    title.genres.extend(notes.genres)
    for each in notes.credits:
        title.credits.add(role=each.role, names=each.names, characters=each.characters)
    title.licence_name = notes.licence_name
    title.licence_url = notes.licence_url
    title.maturity_years = known.terms.years or 0
    title.maturity_label = notes.rating
    title.state = STATES[known.state]
    title.problem = known.problem if known.state == "failed" else ""
    title.runtime_ms = known.runtime_ms
    title.added_ms = known.added_ms
    if known.kind == "series":
        title.episode_count = len(known.episodes)
        title.season_count = len({each.season for each in known.episodes if each.season} or {0})
    elif known.kind == "episode":
        _say_place(title, known)
    if known.edition:
        _say_edition(title, known.edition)
    if known.art_id:
        title.art.art_id, title.art.glow = known.art_id, known.glow
    return title


def _say_place(title: pb.Title, known: Known) -> None:
    title.series_id = known.series_id
    title.series_name = known.series_name
    title.season_number = known.season
    title.episode_number = known.numbers[0] if known.numbers else 0
    title.episode_numbers.extend(known.numbers)
    title.premiered = known.premiered


def _say_edition(title: pb.Title, edition: Edition) -> None:
    told = title.edition
    told.edition_id = edition.edition_id
    told.complete = edition.complete
    told.heights_px.extend(edition.heights_px)
    for each in edition.tracks:
        told.tracks.add(
            kind=each.kind,
            language=each.language,
            name=each.name,
            forced=each.forced,
            hearing_impaired=each.hearing_impaired,
        )
    for start_ms, name in edition.chapters:
        told.chapters.add(start_ms=start_ms, name=name)
    title.tracks.extend(told.tracks)
    title.chapters.extend(told.chapters)
