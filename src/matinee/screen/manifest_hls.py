"""A view's HLS playlist, made from its edition's own: every address absolute, one pathway for each box.

The edition's playlist names files beside it. Here each rung is written once per box, with the box's name as its PATHWAY-ID
and a group of sounds and subtitles of its own, for a player keeps the lines together that differ in nothing else
(draft-pantos-hls-rfc8216bis, 4.4.6.6). The media playlists stay as they are on the boxes: relative, so that segments come
from wherever their playlist came.

`PATHWAY-ID="a,b"` in the steering tag is a list, as Shaka reads it: with a single name it would ask the dead box for ever
once both were struck off, which happens because it strikes off hosts, and boxes may differ in their port only.

Subtitles carry a PATHWAY-ID too, which the draft does not know and players skip: without it Shaka finds no address for them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matinee.screen.pathways import BadManifest, Pathway, bounded, lines_of

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^",\r\n]*)(?:,|$)')
GROUPS = ("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS")
PER_BOX = frozenset({"EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF"})
NEAREST = frozenset({"EXT-X-IMAGE-STREAM-INF", "EXT-X-SESSION-DATA"})  # once only: players take every line for one more
OURS = frozenset({"EXT-X-CONTENT-STEERING"})

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """A tag that leads somewhere; `uri` is beside the edition's playlist, None for captions that come with the picture."""

    tag: str
    attributes: Attributes
    uri: str | None


@dataclass(frozen=True)
class HlsEdition:
    head: tuple[str, ...]  # the lines that name nothing
    per_box: tuple[Entry, ...]
    nearest: tuple[Entry, ...]


def read_hls(text: str) -> HlsEdition:
    """Raises BadManifest, naming the line."""
    lines = [line.strip() for line in text.splitlines()]
    if not lines or lines[0] != "#EXTM3U":
        raise BadManifest("line 1 is not #EXTM3U: this is no HLS playlist")
    head: list[str] = []
    per_box: list[Entry] = []
    nearest: list[Entry] = []
    rest = iter(enumerate(lines, 1))
    for number, line in rest:
        tag, _, value = line.removeprefix("#").partition(":")
        if tag in OURS:
            raise BadManifest(f"line {number} steers already: {tag} is written for each view")
        if tag in PER_BOX or tag in NEAREST:
            uri = next(rest, (number, ""))[1] if tag == "EXT-X-STREAM-INF" else None
            (per_box if tag in PER_BOX else nearest).append(_entry(tag, value, uri, number))
        elif line.startswith("#EXT"):
            head.append(line)
        elif line and not line.startswith("#"):
            raise BadManifest(f"line {number} is an address without an EXT-X-STREAM-INF above it")
    if not any(entry.tag == "EXT-X-STREAM-INF" for entry in per_box):
        raise BadManifest("it has no EXT-X-STREAM-INF: an edition has at least one rung")
    return HlsEdition(tuple(head), tuple(per_box), tuple(nearest))


def view_of_hls(edition: HlsEdition, pathways: Sequence[Pathway], steering_url: str, height: int = 0) -> str:
    """The playlist for one view; `pathways` best first, at least one. No rung is taller than `height`; 0: all are there."""
    most = bounded(height, (lines_of(entry.uri or "") for entry in edition.per_box if entry.tag == "EXT-X-STREAM-INF"))
    per_box = [entry for entry in edition.per_box if not most or lines_of(entry.uri or "") <= most]
    lines = list(edition.head)
    if len(pathways) > 1:
        names = ",".join(pathway.box_id for pathway in pathways)
        lines.append(f"#EXT-X-CONTENT-STEERING:SERVER-URI={quoted(steering_url)},PATHWAY-ID={quoted(names)}")
    for entry in edition.nearest:
        lines += _line(entry, pathways[0], {})
    for pathway in pathways:
        for entry in per_box:
            lines += _line(entry, pathway, _marks(entry, pathway))
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    if re.search(r'["\r\n]', text):
        raise BadManifest(f"{text!r} cannot be written into a playlist: it holds a quote or a line's end")
    return f'"{text}"'


def _entry(tag: str, value: str, uri: str | None, number: int) -> Entry:
    attributes = tuple((match[1], match[2]) for match in ATTRIBUTE.finditer(value))
    if ",".join(f"{name}={given}" for name, given in attributes) != value or not attributes:
        raise BadManifest(f"line {number}: the attributes of {tag} cannot be read: {value!r}")
    given = dict(attributes)
    if len(given) != len(attributes) or "PATHWAY-ID" in given:
        raise BadManifest(f"line {number}: {tag} says one thing twice, or names a pathway already")
    if uri is None and "URI" in given:
        uri = given["URI"].strip('"')
    missing = uri is None and tag != "EXT-X-SESSION-DATA" and given.get("TYPE") != "CLOSED-CAPTIONS"
    if missing or (uri is not None and (not uri or uri.startswith(("#", "/")) or ":" in uri)):
        raise BadManifest(f"line {number}: {tag} leads to {uri!r}, not to a file beside the playlist")
    return Entry(tag, attributes, uri)


def _marks(entry: Entry, pathway: Pathway) -> Mapping[str, str]:
    """What tells this pathway's line from another's: its name, and the names of its groups."""
    given = dict(entry.attributes)
    names = ("GROUP-ID",) if entry.tag == "EXT-X-MEDIA" else GROUPS
    groups = {name: f'{given[name][:-1]}-{pathway.box_id}"' for name in names if given.get(name, "").startswith('"')}
    return {**groups, "PATHWAY-ID": quoted(pathway.box_id)}


def _line(entry: Entry, pathway: Pathway, marks: Mapping[str, str]) -> list[str]:
    changed = {**dict(entry.attributes), **marks}
    if "URI" in changed:
        changed["URI"] = quoted(f"{pathway.base}{entry.uri}")
    line = f"#{entry.tag}:" + ",".join(f"{name}={value}" for name, value in changed.items())
    return [line, f"{pathway.base}{entry.uri}"] if entry.tag == "EXT-X-STREAM-INF" else [line]
