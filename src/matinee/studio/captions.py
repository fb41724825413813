"""Captions as people write them, into captions as players read them. Nothing here opens a file.

SubRip, WebVTT and SubStation are read for what they mean and no further: when a line shows and what it says. Italics, bold and
underlining stay, and a place at the top of the picture; colours, fonts and drawings go. A line that cannot be read costs only
itself. What comes out is plain WebVTT: in order, inside the film, nothing in it that a player could take for markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import takewhile

TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
TIMING = re.compile(rf"^\s*{TIME}\s*-+>\s*{TIME}(?P<settings>.*)$")
SUBSTATION_TIME = re.compile(r"(\d+):(\d{1,2}):(\d{1,2})[.:](\d{1,3})")
OVERRIDE = re.compile(r"\{([^{}]*)\}")
TAG = re.compile(r"<(/?)\s*([A-Za-z]+)[^<>]*>")
KEPT_TAGS = frozenset({"i", "b", "u"})
TOP = re.compile(r"\\an?[789](?!\d)")
DRAWING = re.compile(r"\\p[1-9]")
LONGEST_MS = 30_000
SHORTEST_MS = 200
MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str  # as it goes into WebVTT
    on_top: bool = False


def read_captions(text: str) -> list[Cue]:
    """The cues of a text in any of the three forms, in order of time; empty when it holds none."""
    cues = (
        _substation(text) if re.search(r"^[ \t]*\[(Script Info|V4\+? Styles|Events)\]", text, re.I | re.M) else _timed_lines(text)
    )
    return sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start_ms, cue.end_ms))


def webvtt(cues: list[Cue], film_ms: int) -> str:
    """A WebVTT file of the cues inside the film; those of the same moment and place as one, those without an end cut short."""
    lines = ["WEBVTT", ""]
    for cue in _merged([each for each in cues if each.start_ms < film_ms]):
        end_ms = min(max(cue.end_ms, cue.start_ms + SHORTEST_MS), cue.start_ms + LONGEST_MS, film_ms)
        lines += [f"{_clock(cue.start_ms)} --> {_clock(end_ms)}" + (" line:0" if cue.on_top else ""), cue.text, ""]
    return "\n".join(lines)


def _timed_lines(text: str) -> Iterator[Cue]:
    """SubRip and WebVTT: a line of two times, then what is said, up to an empty line or the next two times."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [number for number, line in enumerate(lines) if TIMING.match(line)]
    for number, following in zip(starts, [*starts[1:], len(lines)], strict=False):
        match = TIMING.match(lines[number])
        if match is None:
            continue
        said = lines[number + 1 : following]
        if following < len(lines) and said and _is_label(said[-1]):
            said = said[:-1]
        spoken = "\n".join(takewhile(str.strip, said))
        settings = match["settings"].replace(" ", "")
        on_top = bool(TOP.search(spoken)) or "line:0" in settings or "line:10%" in settings
        yield Cue(_ms(*match.groups()[:4]), _ms(*match.groups()[4:8]), _cleaned(spoken), on_top)


def _substation(text: str) -> Iterator[Cue]:
    """Lines `Dialogue: layer,start,end,style,…,text`; which field is which, the Format line above them says."""
    fields = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"]
    in_events = False
    for line in text.splitlines():
        kind, _, rest = line.partition(":")
        kind = kind.strip().lower()
        if line.strip().startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and kind == "format":
            fields = [field.strip().lower() for field in rest.split(",")]
        elif in_events and kind == "dialogue":
            row = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
            times = [SUBSTATION_TIME.search(row.get(field, "")) for field in ("start", "end")]
            said = row.get("text", "")
            if times[0] and times[1] and not DRAWING.search(said):
                spoken = said.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ")
                yield Cue(_ms(*times[0].groups()), _ms(*times[1].groups()), _cleaned(spoken), bool(TOP.search(said)))


def _is_label(line: str) -> bool:
    """A cue's number (or a WebVTT cue's name) stands on the line above its times."""
    return line.strip().isdecimal()


def _cleaned(text: str) -> str:
    """Only what is said, with its italics, bold and underlining in balance, and nothing else that looks like markup."""
    text = OVERRIDE.sub(_override, text[:MOST_CHARACTERS])
    parts: list[str] = []
    opened: list[str] = []
    at = 0
    for match in TAG.finditer(text):
        parts.append(_plain(text[at : match.start()]))
        at = match.end()
        tag = match[2].lower()
        if tag not in KEPT_TAGS:
            continue
        if not match[1]:
            opened.append(tag)
            parts.append(f"<{tag}>")
        elif opened and opened[-1] == tag:
            parts.append(f"</{opened.pop()}>")
    parts.append(_plain(text[at:]))
    parts += [f"</{tag}>" for tag in reversed(opened)]
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    cleaned = "\n".join(line for line in lines if line)
    return cleaned if _plain_words(cleaned) else ""


def _override(match: re.Match[str]) -> str:
    """SubStation's `{\\i1}` as a tag; all its other overrides, and comments in braces, say nothing to us."""
    found = re.findall(r"\\([ibu])(\d+)", match[1])
    return "".join(f"<{tag}>" if value != "0" else f"</{tag}>" for tag, value in found)


def _plain(text: str) -> str:
    """Text as text. Entities that were written out are read first, or they would be written out twice."""
    text = "".join(sign for sign in unescape(text) if sign == "\n" or sign == "\t" or sign.isprintable() or sign == "\u200c")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain_words(text: str) -> str:
    return TAG.sub("", text).strip()


def _merged(cues: list[Cue]) -> Iterator[Cue]:
    """Cues of exactly the same time and place become one: players differ in which of two they put on top."""
    waiting: Cue | None = None
    for cue in cues:
        if waiting and (waiting.start_ms, waiting.end_ms, waiting.on_top) == (cue.start_ms, cue.end_ms, cue.on_top):
            if cue.text != waiting.text:
                waiting = replace(waiting, text=f"{waiting.text}\n{cue.text}")
            continue
        if waiting:
            yield waiting
        waiting = cue
    if waiting:
        yield waiting


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    """`fraction` is of a second, in as many digits as were written."""
    thousandths = int((fraction or "0").ljust(3, "0")[:3])
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + thousandths


def _clock(at_ms: int) -> str:
    seconds, thousandths = divmod(at_ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"
