"""A film's sounds, texts and chapters, read from what ffprobe prints. Nothing here opens a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from matinee.studio.languages import language_of

# Texts ffmpeg can write out as text; the others are pictures of letters, which no browser shows.
TEXT_CODECS = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"})
PICTURE_TEXTS = {"hdmv_pgs_subtitle": "PGS", "dvd_subtitle": "VobSub", "dvb_subtitle": "DVB", "xsub": "XSUB"}
LONGEST_NAME = 80

Streams = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class AudioFacts:
    """One sound. `index` counts the sounds of the file; `late_ms` is how long after the first picture it begins.

    `language` is one a manifest may name, or "und" where the file does not say.
    """

    codec: str
    channels: int
    bitrate_bps: int
    language: str
    index: int = 0
    profile: str = ""
    sample_rate_hz: int = 48_000
    title: str = ""
    default: bool = False
    commentary: bool = False
    late_ms: float = 0.0


@dataclass(frozen=True)
class TextFacts:
    """One text inside the file. `index` counts the texts of all kinds in it."""

    index: int
    codec: str
    language: str
    title: str
    forced: bool
    hearing_impaired: bool


@dataclass(frozen=True)
class ChapterMark:
    start_ms: int
    name: str


def read_sounds(streams: Streams, first_picture_s: float) -> tuple[AudioFacts, ...]:
    sounds: list[AudioFacts] = []
    for index, stream in enumerate(_of_kind(streams, "audio")):
        if not stream.get("codec_name") or not int(stream.get("channels", 0)):
            continue
        begins_s = _number(stream.get("start_time"), first_picture_s)
        title, marks = _title(stream), _marks(stream)
        sounds.append(
            AudioFacts(
                codec=str(stream["codec_name"]),
                channels=int(stream["channels"]),
                bitrate_bps=int(stream.get("bit_rate", 0)),
                language=_language(stream),
                index=index,
                profile=str(stream.get("profile", "")),
                sample_rate_hz=int(stream.get("sample_rate", 0)),
                title=title,
                default=bool(marks.get("default")),
                commentary=bool(marks.get("comment")) or "commentary" in title.lower(),
                late_ms=round((begins_s - first_picture_s) * 1000, 3),
            )
        )
    return tuple(sounds)


def read_texts(streams: Streams) -> tuple[TextFacts, ...]:
    """Those that are text; `unreadable_texts` names the others."""
    return tuple(
        TextFacts(
            index=index,
            codec=str(stream["codec_name"]),
            language=_language(stream),
            title=_title(stream),
            forced=bool(_marks(stream).get("forced")) or "forced" in _title(stream).lower(),
            hearing_impaired=bool(_marks(stream).get("hearing_impaired")) or "sdh" in _title(stream).lower().split(),
        )
        for index, stream in enumerate(_of_kind(streams, "subtitle"))
        if stream.get("codec_name") in TEXT_CODECS
    )


def unreadable_texts(streams: Streams) -> tuple[str, ...]:
    """What is left out, and why, in words."""
    return tuple(
        f"The {_language(stream)} subtitles inside the film are pictures "
        f"({PICTURE_TEXTS.get(codec, codec or 'of an unknown kind')}), not text, and are left out. Put an .srt beside the film."
        for stream in _of_kind(streams, "subtitle")
        if (codec := str(stream.get("codec_name", ""))) not in TEXT_CODECS
    )


def read_chapters(report: Mapping[str, Any], duration_ms: int) -> tuple[ChapterMark, ...]:
    """In their order, each inside the film and with a name. One alone divides nothing and is left out."""
    rows = cast("Sequence[Mapping[str, Any]]", report.get("chapters", ()))
    starts = {max(0, round(_number(row.get("start_time"), 0.0) * 1000)): _title(row) for row in rows}
    inside = sorted((start_ms, name) for start_ms, name in starts.items() if start_ms < duration_ms)
    if len(inside) < 2:
        return ()
    return tuple(ChapterMark(start_ms, name or f"Chapter {number}") for number, (start_ms, name) in enumerate(inside, 1))


def _of_kind(streams: Streams, kind: str) -> list[Mapping[str, Any]]:
    return [stream for stream in streams if stream.get("codec_type") == kind]


def _language(stream: Mapping[str, Any]) -> str:
    return language_of(str(stream.get("tags", {}).get("language", "")))


def _title(stream: Mapping[str, Any]) -> str:
    """What its maker called the stream; containers' own names for their handlers say nothing."""
    tags = cast("Mapping[str, str]", stream.get("tags", {}))
    title = next((str(text) for key, text in tags.items() if key.lower() in {"title", "name"}), "")
    return " ".join(title.split())[:LONGEST_NAME]


def _marks(stream: Mapping[str, Any]) -> Mapping[str, int]:
    return cast("Mapping[str, int]", stream.get("disposition", {}))


def _number(text: object, otherwise: float) -> float:
    try:
        return float(str(text))
    except ValueError:
        return otherwise
