"""What the operator's page is shown of now, as JSON: figures of the last hour, and what stands and falls this second."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matinee.contracts import alarms_pb2 as alarms
from matinee.contracts.figures_pb2 import QualityPoint
from matinee.contracts.playback_pb2 import Screen
from matinee.contracts.steering_pb2 import BoxState

Json = dict[str, Any]
MINUTE_MS = 60_000
MOST_TITLES = 10


def most_watched(screens: Iterable[Screen]) -> list[tuple[str, int]]:
    """Titles that screens show now, and how many do."""
    counted = Counter(each.title_id for each in screens)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_TITLES]


def watching(screens: Sequence[Screen], names: Mapping[str, str]) -> Json:
    titles = [{"id": title_id, "name": names.get(title_id, ""), "screens": count} for title_id, count in most_watched(screens)]
    return {"screens": len(screens), "titles": titles}


def quality(points: Sequence[QualityPoint], now_ms: int) -> Json:
    starts = per_second([(each.at_ms, each.starts) for each in points], now_ms)
    return {"startsPerSecond": starts, "points": [point(each) for each in points]}


def point(told: QualityPoint) -> Json:
    """In milliseconds and shares from 0 to 1."""
    return {
        "at": told.at_ms,
        "views": told.view_minutes,
        "attempts": told.attempts,
        "starts": told.starts,
        "exits": told.exits_before_start,
        "fatal": told.fatal,
        "failures": told.failures,
        "joinP50": round(told.join_p50_ms),
        "joinP95": round(told.join_p95_ms),
        "joinP99": round(told.join_p99_ms),
        "rebuffering": round(told.rebuffer_ratio, 5),
        "rebufferingP95": round(told.rebuffer_p95_permille / 1000, 4),
    }


def per_second(counted: Iterable[tuple[int, int]], now_ms: int) -> float:
    """Of this minute so far and the one before: a minute alone begins at nothing."""
    began_ms = now_ms // MINUTE_MS * MINUTE_MS - MINUTE_MS
    return round(sum(count for at_ms, count in counted if at_ms >= began_ms) * 1000 / max(1, now_ms - began_ms), 3)


def egress(points: Iterable[QualityPoint], from_ms: int, now_ms: int) -> list[Json]:
    """By rung, the tallest first, on average since then."""
    rungs = sorted((each for each in points if each.bits), key=lambda each: -_height(each.value))
    return [{"rung": each.value, "bitsPerSecond": each.bits * 1000 / max(1, now_ms - from_ms)} for each in rungs]


def titles(points: Sequence[QualityPoint], names: Mapping[str, str]) -> list[Json]:
    return [{"id": each.value, "name": names.get(each.value, ""), **point(each), "playingMs": each.playing_ms} for each in points]


def box(told: BoxState) -> Json:
    return {
        "id": told.box_id,
        "serving": told.serving,
        "problem": told.problem,
        "heardAt": told.heard_ms,
        "bitsPerSecond": told.load.bits_per_s,
        "requestsPerSecond": told.load.requests_per_s,
        "hitRatio": told.load.hit_ratio,
    }


def standing(told: alarms.AlarmList) -> Json:
    return {"alarms": [_alarm(each) for each in told.alarms], "lookedAt": told.looked_ms, "listeners": told.listeners}


def _alarm(told: alarms.Alarm) -> Json:
    return {
        "name": told.name,
        "severity": told.severity,
        "summary": told.summary,
        "nextStep": told.next_step,
        "since": told.since_ms,
        "resolved": told.resolved_ms,
        "dimension": told.dimension,
        "value": told.value,
        "told": told.told,
        "untold": told.untold,
    }


def _height(rung: str) -> int:
    return int(rung) if rung.isdecimal() else 0
