"""What the tables hold, in the messages of `figures.proto`."""

from collections.abc import Mapping

from matinee.contracts import figures_pb2 as pb
from matinee.insight.streams import hiding, likings
from matinee.insight.streams.buckets import percentile
from matinee.insight.streams.completion import Completion
from matinee.insight.streams.likings import Taste, Thumb
from matinee.insight.streams.qoe import Session
from matinee.insight.streams.quality import SUMS, Quality
from matinee.insight.streams.views import View

SAME_IN_BOTH = (
    "view_id",
    "title_id",
    "began_ms",
    "last_ms",
    "join_ms",
    "playing_ms",
    "stalled_ms",
    "stalls",
    "switches",
    "failures",
    "fatal",
    "bits",
    "dropped_frames",
    "height",
    "box_id",
    "network",
    "browser",
    "system",
    "app",
    "country",
    "left",
    "exited_before_start",
    "waited_ms",
    "untold",
)


def taste(taste: Taste, hidden: hiding.Hidden, thumbs: Mapping[str, Thumb]) -> pb.TasteOf:
    """What was taken out by hand is none of it, until it is watched again."""
    left = {title_id: likings.since(each, hiding.out_ms(hidden, title_id)) for title_id, each in taste.items()}
    known = {title_id: each for title_id, each in left.items() if each}
    return pb.TasteOf(
        likings=[
            pb.Liking(title_id=title_id, last_ms=each.at_ms, permille=each.permille, weight=likings.weight(each))
            for title_id, each in sorted(known.items(), key=lambda item: (-item[1].at_ms, item[0]))
        ],
        thumbs={title_id: each.thumb for title_id, each in thumbs.items() if each.thumb},
        hidden=sorted((taste.keys() | hidden.keys()) - known.keys() - {hiding.ALL}),
    )


def view(view: View) -> pb.ViewFigures:
    return pb.ViewFigures(
        view_id=view.view_id,
        title_id=view.title_id,
        began_ms=view.began_ms,
        last_ms=view.last_ms,
        watched_ms=view.watched_ms,
        position_ms=view.position_ms,
        furthest_ms=view.furthest_ms,
        runtime_ms=view.runtime_ms,
        finished=view.finished,
        device=view.device,
    )


def completion(title_id: str, completion: Completion) -> pb.CompletionOf:
    tenths = [completion.tenths.get(tenth, 0) for tenth in range(11)]
    return pb.CompletionOf(title_id=title_id, views=completion.views, finished=completion.finished, tenths=tenths)


def point(at_ms: int, value: str, quality: Quality) -> pb.QualityPoint:
    whole_ms = quality.playing_ms + quality.stalled_ms
    return pb.QualityPoint(
        at_ms=at_ms,
        value=value,
        **{name: getattr(quality, name) for name in SUMS},
        rebuffer_ratio=quality.stalled_ms / whole_ms if whole_ms > 0 else 0.0,
        join_p50_ms=percentile(quality.joins, 50),
        join_p95_ms=percentile(quality.joins, 95),
        join_p99_ms=percentile(quality.joins, 99),
        rebuffer_p50_permille=percentile(quality.rebuffering, 50),
        rebuffer_p95_permille=percentile(quality.rebuffering, 95),
        rebuffer_p99_permille=percentile(quality.rebuffering, 99),
    )


def session(session: Session, *, with_timeline: bool = False) -> pb.SessionFigures:
    told = pb.SessionFigures(**{name: getattr(session, name) for name in SAME_IN_BOTH})
    if with_timeline:
        told.timeline.extend(pb.Moment(at_ms=each.at_ms, what=each.what, detail=each.detail) for each in session.timeline)
    return told
