"""What a film's owner and its watchers read when the work on it fails."""

from pathlib import Path

import pytest

from matinee.studio.film import Film
from matinee.studio.jobs import Unfit
from matinee.studio.mishaps import with_the_film
from matinee.studio.sync_samples import NoMarks


@pytest.mark.parametrize(
    ("mishap", "words"),
    [
        (OSError(28, "No space left on device", "/srv/house/studio/v720"), "No space left on device"),
        (NoMarks("/srv/house/studio/v720: no moov box at its end"), "Check that it plays elsewhere"),
    ],
)
def test_a_mishap_is_told_in_words_and_the_servers_folders_only_to_its_operator(
    mishap: Exception, words: str, tmp_path: Path
) -> None:
    """Who watches reads what is wrong and what to do, and never where on the server; the detail has it all."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")
    status = path.stat()
    film = Film("t", str(path), status.st_size, status.st_mtime_ns)

    def work() -> None:
        raise mishap

    with pytest.raises(Unfit, match=words) as told:
        with_the_film(film, work)
    assert "/srv" not in told.value.reason
    assert "/srv/house/studio/v720" in told.value.detail
