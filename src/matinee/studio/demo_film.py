"""What is said of a film of the demo library, and what it is made of; and both as media libraries and ffmpeg read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

CC0 = ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")
CC_BY = ("CC BY 3.0", "https://creativecommons.org/licenses/by/3.0/")
OURS = (("credits", "Generated on this machine with ffmpeg"), ("studio", "Matinee"))


@dataclass(frozen=True)
class Recording:
    """A sound: ffmpeg's graph for it, the language its name is in, and the name."""

    graph: str
    language: str = "eng"
    name: str = ""


@dataclass(frozen=True)
class Captions:
    """Lines of (from second, to second, text), and the coding they are written in: as diverse as people's own."""

    language: str
    coding: str
    lines: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True)
class DemoFilm:
    """`picture` and the sounds are ffmpeg's graphs; empty for a film that was made by people.

    `folder` is where the film lies in the library, `stem` its file's name.
    """

    title: str
    year: int
    plot: str
    genres: tuple[str, ...]
    rating: str
    people: tuple[tuple[str, str], ...] = OURS
    licence: tuple[str, str] = CC0
    length_s: int = 0
    picture: str = ""
    sounds: tuple[Recording, ...] = ()
    captions: tuple[Captions, ...] = ()
    chapters: tuple[tuple[int, str], ...] = ()
    tagline: str = ""
    episode_of: "DemoSeries | None" = None
    season: int = 0
    episode: int = 0
    aired: str = ""

    @property
    def folder(self) -> str:
        return f"{self.episode_of.stem}/Season {self.season}" if self.episode_of else self.stem

    @property
    def stem(self) -> str:
        if self.episode_of:
            return f"{self.episode_of.title} S{self.season:02d}E{self.episode:02d} {self.title}"
        return f"{self.title} ({self.year})"


@dataclass(frozen=True)
class DemoSeries:
    title: str
    year: int
    plot: str
    genres: tuple[str, ...]
    rating: str
    tagline: str = ""

    @property
    def stem(self) -> str:
        return f"{self.title} ({self.year})"


def nfo(film: DemoFilm) -> str:
    """The side-car file that media libraries read (Kodi's format; `licence` is ours)."""
    root = "episodedetails" if film.episode_of else "movie"
    episode = [_tag("season", film.season), _tag("episode", film.episode), _tag("aired", film.aired)] if film.episode_of else []
    licence, url = film.licence
    lines = [
        f"<{root}>",
        _tag("title", film.title),
        *([_tag("showtitle", film.episode_of.title)] if film.episode_of else []),
        *episode,
        *([_tag("tagline", film.tagline)] if film.tagline else []),
        _tag("year", film.year),
        _tag("plot", film.plot),
        _tag("mpaa", film.rating),
        *(_tag("genre", genre) for genre in film.genres),
        *(_tag(role, name) for role, name in film.people),
        f"  <licence url={quoteattr(url)}>{escape(licence)}</licence>",
        f"</{root}>",
        "",
    ]
    return "\n".join(lines)


def series_nfo(series: DemoSeries) -> str:
    lines = [
        "<tvshow>",
        _tag("title", series.title),
        _tag("year", series.year),
        *([_tag("tagline", series.tagline)] if series.tagline else []),
        _tag("plot", series.plot),
        _tag("mpaa", series.rating),
        *(_tag("genre", genre) for genre in series.genres),
        *(_tag(role, name) for role, name in OURS),
        "</tvshow>",
        "",
    ]
    return "\n".join(lines)


def subrip(captions: Captions) -> bytes:
    """As a file; what is UTF-16 begins with its mark, as Windows writes it."""
    cues = (
        f"{number}\r\n{_clock(start_s)} --> {_clock(end_s)}\r\n{text}\r\n\r\n"
        for number, (start_s, end_s, text) in enumerate(captions.lines, 1)
    )
    return "".join(cues).encode(captions.coding)


def chapter_notes(film: DemoFilm) -> str:
    """In the form ffmpeg reads them (FFMETADATA1); each ends where the next begins."""
    starts_s = [start_s for start_s, _ in film.chapters]
    parts = (
        f"[CHAPTER]\nTIMEBASE=1/1\nSTART={start_s}\nEND={end_s}\ntitle={name}\n"
        for (start_s, name), end_s in zip(film.chapters, [*starts_s[1:], film.length_s], strict=True)
    )
    return ";FFMETADATA1\n" + "".join(parts)


def film_arguments(film: DemoFilm, into: str, chapters: str = "") -> list[str]:
    """ffmpeg's arguments for making one of our films; `chapters` is the file with its chapter notes, "" without any."""
    numbered = list(enumerate(film.sounds))
    # Pictures and sounds come from generators, not from files,
    inputs = [part for graph in (film.picture, *(sound.graph for sound in film.sounds)) for part in ("-f", "lavfi", "-i", graph)]
    # each sound a track of its own,
    maps = [part for number in range(len(inputs) // 4) for part in ("-map", str(number))]
    if chapters:
        # and chapters from a note.
        inputs += ["-f", "ffmetadata", "-i", chapters]
        maps += ["-map_chapters", str(len(film.sounds) + 1)]
    # What a menu calls them; the first is the one to play.
    names = [part for number, sound in numbered for part in _named(number, sound)]
    return [*inputs, *maps, *names, *_coding(film.length_s), into]


def _named(number: int, sound: Recording) -> Sequence[str]:
    stream = f"-metadata:s:a:{number}"
    title = (stream, f"title={sound.name}") if sound.name else ()
    return (stream, f"language={sound.language}", *title, f"-disposition:a:{number}", "0" if number else "default")


def _coding(length_s: int) -> list[str]:
    return [
        # Generators never end by themselves.
        "-t",
        str(length_s),
        # One core at most: this is work for when nobody waits.
        "-threads",
        "1",
        "-filter_threads",
        "1",
        # A source as a careful owner would keep it: H.264 that every browser decodes, so it is playable by copy,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        # good enough to encode rungs from,
        "-crf",
        "24",
        # 8-bit 4:2:0, or no browser decodes it,
        "-pix_fmt",
        "yuv420p",
        # and a keyframe every two seconds, so it can be cut.
        "-g",
        "48",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        # The index first, so the file can be read while it is copied.
        "-movflags",
        "+faststart",
        # The temporary name says nothing, so the container is named.
        "-f",
        "mp4",
    ]


def _tag(name: str, value: object) -> str:
    return f"  <{name}>{escape(str(value))}</{name}>"


def _clock(at_s: float) -> str:
    seconds, thousandths = divmod(round(at_s * 1000), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{thousandths:03d}"
