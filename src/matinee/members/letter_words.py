"""A letter's words, as HTML and as plain text, in the language it is read in.

The words of each kind stand in `letters/<language>.toml`, once; what they say of the fact is filled in as plain text. Both forms
are made of that by a frame each, and the HTML one escapes all it is given, so that there is one place where markup could get in.
A word that the fact does not have is an error, not a gap.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from matinee.members.letter_kinds import GROUP

HERE = Path(__file__).parent / "letters"
FRAMES = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
PLAIN = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701  # plain text; the HTML frame escapes it


BREAKS = re.compile(r"[ \t\r\n]+")
"""What divides lines; not the space that holds an amount and its currency together."""


@dataclass(frozen=True)
class Written:
    subject: str
    html: str
    text: str


def write(kind: str, language: str, said: Mapping[str, str], house: str, refuse_url: str) -> Written:
    """`said` is what the fact says; `house` is where people reach it; `refuse_url` is empty where one may not refuse."""
    words, frame = _words(language)[kind], _words(language)["frame"]

    def filled(template: str) -> str:
        return BREAKS.sub(" ", PLAIN.from_string(template).render(said, house=house)).strip()

    label, place = (filled(each) for each in words["button"])
    rows = [(filled(name), filled(value)) for name, value in words.get("rows", [])]
    parts = {
        "language": language,
        "subject": filled(words["subject"]),
        "heading": filled(words["heading"]),
        "body": [each for each in map(filled, words["body"]) if each],
        "rows": [(name, value) for name, value in rows if value],
        "button": label,
        "url": house + place if place.startswith("/") else place,
        "secret": not place.startswith("/"),
        "after": filled(words.get("after", "")),
        "frame": {name: filled(each) for name, each in frame.items()},
        "why": filled(frame[GROUP[kind]]),
        "refuse_url": refuse_url,
        "choose_url": f"{house}/account/letters",
    }
    html, text = (FRAMES.get_template(name).render(parts) for name in ("frame.html", "frame.txt"))
    return Written(cast(str, parts["subject"]), html, text)


@functools.cache
def _words(language: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / f"{language}.toml").read_text())
