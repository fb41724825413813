"""What can go wrong with a film while it is worked on, in words for its owner."""

from collections.abc import Callable
from typing import TypeVar

from matinee.studio.film import Film
from matinee.studio.intake import FileChanged, FileVanished
from matinee.studio.jobs import Unfit
from matinee.studio.source import NotAFilm
from matinee.studio.sync_samples import NoMarks
from matinee.studio.tools import ToolFailed

T = TypeVar("T")


def with_the_film(film: Film, work: Callable[[], T]) -> T:
    """Runs `work` and makes sure the film stayed the same all the while. Raises Unfit."""
    try:
        film.file.still_there()
        result = work()
        film.file.still_there()
        return result
    except FileChanged as change:
        raise _moved_on(change) from change
    except (NotAFilm, NoMarks, ToolFailed, OSError) as failure:
        raise _changed_meanwhile(film) or Unfit(_in_words(failure), detail=_said(failure)) from failure


def _changed_meanwhile(film: Film) -> Unfit | None:
    try:
        film.file.still_there()
    except FileChanged as change:
        return _moved_on(change)
    return None


def _moved_on(change: FileChanged) -> Unfit:
    return Unfit(f"{change}.", quietly=not isinstance(change, FileVanished))


def _in_words(failure: Exception) -> str:
    if isinstance(failure, NotAFilm):
        return str(failure)
    if isinstance(failure, OSError):
        why = failure.strerror or type(failure).__name__
        return f"The film or the studio's disk cannot be used ({why}). Mend that, then touch the film's file to try again."
    return "The film could not be prepared. Check that it plays elsewhere, then copy it again."


def _said(failure: Exception) -> str:
    """For the operator alone, as it may name the studio's folders: the last words of the program or of the system."""
    return str(failure.__cause__ or "" if isinstance(failure, NotAFilm) else failure)
