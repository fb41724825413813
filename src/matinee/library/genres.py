"""One name for each genre, however its owner spelt it, so that a row holds all its titles."""

import re
from collections.abc import Iterable

# What people write, folded to small letters without dashes and dots -> what we call it.
NAMES = {
    "action & adventure": ("Action", "Adventure"),
    "sci fi & fantasy": ("Science Fiction", "Fantasy"),
    "science fiction & fantasy": ("Science Fiction", "Fantasy"),
    "war & politics": ("War", "Politics"),
    "romantic comedy": ("Romance", "Comedy"),
    "romcom": ("Romance", "Comedy"),
    "scifi": ("Science Fiction",),
    "sci fi": ("Science Fiction",),
    "sciencefiction": ("Science Fiction",),
    "sf": ("Science Fiction",),
    "kids & family": ("Family",),
    "kids": ("Family",),
    "children": ("Family",),
    "animated": ("Animation",),
    "animations": ("Animation",),
    "cartoon": ("Animation",),
    "comedies": ("Comedy",),
    "humor": ("Comedy",),
    "humour": ("Comedy",),
    "doc": ("Documentary",),
    "docu": ("Documentary",),
    "documentaries": ("Documentary",),
    "dramas": ("Drama",),
    "biopic": ("Biography",),
    "biographical": ("Biography",),
    "historical": ("History",),
    "romantic": ("Romance",),
    "musicals": ("Musical",),
    "noir": ("Film Noir",),
    "film noir": ("Film Noir",),
    "short film": ("Short",),
    "shorts": ("Short",),
    "suspense": ("Thriller",),
    "westerns": ("Western",),
    "sports": ("Sport",),
    "reality tv": ("Reality",),
    "talk show": ("Talk Show",),
    "tv movie": ("TV Movie",),
}
# "Drama / Comedy", "Drama, Comedy", "Drama; Comedy", "Drama|Comedy" are two.
BETWEEN = re.compile(r"\s*[/,;|]\s*")
SMALL_WORDS = {"and", "of", "the", "in", "on", "for"}


def genre_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Our names for what was written, each once, in the order written; a genre nobody knows keeps its name, capitalised."""
    found = (name for text in texts for part in BETWEEN.split(text) for name in _names(part))
    return tuple(dict.fromkeys(name for name in found if name))


def _names(written: str) -> tuple[str, ...]:
    plain = re.sub(r"\s*(?:&|\+|\band\b)\s*", " & ", re.sub(r"[\s._\-]+", " ", written.casefold())).strip()
    return NAMES.get(plain, (_capitalised(written),))


def _capitalised(written: str) -> str:
    words = written.split()
    return " ".join(
        word if any(letter.isupper() for letter in word) or (place and word in SMALL_WORDS) else word[:1].upper() + word[1:]
        for place, word in enumerate(word.lower() if written.isupper() and len(written) > 4 else word for word in words)
    )
