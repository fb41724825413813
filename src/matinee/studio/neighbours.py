"""Looks around a film: the files that lie beside it. Reads folders only, and goes no deeper than a `Subs` has its own."""

from pathlib import Path

from matinee.studio.sidecars import TEXT_FOLDERS

MOST_FILES = 5000
# Kinds of film by their names' ends, as far as two of them in a folder leave it open whose a `poster.jpg` is.
VIDEO_KINDS = frozenset({"avi", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "ts", "webm", "wmv"})


def near(film: Path) -> list[Path]:
    """The files in the film's folder and in its folders for subtitles, and in those named after the film below them."""
    found: list[Path] = []
    for path in _inside(film.parent):
        if path.is_dir() and path.name.lower() in TEXT_FOLDERS:
            for below in _inside(path):
                found += _inside(below) if below.is_dir() and below.name == film.stem else [below]
        else:
            found.append(path)
    return [path for path in found[:MOST_FILES] if path.is_file()]


def has_folder_to_itself(film: Path) -> bool:
    return not any(path != film and path.suffix[1:].lower() in VIDEO_KINDS for path in _inside(film.parent))


def _inside(folder: Path) -> list[Path]:
    """In the order of their names, hidden ones left out; none where the folder cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []
