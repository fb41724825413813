"""Which rungs a film gets, and where they may be cut.

The sizes and rates are Apple's H.264 ladder (HLS authoring specification); its last two rows, for films beyond 1080p, are
ours: the rate grows with the pixels to the power 3/4, the usual rule of thumb. Two things bend the ladder to the film.
Nothing is made that the source does not hold: no rung is larger than it, none spends more bits. And what a browser decodes
already is not encoded again: it is copied, so it can be watched within seconds and looks exactly like the source.

A viewer changes rungs only at a keyframe, so all rungs of an edition share one grid of keyframes: chosen from the source's
own when one rung is a copy, else a keyframe every 2 seconds and a segment every 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from matinee.studio.chunks import CHUNK_S, Chunk, cuts_of, may_be_cut, steady_segments_ms
from matinee.studio.sounds import Sound, plan_sounds, soonest
from matinee.studio.source import SourceFacts, VideoFacts
from matinee.studio.streams import ChapterMark
from matinee.studio.subtitles import Text

# (width, height, bits per second, CRF) of 16:9 boxes, smallest first. CRF is x264's measure of quality, finer when smaller: an
# easy scene spends no more than it needs, a hard one what the row allows. Where two rows share a size, the upper one looks finer.
LADDER = (
    (416, 234, 145_000, 26),
    (640, 360, 365_000, 25),
    (768, 432, 730_000, 25),
    (768, 432, 1_100_000, 22),
    (960, 540, 2_000_000, 23),
    (1280, 720, 3_000_000, 24),
    (1280, 720, 4_500_000, 21),
    (1920, 1080, 6_000_000, 23),
    (1920, 1080, 7_800_000, 21),
    (2560, 1440, 12_000_000, 22),
    (3840, 2160, 22_000_000, 22),
)
# What a hard scene may spend, of its row's rate: below the 200 % Apple allows, and no more than the source beside which the
# rung is worthwhile.
PEAK = Fraction(5, 4)
# A film trimmed by a few lines still counts as the size it was sold as.
NEARLY = 1.05
# Beside a copy, a rung that saves less than a fifth of its bits is not worth its encoding.
WORTHWHILE = 0.8
LONGEST_GAP_MS = 8_000
# A copy may spend half as much again as the best rung of its size, or what every line has that plays films at all: beyond
# that (a disc's 40 Mbit/s) nobody could watch it, and it would be the only rung for as long as the others are made.
COPY_SHARE = 1.5
ALWAYS_COPIED_BPS = 3_000_000
GOP_S = 2
SEGMENT_MS = 2000 * GOP_S
FASTEST_FPS = 60
USUAL_FPS = tuple(
    Fraction(*rate) for rate in ((24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60_000, 1001), (60, 1))
)
QUICK_LABEL_PX = 480


@dataclass(frozen=True)
class Rung:
    """One quality of the picture. `label_px` is the height of its 16:9 box, the number viewers know it by.

    An encoded one aims at the quality `crf` and is known by the rate `bitrate_bps`, which it may exceed up to `most_bps`.
    """

    name: str
    label_px: int
    width_px: int
    height_px: int
    bitrate_bps: int
    copied: bool
    preset: str = ""
    crf: int = 0
    most_bps: int = 0


@dataclass(frozen=True)
class Grid:
    """Where keyframes lie: at `cuts_ms`, taken from the source's own, or every `gop_frames` at a steady `fps_num / fps_den`."""

    follows_source: bool
    gop_frames: int
    fps_num: int
    fps_den: int
    timescale_hz: int
    cuts_ms: tuple[float, ...] = ()

    @property
    def segment_s(self) -> Fraction:
        """Two groups of pictures; beside a copy the first keyframe after 4 s closes a segment."""
        return Fraction(2 * GOP_S) if self.follows_source else Fraction(2 * self.gop_frames * self.fps_den, self.fps_num)


@dataclass(frozen=True)
class Plan:
    """`first` makes the film playable soon, `full` is the edition that stays. Largest rung first.

    `texts` and `chapters` belong to every edition of the film.
    """

    first: tuple[Rung, ...]
    full: tuple[Rung, ...]
    sounds: tuple[Sound, ...]
    grid: Grid
    interlaced: bool
    high_range: bool = False
    begins_s: float = 0.0
    chunks: tuple[Chunk, ...] = ()
    film_ms: int = 0
    texts: tuple[Text, ...] = ()
    chapters: tuple[ChapterMark, ...] = ()

    def sounds_beside(self, rungs: Sequence[Rung]) -> tuple[Sound, ...]:
        """The complete edition has every sound; an earlier one those that need no waiting."""
        return self.sounds if tuple(rungs) == self.full else soonest(self.sounds)


def plan_film(source: SourceFacts, chunk_s: float = CHUNK_S, texts: tuple[Text, ...] = ()) -> Plan:
    video = source.video
    copied = can_be_copied(source)
    encoded = _encoded_rungs(video, beside_copy=copied)
    if copied:
        copy = _copy_rung(video)
        first, full = (copy,), (copy, *encoded)
    else:
        first, full = (_quick_rung(video),), encoded
    sounds = plan_sounds(source.sounds, source.begins_s)
    grid = _grid(video, follows_source=copied)
    chunks = _chunks(source, grid, chunk_s)
    return Plan(
        first=first,
        full=full,
        sounds=sounds,
        grid=grid,
        interlaced=video.interlaced,
        high_range=video.high_range,
        begins_s=source.begins_s,
        chunks=chunks,
        film_ms=source.duration_ms,
        texts=texts,
        chapters=source.chapters,
    )


def can_be_copied(source: SourceFacts) -> bool:
    """Whether every browser decodes the picture as it is, it can be cut often enough, and a line can carry it."""
    video = source.video
    decodes = video.codec == "h264" and video.pixel_format in {"yuv420p", "yuvj420p"} and not video.interlaced
    decodes = decodes and not video.high_range
    upright = video.upright_and_square and video.exactly_timed and video.width_px % 2 == 0 and video.height_px % 2 == 0
    marks = (*video.keyframes_ms, float(source.duration_ms))
    longest_ms = max(later - earlier for earlier, later in pairwise(marks))
    light = video.bitrate_bps <= max(ALWAYS_COPIED_BPS, COPY_SHARE * _top_bps(_label(video)))
    return decodes and upright and light and marks[0] == 0 and longest_ms <= LONGEST_GAP_MS


def _top_bps(label_px: int) -> int:
    """The highest rate of the box that holds the label; beyond the ladder, that of its last row."""
    box_px = next((height for _, height, _, _ in LADDER if height >= label_px), LADDER[-1][1])
    return max(bitrate_bps for _, height, bitrate_bps, _ in LADDER if height == box_px)


def fitted(video: VideoFacts, box_width: int, box_height: int) -> tuple[int, int]:
    """The largest even size in the box that keeps the film's shape and does not exceed the film."""
    scale = min(Fraction(box_width, video.width_px), Fraction(box_height, video.height_px), Fraction(1))
    return (
        _even(video.width_px * scale, most=min(box_width, video.width_px)),
        _even(video.height_px * scale, most=min(box_height, video.height_px)),
    )


def steady_rate(fps: Fraction) -> Fraction:
    """The constant frame rate a film is made at: a usual one if its own is within 1 %, at most 60."""
    while fps > FASTEST_FPS * Fraction(101, 100):
        fps /= 2
    nearest = min(USUAL_FPS, key=lambda usual: abs(usual - fps))
    if abs(nearest - fps) <= nearest / 100:
        return nearest
    return Fraction(max(1, round(fps)))


def _encoded_rungs(video: VideoFacts, *, beside_copy: bool) -> tuple[Rung, ...]:
    most_bps = video.bitrate_bps * (WORTHWHILE if beside_copy else 1)
    fitting = [row for row in LADDER if row[1] <= _label(video) and row[2] <= most_bps]
    rungs = [_rung(video, *row, "fast") for row in reversed(fitting)]
    if not rungs and not beside_copy:
        rungs = [_smallest(video, "fast")]
    return tuple(rungs)


def _quick_rung(video: VideoFacts) -> Rung:
    """The best rung up to 480p, made at a preset that costs a fraction of the lasting ones' time."""
    small = [row for row in LADDER if row[1] <= min(QUICK_LABEL_PX, _label(video)) and row[2] <= video.bitrate_bps]
    return _rung(video, *small[-1], "veryfast") if small else _smallest(video, "veryfast")


def _smallest(video: VideoFacts, preset: str) -> Rung:
    """For a film below the whole ladder: its own rate, in the smallest box."""
    width, height, bitrate_bps, crf = LADDER[0]
    return _rung(video, width, height, min(bitrate_bps, video.bitrate_bps), crf, preset)


def _rung(video: VideoFacts, width: int, height: int, bitrate_bps: int, crf: int, preset: str) -> Rung:
    name = f"v{height}-{max(1, round(bitrate_bps / 1000))}k" + ("" if preset == "fast" else f"-{preset}")
    shown = fitted(video, width, height)
    most_bps = min(round(bitrate_bps * PEAK), video.bitrate_bps)
    return Rung(name, min(height, _label(video)), *shown, bitrate_bps, copied=False, preset=preset, crf=crf, most_bps=most_bps)


def _copy_rung(video: VideoFacts) -> Rung:
    label = _label(video)
    return Rung(f"v{label}-copy", label, video.width_px, video.height_px, video.bitrate_bps, copied=True)


def _label(video: VideoFacts) -> int:
    """The height of the smallest 16:9 box around the film: one 1920 pixels across is a 1080p film, and so is 1916."""
    boxed = max(video.height_px, round(Fraction(video.width_px * 9, 16)))
    return next((height for _, height, _, _ in LADDER if height / NEARLY <= boxed <= height * NEARLY), boxed)


def _grid(video: VideoFacts, *, follows_source: bool) -> Grid:
    fps = video.fps if follows_source else steady_rate(video.fps)
    cuts_ms = _cuts(video.keyframes_ms) if follows_source else ()
    return Grid(follows_source, max(1, round(GOP_S * fps)), fps.numerator, fps.denominator, video.timescale_hz, cuts_ms)


def _chunks(source: SourceFacts, grid: Grid, chunk_s: float) -> tuple[Chunk, ...]:
    whole = not may_be_cut(source.container, exactly_timed=source.video.exactly_timed)
    segments_ms = grid.cuts_ms if grid.follows_source else steady_segments_ms(source.duration_ms, grid.segment_s)
    return cuts_of(segments_ms[:1] if whole else segments_ms, source.duration_ms, chunk_s)


def _cuts(keyframes_ms: Sequence[float]) -> tuple[float, ...]:
    """Where segments begin: at the first keyframe on or after each multiple of 4 s, as the packager cuts."""
    cuts: list[float] = []
    for at_ms in keyframes_ms:
        if not cuts or at_ms // SEGMENT_MS > cuts[-1] // SEGMENT_MS:
            cuts.append(at_ms)
    return tuple(cuts)


def _even(length: Fraction, *, most: int) -> int:
    return max(2, min(2 * round(length / 2), most - most % 2))
