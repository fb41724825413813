"""Which files beside a film are its subtitles and pictures, read off their names. Nothing here opens a file.

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
TEXT_FOLDERS = frozenset({"subs", "subtitles", "sub"})
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


def texts_beside(film: PurePath, files: Sequence[PurePath], *, alone: bool) -> tuple[TextFile, ...]:
    """The film's subtitle files among `files` (of its folder and of folders like `Subs` in it), in the order of their names.

    `alone` says that the film has its folder to itself, so that a file which names no film means this one.
    """
    found = (_text_file(film, path, alone=alone) for path in sorted(files, key=str))
    return tuple(text for text in found if text)


def pictured_texts_beside(film: PurePath, files: Sequence[PurePath], *, alone: bool) -> tuple[str, ...]:
    """What is left out, and why, in words."""
    return tuple(
        f"{path.name} ({kind}) holds pictures of letters or too little to go by, and is left out: use an .srt instead."
        for path in sorted(files, key=str)
        if (kind := PICTURE_TEXT_KINDS.get(_kind(path))) and _rest(film, path, alone=alone) is not None
    )


def poster_beside(film: PurePath, files: Sequence[PurePath], *, alone: bool) -> PurePath | None:
    return _picture(film, files, POSTERS, alone=alone)


def backdrop_beside(film: PurePath, files: Sequence[PurePath], *, alone: bool) -> PurePath | None:
    return _picture(film, files, BACKDROPS, alone=alone)


def _picture(film: PurePath, files: Sequence[PurePath], names: Sequence[str], *, alone: bool) -> PurePath | None:
    """`<film>-poster.jpg`, else `poster.jpg` where the film has the folder to itself (`alone`)."""
    here = {path.name.lower(): path for path in files if path.parent == film.parent}
    wanted = [f"{film.stem}-{name}" for name in names] + ([*names] if alone else [])
    return next((here[key] for name in wanted for kind in ART_KINDS if (key := f"{name}.{kind}".lower()) in here), None)


def _text_file(film: PurePath, path: PurePath, *, alone: bool) -> TextFile | None:
    rest = _rest(film, path, alone=alone)
    if _kind(path) not in TEXT_KINDS or rest is None:
        return None
    words = [word for word in re.split(r"[.\s_]+" if path.parent != film.parent else r"\.", rest.strip(" ._-")) if word]
    return _described(path, words)


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


def _rest(film: PurePath, path: PurePath, *, alone: bool) -> str | None:
    """What a side-car's name says beyond the film's; None for a file that speaks of another film."""
    stem, film_stem = path.stem, film.stem
    if stem.lower() == film_stem.lower() or stem.lower().startswith(f"{film_stem.lower()}."):
        return stem[len(film_stem) :]
    if path.parent == film.parent:
        return None
    # Below `Subs` a folder may bear the film's name.
    below = path.relative_to(film.parent).parts[1:-1]
    return stem if below == (film_stem,) or (alone and not below) else None


def _kind(path: PurePath) -> str:
    return path.suffix[1:].lower()
