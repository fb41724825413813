"""Reads off a path whether a file is an episode: of which series, season and number.

The rules follow what Jellyfin, Kodi and Plex users have on disk. "S01E02", "1x02" and "Season 1 Episode 2" make an episode
anywhere; a date, a bare number or a name without one only inside a series: below a season's folder or a `tvshow.nfo`.
Of several numbers in one file, two joined by a dash are a range and all others a list, as Kodi has it.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from matinee.library.naming import RELEASE_TOKEN, parsed, spaced

NUMBERED = re.compile(r"(?<![a-z0-9])s(\d{1,4})[\s._\-\[\]()]*e(\d{1,4})(?!\d)", re.IGNORECASE)
SPOKEN = re.compile(
    r"\b(?:season|series|staffel|saison|temporada|stagione)[\s._-]*(\d{1,4})[\s._,-]*"
    r"(?:episode|ep|folge|épisode|episodio)[\s._-]*(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
CROSSED = re.compile(r"(?<![a-z0-9])(\d{1,4})x(\d{2,4})(?![\da-z])", re.IGNORECASE)
MORE = re.compile(r"[\s._]*(-?)[\s._]*(?:s\d{1,4})?(?:e|\d{1,4}x)(\d{1,4})(?![\dip])|(-)(\d{1,4})(?![\w])", re.IGNORECASE)
LONGEST_RANGE = 50

# Inside a series only, in this order.
DATED = re.compile(r"(?<!\d)(?:(\d{4})[-._ ](\d{2})[-._ ](\d{2})|(\d{2})[-._ ](\d{2})[-._ ](\d{4}))(?!\d)")
COUNTED = re.compile(r"(?<![a-z])(?:episode|folge|épisode|episodio|part|ep|e)[\s._-]*(\d{1,4})(?!\d)", re.IGNORECASE)
LEADING = re.compile(r"^(\d{1,3})(?=$|[\s._\-])")
TRAILING = re.compile(r"[\s._\-](\d{1,4})(?:v\d)?[\s._]*(?=$|[\[(])")
NEVER_A_NUMBER = re.compile(r"^(?:19|20)\d\d$|^(?:480|576|720)$")

SEASON_WORD = (
    r"(?:season|sæson|saison|staffel|series|serie|seria|série|séria|stagione|säsong|seizoen|sezon|sezona|sezóna|temporada|kausi"
    r"|сезон|シーズン|시즌)"
)
SEASON_FOLDERS = (
    re.compile(r"^(.*?)(?:^|[\s._\-])s(\d{1,4})(?!\d|[\s._\-]*e\d|[a-z])", re.IGNORECASE),
    re.compile(rf"^(.*?){SEASON_WORD}[\s._\-]*(\d{{1,4}})(?![\dp]|\w)", re.IGNORECASE),
    re.compile(rf"^()(\d{{1,3}})(?:st|nd|rd|th|ª|e|er|[\s._\-])[\s._\-]*{SEASON_WORD}$", re.IGNORECASE),
)
SPECIALS = {"specials", "special"}


@dataclass(frozen=True)
class Place:
    """Where a file stands in a series. `numbers` is empty where its name says none; season 0 holds the specials."""

    series_path: str  # below the library: a folder, or where one would be
    series_name: str
    series_year: int
    season: int
    numbers: tuple[int, ...]
    premiered: str  # ISO date, or ""
    name: str  # "" when only a number is said
    reason: str


@dataclass(frozen=True)
class _Said:
    """What a file's own name says."""

    before: str
    season: int | None
    numbers: tuple[int, ...]
    premiered: str
    after: str
    reason: str


@dataclass(frozen=True)
class _Home:
    path: str
    name: str
    year: int
    season: int | None
    is_sure: bool  # a series for certain, whatever its files are called


def place_in_series(relative: PurePosixPath, library_name: str, show_depth: int = -1) -> Place | None:
    """None for a film. `show_depth`: how many folders of the path lead to a `tvshow.nfo`; -1 without one."""
    said = _explicit(relative.stem) or _explicit(relative.parent.name)
    home = _home(relative, said, library_name, show_depth)
    if said is None and home.is_sure:
        said = _optimistic(relative.stem, home.season)
    if said is None:
        return None
    season = next((each for each in (said.season, home.season) if each is not None), None)
    if season is None:
        season = int(said.premiered[:4]) if said.premiered else 1
    reason = f"{said.reason}, series from {'its folder' if home.is_sure else 'the name'}"
    return Place(home.path, home.name, home.year, season, said.numbers, said.premiered, _episode_name(said), reason)


def _explicit(stem: str) -> _Said | None:
    for pattern, reason in ((NUMBERED, "SxxEyy"), (SPOKEN, "season and episode"), (CROSSED, "1x02")):
        found = pattern.search(stem)
        if found and not (200 <= int(found[1]) <= 1927 or int(found[1]) > 2500):
            numbers, end = _numbers(stem, int(found[2]), found.end())
            return _Said(stem[: found.start()], int(found[1]), numbers, "", stem[end:], reason)
    return None


def _numbers(stem: str, first: int, end: int) -> tuple[tuple[int, ...], int]:
    """The numbers of all episodes in the file, and where they end in its name."""
    numbers, dashes = [first], [""]
    while found := MORE.match(stem, end):
        numbers.append(int(found[2] or found[4]))
        dashes.append(found[1] or found[3] or "")
        end = found.end()
    if len(numbers) == 2 and dashes[1] and first < numbers[1] <= first + LONGEST_RANGE:
        return tuple(range(first, numbers[1] + 1)), end
    rising = all(one < other for one, other in pairwise(numbers))
    return (tuple(numbers) if rising else (first,)), end


def _optimistic(stem: str, season: int | None) -> _Said:
    """What a name may mean, once its folder has said that it is an episode."""
    bare = re.sub(r"\[[^\]]*\]", " ", stem).strip()
    if dated := DATED.search(bare):
        year, month, day = (dated[1], dated[2], dated[3]) if dated[1] else (dated[6], dated[5], dated[4])
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            number = int(month) * 100 + int(day)
            return _Said(bare[: dated.start()], season, (number,), f"{year}-{month}-{day}", bare[dated.end() :], "a date")
    # "102" is the second of the first season, unless its folder is another season's.
    if re.fullmatch(r"[1-9]\d\d", bare) and season in {None, int(bare[0])} and not NEVER_A_NUMBER.match(bare):
        return _Said("", int(bare[0]), (int(bare[1:]),), "", "", "three digits")
    for pattern, reason in ((COUNTED, "episode n"), (LEADING, "a number first"), (TRAILING, "a number last")):
        found = pattern.search(bare)
        if found and not NEVER_A_NUMBER.match(found[1]):
            after = bare[found.end() :]
            return _Said(bare[: found.start()], season, (int(found[1]),), "", after, reason)
    return _Said("", season, (), "", bare, "no number")


def _home(relative: PurePosixPath, said: _Said | None, library_name: str, show_depth: int) -> _Home:
    """The series a file belongs to, by its folders; where they do not say, by what stands before the number."""
    parents = list(relative.parts[:-1])
    if parents and len(parents) > max(show_depth, 0) and _explicit(parents[-1]):
        parents.pop()  # a folder for this one episode
    season, rest = season_folder(parents[-1], is_in_show=0 <= show_depth < len(parents)) if parents else (None, "")
    if show_depth >= 0:
        return _by_folder(parents[:show_depth], library_name, season)
    above = parents[:-1] if season is not None else parents
    if season is not None and above and (not rest or _same(rest, above[-1])):
        return _by_folder(above, library_name, season)
    if season is not None and said is None and not above and (not rest or parsed(parents[-1]).year):
        return _Home("", "", 0, None, False)  # "Series 7 (2001)" at the top of a library may well be a film
    before = rest or (said.before if said else "")
    folder = parsed(above[-1]) if above else parsed(library_name)
    named = parsed(before) if spaced(before) else folder
    if above and (folder.year or not spaced(before) or _same(before, above[-1])):
        return replace(_by_folder(above, library_name, season), is_sure=season is not None)
    key = spaced(named.name).casefold() + (f" ({named.year})" if named.year else "")
    return _Home("/".join([*above, key]), named.name, named.year, season, bool(rest))


def _by_folder(parts: list[str], library_name: str, season: int | None) -> _Home:
    found = parsed(parts[-1] if parts else library_name)
    return _Home("/".join(parts), found.name, found.year, season, True)


def season_folder(name: str, *, is_in_show: bool = False) -> tuple[int | None, str]:
    """The season a folder's name says, None without one, and the series' name if that is part of it."""
    if name.casefold() in SPECIALS:
        return 0, ""
    if is_in_show and name.isdecimal() and len(name) <= 3:
        return int(name), ""
    for pattern in SEASON_FOLDERS:
        if found := pattern.search(name):
            return int(found[2]), spaced(found[1])
    return None, ""


def _same(one: str, other: str) -> bool:
    return parsed(one).name.casefold() == parsed(other).name.casefold()


def _episode_name(said: _Said) -> str:
    """What follows the number, up to the first word that only a release group would add."""
    text = re.sub(r"\[[^\]]*\]", " ", said.after)
    token = RELEASE_TOKEN.search(" " + text)
    return spaced(text[: max(token.start() - 1, 0)] if token else text).strip(" )]")
