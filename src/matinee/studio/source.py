"""What a source film is: its facts, read from what ffprobe prints. Nothing here opens a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, cast

from matinee.studio.streams import AudioFacts, ChapterMark, TextFacts, read_chapters, read_sounds, read_texts, unreadable_texts

# A file that promises more than it holds by this share was cut off on its way.
MISSING_SHARE = 0.05
SHORTEST_MS = 500
# How much light a code means, where that is more than an ordinary screen shows: PQ (SMPTE ST 2084) and HLG (ARIB STD-B67).
BRIGHT_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})


class NotAFilm(Exception):
    """The file cannot become a title; the text is for its owner."""


@dataclass(frozen=True)
class VideoFacts:
    """One video stream as it is shown: turned upright, its pixels made square."""

    codec: str
    profile: str
    pixel_format: str
    width_px: int
    height_px: int
    fps_num: int
    fps_den: int
    bitrate_bps: int
    timescale_hz: int
    keyframes_ms: tuple[float, ...]
    upright_and_square: bool
    interlaced: bool
    exactly_timed: bool = True
    high_range: bool = False

    @property
    def fps(self) -> Fraction:
        return Fraction(self.fps_num, self.fps_den)


@dataclass(frozen=True)
class SourceFacts:
    """`begins_s` is the first picture's time, in the file's own count."""

    container: str
    duration_ms: int
    video: VideoFacts
    begins_s: float = 0.0
    sounds: tuple[AudioFacts, ...] = ()
    texts: tuple[TextFacts, ...] = ()
    left_out: tuple[str, ...] = ()
    chapters: tuple[ChapterMark, ...] = ()


def read_source(
    report: Mapping[str, Any], packets: str, entries: str | None = None, all_packets: Callable[[], str] = lambda: ""
) -> SourceFacts:
    """Facts from `-show_format -show_streams -show_chapters` as JSON, and from the video's packets: a line each of
    `pts_time,dts_time,duration_time,size,flags`.

    `entries` is ffmpeg's framecrc of the pictures that a decoder can be entered at, when not every keyframe is one.
    `all_packets` gives those of the sounds too; it is asked only where the picture ends before the container does.
    Raises NotAFilm.
    """
    streams = cast("Sequence[Mapping[str, Any]]", report.get("streams", ()))
    video = main_video(streams)
    shown = _Packets.read(packets)
    if entries is not None:
        shown = shown.entered_at(_entry_times_ms(entries))
    duration_ms = _duration_ms(report, video, shown, all_packets)
    return SourceFacts(
        container=str(report.get("format", {}).get("format_name", "")),
        duration_ms=duration_ms,
        video=_video(video, shown),
        begins_s=shown.first_ms / 1000,
        sounds=read_sounds(streams, shown.first_ms / 1000),
        texts=read_texts(streams),
        left_out=unreadable_texts(streams),
        chapters=read_chapters(report, duration_ms),
    )


def main_video(streams: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first moving picture; a cover image inside a sound file is none. Raises NotAFilm."""
    for stream in streams:
        if stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic"):
            return stream
    if any(stream.get("codec_type") == "audio" for stream in streams):
        raise NotAFilm("This file has sound but no picture. Matinee shows films; take it out of the film folder.")
    raise NotAFilm("This file holds no picture and no sound. Replace it with the film itself.")


@dataclass(frozen=True)
class _Packets:
    """The coded pictures of a film, as far as planning needs them. `timed` is false when some do not say when they are shown."""

    end_ms: float
    size_bytes: int
    keyframes_ms: tuple[float, ...]
    first_ms: float
    timed: bool

    @classmethod
    def read(cls, text: str) -> "_Packets":
        times: list[float] = []
        keyframes: list[float] = []
        end_ms, size, timed = 0.0, 0, True
        for line in text.splitlines():
            shown, decoded, lasts, bytes_, flags = (*line.split(","), "", "", "", "")[:5]
            # Some containers only say when a picture is decoded, which is near enough for planning, but not for cutting.
            timed &= shown != "N/A"
            at_ms = _milliseconds(shown, decoded)
            if at_ms is None:
                continue
            times.append(at_ms)
            end_ms = max(end_ms, at_ms + (_milliseconds(lasts) or 0.0))
            size += int(bytes_)
            if "K" in flags:
                keyframes.append(round(at_ms, 3))
        if not keyframes:
            raise NotAFilm("No picture of this file can be decoded: it is damaged. Copy it again from where it came.")
        return cls(end_ms, size, tuple(sorted(keyframes)), min(times), timed)

    def entered_at(self, times_ms: frozenset[int]) -> "_Packets":
        """With only those keyframes at one of these times, give or take the millisecond that rounding moves."""
        certain = [at_ms for at_ms in self.keyframes_ms if not times_ms.isdisjoint({int(at_ms), int(at_ms) + 1})]
        return replace(self, keyframes_ms=tuple(certain) or self.keyframes_ms[:1])


def _entry_times_ms(framecrc: str) -> frozenset[int]:
    """The presentation times in whole milliseconds: lines of `stream, dts, pts, …` in units that a `#tb` line gives."""
    unit_ms, times = Fraction(1), set[int]()
    for line in framecrc.splitlines():
        if line.startswith("#tb 0:"):
            unit_ms = Fraction(line.partition(":")[2].strip()) * 1000
        elif not line.startswith("#"):
            times.add(round(int(line.split(",")[2]) * unit_ms))
    return frozenset(times)


def _duration_ms(report: Mapping[str, Any], video: Mapping[str, Any], packets: _Packets, all_packets: Callable[[], str]) -> int:
    container = cast("Mapping[str, Any]", report.get("format", {}))
    promised_ms, held_ms = (
        float(video.get("duration") or container.get("duration") or 0) * 1000,
        packets.end_ms - packets.first_ms,
    )
    stops_early = held_ms < _least_ms(promised_ms)
    if stops_early and not video.get("duration"):
        # The container speaks of its longest stream, which may be a sound that goes on after the last picture.
        text = all_packets()
        end_ms = _Packets.read(text).end_ms if text else packets.end_ms
        stops_early = end_ms - float(container.get("start_time") or 0) * 1000 < _least_ms(promised_ms)
    if stops_early:
        raise NotAFilm(
            f"This file stops after {held_ms / 1000:.0f} of {promised_ms / 1000:.0f} seconds: it was cut off. "
            "Copy it again from where it came."
        )
    if held_ms < SHORTEST_MS:
        raise NotAFilm("This file holds a single picture or next to nothing. Replace it with the film itself.")
    return round(held_ms)


def _least_ms(promised_ms: float) -> float:
    return promised_ms * (1 - MISSING_SHARE) - 1000


def _video(stream: Mapping[str, Any], packets: _Packets) -> VideoFacts:
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    if width <= 0 or height <= 0:
        raise NotAFilm("The picture of this file has no size: it is damaged. Copy it again from where it came.")
    pixel = _fraction(str(stream.get("sample_aspect_ratio", "1:1")).replace(":", "/")) or Fraction(1)
    turned = _quarter_turned(stream)
    shown = (round(width * pixel), height)
    fps = _fraction(str(stream.get("avg_frame_rate", ""))) or _fraction(str(stream.get("r_frame_rate", ""))) or Fraction(25)
    return VideoFacts(
        codec=str(stream.get("codec_name", "")),
        profile=str(stream.get("profile", "")),
        pixel_format=str(stream.get("pix_fmt", "")),
        width_px=shown[1] if turned else shown[0],
        height_px=shown[0] if turned else shown[1],
        fps_num=fps.numerator,
        fps_den=fps.denominator,
        bitrate_bps=round(packets.size_bytes * 8000 / max(1.0, packets.end_ms - packets.first_ms)),
        timescale_hz=(_fraction(str(stream.get("time_base", ""))) or Fraction(1, 90_000)).denominator,
        keyframes_ms=tuple(round(at_ms - packets.first_ms, 3) for at_ms in packets.keyframes_ms),
        upright_and_square=pixel == 1 and _rotation(stream) == 0,
        interlaced=str(stream.get("field_order", "progressive")) in {"tt", "bb", "tb", "bt"},
        exactly_timed=packets.timed,
        high_range=str(stream.get("color_transfer", "")) in BRIGHT_TRANSFERS,
    )


def _rotation(stream: Mapping[str, Any]) -> int:
    """Degrees a player has to turn the picture, as phones write them."""
    for side in cast("Sequence[Mapping[str, Any]]", stream.get("side_data_list", ())):
        if "rotation" in side:
            return int(side["rotation"]) % 360
    return 0


def _quarter_turned(stream: Mapping[str, Any]) -> bool:
    return _rotation(stream) in {90, 270}


def _milliseconds(*texts: str) -> float | None:
    """The first that is a time, in seconds as ffprobe prints them."""
    for text in texts:
        if text and text != "N/A":
            return float(text) * 1000
    return None


def _fraction(text: str) -> Fraction | None:
    """None for what ffprobe prints when it does not know: '', 'N/A', '0/0', '0/1'."""
    numerator, _, denominator = text.partition("/")
    if not numerator.isdecimal() or not (denominator or "1").isdecimal() or not int(denominator or "1"):
        return None
    return Fraction(int(numerator), int(denominator or "1")) or None
