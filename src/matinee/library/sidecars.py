"""Which files lie beside a film and belong to it: its notes, subtitles and pictures, by the names their owners give them."""

from collections.abc import Iterator, Set

# The last three hold pictures of letters: the studio says why it does not show them.
SUBTITLES = frozenset({"srt", "ass", "ssa", "vtt", "sub", "idx", "sup"})
PICTURES = frozenset({"jpg", "jpeg", "png", "webp"})
SUBTITLE_FOLDERS = frozenset({"subs", "subtitles", "sub"})
# Names that speak of the one film in their folder.
BARE_PICTURES = frozenset({"poster", "folder", "cover", "default", "movie", "fanart", "background", "art", "backdrop"})


def stem_of(name: str) -> str:
    """The name without its kind, in small letters."""
    return name.rpartition(".")[0].casefold()


def owner_of(name: str, films: Set[str], *, is_alone: bool, in_folder_of_subtitles: bool) -> str | None:
    """The stem of the film that a file belongs to, of those in its folder; None for a stranger.

    The longest stem wins: "Alpha.2.en.srt" is of "Alpha.2", not of "Alpha". What names no film belongs to one that `is_alone`.
    """
    stem, kind = stem_of(name), name.rpartition(".")[2].lower()
    if kind not in SUBTITLES and (kind not in PICTURES or in_folder_of_subtitles):
        return None
    named = next((each for each in _shorter(stem, "." if kind in SUBTITLES else "-") if each in films), None)
    if named is None and is_alone and (in_folder_of_subtitles or (kind in PICTURES and stem in BARE_PICTURES)):
        return next(iter(films))
    return named


def _shorter(stem: str, mark: str) -> Iterator[str]:
    """ "alpha.en.forced", "alpha.en", "alpha"."""
    while stem:
        yield stem
        stem = stem.rpartition(mark)[0]
