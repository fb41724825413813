"""What a film's side-cars are, read off their names; that they are this film's, the library said. Nothing here opens a file.

`Film.de.forced.srt`: the name begins with the film's, and what follows is read from the right (the union of what Jellyfin,
Kodi and Plex users write). In a folder `Subs/` the language may also be all there is: `Subs/2_English.srt`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from matinee.studio.languages import UNNAMED, named_language

TEXT_KINDS = frozenset({"srt", "vtt", "ass", "ssa"})
PICTURE_TEXT_KINDS = {"sub": "VobSub or MicroDVD", "idx": "VobSub", "sup": "PGS"}
DEAF = frozenset({"sdh", "cc", "hi"})
FORCED = frozenset({"forced", "foreign"})
ART_KINDS = ("jpg", "jpeg", "png", "webp")
POSTERS, BACKDROPS = ("poster", "folder", "cover", "movie"), ("fanart", "backdrop", "background", "art")


@dataclass(frozen=True)
class TextFile:
    """A side-car with subtitles, as its name describes it."""

    path: PurePath
    language: str
    title: str
    forced: bool
    hearing_impaired: bool


def texts_beside(film: PurePath, files: Sequence[PurePath]) -> tuple[TextFile, ...]:
    """The subtitle files among a film's side-cars, in the order of their names."""
    return tuple(_text_file(film, path) for path in sorted(files, key=str) if _kind(path) in TEXT_KINDS)


def pictured_texts_beside(files: Sequence[PurePath]) -> tuple[str, ...]:
    """What is left out, and why, in words."""
    return tuple(
        f"{path.name} ({kind}) holds pictures of letters or too little to go by, and is left out: use an .srt instead."
        for path in sorted(files, key=str)
        if (kind := PICTURE_TEXT_KINDS.get(_kind(path)))
    )


def poster_beside(film: PurePath, files: Sequence[PurePath]) -> PurePath | None:
    return _picture(film, files, POSTERS)


def backdrop_beside(film: PurePath, files: Sequence[PurePath]) -> PurePath | None:
    return _picture(film, files, BACKDROPS)


def _picture(film: PurePath, files: Sequence[PurePath], names: Sequence[str]) -> PurePath | None:
    """`<film>-poster.jpg`, else `poster.jpg`."""
    here = {path.name.lower(): path for path in files if path.parent == film.parent}
    wanted = [f"{film.stem}-{name}" for name in names] + [*names]
    return next((here[key] for name in wanted for kind in ART_KINDS if (key := f"{name}.{kind}".lower()) in here), None)


def _text_file(film: PurePath, path: PurePath) -> TextFile:
    words = re.split(r"[.\s_]+" if path.parent != film.parent else r"\.", _rest(film, path).strip(" ._-"))
    return _described(path, [word for word in words if word])


def _described(path: PurePath, words: Sequence[str]) -> TextFile:
    language, title, marks = "", list[str](), set[str]()
    for word in reversed(words):
        lowered = word.lower().strip("()[]")
        if lowered == "hi" and not language and not any(named_language(other) for other in words if other is not word):
            language = "hi"  # alone it is Hindi; beside another language it means hearing impaired
        elif lowered in DEAF | FORCED | {"default"}:
            marks.add(lowered)
        elif not language and (named := named_language(lowered)):
            language = named
        elif not word.isdecimal():
            title.insert(0, word)
    return TextFile(
        path=path,
        language=language or UNNAMED,
        title=" ".join(title),
        forced=bool(marks & FORCED),
        hearing_impaired=bool(marks & DEAF),
    )


def _rest(film: PurePath, path: PurePath) -> str:
    """What a side-car's name says beyond the film's; in a folder of its own it need not name the film."""
    own, beyond = path.stem[: len(film.stem)], path.stem[len(film.stem) :]
    return beyond if own.casefold() == film.stem.casefold() and beyond[:1] in {"", "."} else path.stem


def _kind(path: PurePath) -> str:
    return path.suffix[1:].lower()
