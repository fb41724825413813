"""Reads a film's name and year off its path (`episodes.py` does so for series), as the owners of film folders write them.

The rules are the union of what Jellyfin, Kodi and Plex users have on disk: `Films/Title (Year)/Title (Year).ext` or the
file alone; release tokens, bracketed ids and group names are cut; dots and underscores are spaces. A guess keeps its reason.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

VIDEO = frozenset(
    {
        "3gp",
        "asf",
        "avi",
        "divx",
        "dv",
        "f4v",
        "flv",
        "m2t",
        "m2ts",
        "m4v",
        "mk3d",
        "mkv",
        "mov",
        "mp4",
        "mpe",
        "mpeg",
        "mpg",
        "mts",
    }
    | {"mxf", "ogm", "ogv", "qt", "rm", "rmvb", "ts", "vob", "webm", "wmv", "wtv"}
)
IGNORED_FOLDERS = frozenset(
    {"@eadir", "#recycle", "@recycle", "$recycle.bin", "lost+found", "system volume information"}
    | {"snapshots", "metadata", "extrafanart", "extrathumbs", "sample", "samples"}
)
EXTRAS_FOLDERS = frozenset(
    {"trailers", "behind the scenes", "deleted scenes", "interviews", "scenes", "shorts", "featurettes", "clips"}
    | {"other", "extras", "extra", "backdrops", "theme-music"}
)
EXTRA = re.compile(
    r"(?:[-._](?:trailer|sample)|-(?:scene|clip|interview|behindthescenes|deleted|deletedscene|featurette|short|extra|other))\d*$",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"[\[{(](?:(?:tmdb|tvdb|imdb)(?:id)?[-=]\w+|tt\d{7,}|edition-[^\]})]+)[\]})]", re.IGNORECASE)
YEAR = re.compile(r"(?<=[\s._\-(\[])((?:19|20)\d{2})(?=$|[\s._\-)\]])(?![\s._-]\d{2}[\s._-]\d{2}(?:\D|$))")
RELEASE_TOKEN = re.compile(
    r"(?<=[\s._\-(\[])(?:\d{3,4}[pi]|[48]k|u?hd|hdr(?:10)?|3d|blu-?ray|b[dr]rip|web-?(?:dl|rip)|hdtv|dvd(?:rip)?|[xh][\s.]?26[45]"
    r"|hevc|av1|xvid|divx|e?ac3|dts|aac|flac|atmos|truehd|proper|repack|remux|multi|subs?)(?=$|[\s._\-)\]])",
    re.IGNORECASE,
)
INITIALISM = re.compile(r"\b(?:\w\.){2,}")


@dataclass(frozen=True)
class FilmName:
    name: str
    year: int  # 0: not said
    reason: str


def is_ignored_folder(name: str) -> bool:
    """Whether nothing below a folder of that name is the owner's film."""
    lowered = name.lower()
    return name.startswith(".") or lowered in IGNORED_FOLDERS or lowered.endswith(".trickplay")


def is_film(relative: PurePosixPath) -> bool:
    """Whether the path, relative to its library, names a film: not a side-car, a sample, an extra or a hidden file."""
    stem, kind = relative.stem, relative.suffix[1:].lower()
    if kind not in VIDEO or relative.name.startswith("."):
        return False
    if stem.lower() in {"sample", "trailer"} or re.search(r"\.sample$", stem, re.IGNORECASE) or EXTRA.search(stem):
        return False
    parents = relative.parts[:-1]
    if any(is_ignored_folder(parent) for parent in parents):
        return False
    in_extras = len(parents) > 1 and parents[-1].lower() in EXTRAS_FOLDERS
    return not in_extras


def film_name(relative: PurePosixPath) -> FilmName:
    """The name and year of a film. Its own folder, when that says "Title (Year)", beats the file."""
    if len(relative.parts) > 1:
        folder = relative.parts[-2]
        found = parsed(folder)
        if found.year and (relative.stem.lower().startswith(folder.lower()) or parsed(relative.stem).year in {0, found.year}):
            return FilmName(found.name, found.year, "name and year from its folder")
    found = parsed(relative.stem)
    return FilmName(found.name, found.year, "name and year from the file" if found.year else "name from the file")


def parsed(text: str) -> FilmName:
    """The name and year in a folder's or a file's name; its reason is for whoever asked to give."""
    text = re.sub(r"^\[[^\]]*\]\s*", "", ATTRIBUTE.sub("", text)).strip() or text
    years = [match for match in YEAR.finditer(text) if match.start() > 0 and spaced(text[: match.start()])]
    year = int(years[-1][1]) if years else 0
    cut = text[: years[-1].start()] if years else text
    token = RELEASE_TOKEN.search(cut)
    if token and spaced(cut[: token.start()]):
        cut = cut[: token.start()]
    return FilmName(spaced(cut) or text, year, "")


def spaced(text: str) -> str:
    """Dots and underscores as spaces, but "R.O.P.E." kept; loose brackets and dashes at the ends dropped."""
    kept = INITIALISM.sub(lambda match: match[0].replace(".", "\0"), text)
    words = re.sub(r"[._\s]+", " ", kept).replace("\0", ".")
    return re.sub(r"^[\s\-]+|[\s\-(\[{]+$", "", words)
