"""A view's DASH manifest, made from its edition's own: the boxes' addresses, written in before everything else.

Each address carries its box's name as serviceLocation, and every relative name further down resolves against whichever the
player chooses (ISO/IEC 23009-1, 5.6). Steering chooses (ETSI TS 103 998); the player is not to ask before it starts, for
this order is a moment old. Not a byte of the edition's own words is changed, but rungs above the view's height are left out.

`defaultServiceLocation="a,b"` is a list, as Shaka reads it: see manifest_hls.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from matinee.screen.pathways import BadManifest, Pathway, bounded, lines_of

MPD = "urn:mpeg:dash:schema:mpd:2011 MPD"
OURS = ("BaseURL", "Location", "PatchLocation", "ContentSteering")
ROOT, CHILD, SET, REPRESENTATION = 0, 1, 2, 3


@dataclass
class Part:
    """Something that may be left out: where it begins and ends, how tall its picture is (0: it has none), and what is in it."""

    begin: int
    end: int = 0
    lines: int = 0
    within: "list[Part]" = field(default_factory=list["Part"])


@dataclass(frozen=True)
class DashEdition:
    content: bytes
    place: int  # of the first thing a film is made of
    sets: Sequence[Part]


def read_dash(content: bytes) -> DashEdition:
    """Raises BadManifest, saying where."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = lambda name, attributes: reading.start(name, attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda name: reading.end(name, parser.CurrentByteIndex)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadManifest(f"not XML: {error}") from error
    if not reading.has_period:
        raise BadManifest("it has no Period: there is nothing to play")
    for part in (*reading.sets, *(each for one in reading.sets for each in one.within)):
        part.end = content.index(b">", part.end) + 1
    return DashEdition(content, reading.place, reading.sets)


def view_of_dash(edition: DashEdition, pathways: Sequence[Pathway], steering_url: str, height: int = 0) -> bytes:
    """The manifest for one view; `pathways` best first, at least one. No rung is taller than `height`; 0: all are there."""
    lines = [f"<BaseURL serviceLocation={quoteattr(each.box_id)}>{escape(each.base)}</BaseURL>" for each in pathways]
    if len(pathways) > 1:
        names = quoteattr(",".join(each.box_id for each in pathways))
        steering = f'<ContentSteering defaultServiceLocation={names} queryBeforeStart="false">{escape(steering_url)}'
        lines.append(f"{steering}</ContentSteering>")
    written, place = edition.content[: edition.place] + "\n  ".join([*lines, ""]).encode(), edition.place
    for part in _left_out(edition.sets, height):
        written, place = written + edition.content[place : part.begin], part.end
    return written + edition.content[place:]


def _left_out(sets: Sequence[Part], height: int) -> Iterator[Part]:
    """What is taller, in its order; a set of which nothing would stay goes as a whole."""
    most = bounded(height, (rung.lines for each in sets for rung in each.within))
    for each in sets:
        taller = [rung for rung in each.within if most and rung.lines > most]
        yield from [each] if taller and len(taller) == len(each.within) else taller


class _Reading:
    """What is seen on the way through: where the film's own parts begin, and that nobody has written there before us."""

    def __init__(self) -> None:
        self.place = -1
        self.has_period = False
        self.sets: list[Part] = []
        self._depth = ROOT

    def doctype(self, *_: object) -> None:
        raise BadManifest("it has a DOCTYPE: an edition's manifest declares nothing")

    def start(self, name: str, attributes: dict[str, str], byte: int) -> None:
        if self._depth == ROOT and (name != MPD or attributes.get("type", "static") != "static"):
            raise BadManifest(f"its root is {name!r}: not the static MPD of a finished film")
        if self._depth == CHILD:
            self._child(name.rpartition(" ")[2], byte)
        elif self._depth == SET:
            self.sets.append(Part(byte))
        elif self._depth == REPRESENTATION and name.endswith(" Representation"):
            self.sets[-1].within.append(Part(byte))
        elif self._depth > REPRESENTATION and self.sets[-1].within:
            rung = self.sets[-1].within[-1]
            rung.lines = rung.lines or lines_of(attributes.get("initialization", ""))
        self._depth += 1

    def _child(self, name: str, byte: int) -> None:
        if name in OURS:
            raise BadManifest(f"it has a {name}: addresses are written for each view")
        if name != "ProgramInformation" and self.place < 0:
            self.place = byte
        self.has_period |= name == "Period"

    def end(self, name: str, byte: int) -> None:
        self._depth -= 1
        if self._depth == SET:
            self.sets[-1].end = byte
        elif self._depth == REPRESENTATION and name.endswith(" Representation"):
            self.sets[-1].within[-1].end = byte
