"""A view's DASH manifest, made from its edition's own: the boxes' addresses, written in before everything else.

Each address carries its box's name as serviceLocation, and every relative name further down resolves against whichever the
player chooses (ISO/IEC 23009-1, 5.6). Steering chooses (ETSI TS 103 998); the player is not to ask before it starts, for
this order is a moment old. Not a byte of the edition's own words is changed.

`defaultServiceLocation="a,b"` is a list, as Shaka reads it: see manifest_hls.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from matinee.screen.pathways import BadManifest, Pathway

MPD = "urn:mpeg:dash:schema:mpd:2011 MPD"
OURS = ("BaseURL", "Location", "PatchLocation", "ContentSteering")
ROOT, CHILD = 0, 1


@dataclass(frozen=True)
class DashEdition:
    before: bytes  # up to the first thing a film is made of
    after: bytes


def read_dash(content: bytes) -> DashEdition:
    """Raises BadManifest, saying where."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = lambda name, attributes: reading.start(name, attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = reading.end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadManifest(f"not XML: {error}") from error
    if not reading.has_period:
        raise BadManifest("it has no Period: there is nothing to play")
    return DashEdition(content[: reading.place], content[reading.place :])


def view_of_dash(edition: DashEdition, pathways: Sequence[Pathway], steering_url: str) -> bytes:
    """The manifest for one view; `pathways` best first, at least one."""
    lines = [f"<BaseURL serviceLocation={quoteattr(each.box_id)}>{escape(each.base)}</BaseURL>" for each in pathways]
    if len(pathways) > 1:
        names = quoteattr(",".join(each.box_id for each in pathways))
        steering = f'<ContentSteering defaultServiceLocation={names} queryBeforeStart="false">{escape(steering_url)}'
        lines.append(f"{steering}</ContentSteering>")
    return edition.before + "\n  ".join([*lines, ""]).encode() + edition.after


class _Reading:
    """What is seen on the way through: where the film's own parts begin, and that nobody has written there before us."""

    def __init__(self) -> None:
        self.place = -1
        self.has_period = False
        self._depth = ROOT

    def doctype(self, *_: object) -> None:
        raise BadManifest("it has a DOCTYPE: an edition's manifest declares nothing")

    def start(self, name: str, attributes: dict[str, str], byte: int) -> None:
        if self._depth == ROOT and (name != MPD or attributes.get("type", "static") != "static"):
            raise BadManifest(f"its root is {name!r}: not the static MPD of a finished film")
        if self._depth == CHILD:
            self._child(name.rpartition(" ")[2], byte)
        self._depth += 1

    def _child(self, name: str, byte: int) -> None:
        if name in OURS:
            raise BadManifest(f"it has a {name}: addresses are written for each view")
        if name != "ProgramInformation" and self.place < 0:
            self.place = byte
        self.has_period |= name == "Period"

    def end(self, _: str) -> None:
        self._depth -= 1
