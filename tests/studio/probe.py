"""What is a film, and what is not."""

from pathlib import Path

import pytest

from matinee.studio.ladder import can_be_copied
from matinee.studio.languages import language_of
from matinee.studio.probe import probe
from matinee.studio.source import NotAFilm
from matinee.studio.tools import Bench

from .conftest import Films


def test_a_film_is_known_by_its_facts(bench: Bench, films: Films) -> None:
    """The studio sees what my film is."""
    facts = probe(bench, films.ready)
    assert (facts.video.codec, facts.video.width_px, facts.video.height_px, facts.video.fps) == ("h264", 640, 360, 24)
    assert facts.duration_ms == pytest.approx(8000, abs=60)
    assert facts.video.keyframes_ms == pytest.approx((0, 1250, 2250, 4500, 6875), abs=1)
    (sound,) = facts.sounds
    assert (sound.codec, sound.channels) == ("aac", 1)
    assert 1_000_000 < facts.video.bitrate_bps < 2_500_000


def test_a_film_held_upright_is_upright(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A film from a telephone has the size I see, not the one it was stored at."""
    turned = tmp_path / "turned.mp4"
    bench.ffmpeg(["-display_rotation", "90", "-i", str(films.silent), "-c", "copy", str(turned)])
    facts = probe(bench, turned)
    assert (facts.video.width_px, facts.video.height_px) == (360, 640)
    assert not facts.video.upright_and_square


def test_an_old_container_without_times_is_a_film_but_never_a_copy(bench: Bench, films: Films, tmp_path: Path) -> None:
    """My old AVI files play; they are encoded, because nobody can say exactly where they may be cut."""
    avi = tmp_path / "film.avi"
    bench.ffmpeg(["-i", str(films.silent), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "24", str(avi)])
    facts = probe(bench, avi)
    assert facts.duration_ms == pytest.approx(5000, abs=100)
    assert facts.video.codec == "h264"
    assert not can_be_copied(facts)


def test_an_empty_file_is_not_a_film(bench: Bench, tmp_path: Path) -> None:
    """I am told that the file is empty."""
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(NotAFilm, match="empty"):
        probe(bench, empty)


@pytest.mark.parametrize("name", ["notes.mp4", "notes.txt", "notes.m3u8"])
def test_a_text_is_not_a_film(bench: Bench, films: Films, tmp_path: Path, name: str) -> None:
    """A text is refused whatever it is called, even one that tries to send the studio elsewhere."""
    text = tmp_path / name
    text.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:8,\nfile://{films.ready}\n#EXT-X-ENDLIST\n" + "hello\n" * 500)
    with pytest.raises(NotAFilm, match="not a video file") as refused:
        probe(bench, text)
    assert str(tmp_path) not in str(refused.value)


def test_a_picture_is_not_a_film(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A photograph among the films does not become a title."""
    picture = tmp_path / "picture.png"
    bench.ffmpeg(["-i", str(films.silent), "-frames:v", "1", str(picture)])
    with pytest.raises(NotAFilm, match="not a video file"):
        probe(bench, picture)


def test_sound_alone_is_not_a_film(bench: Bench, films: Films) -> None:
    """I am told that there is no picture."""
    with pytest.raises(NotAFilm, match="sound but no picture"):
        probe(bench, films.sound_only)


@pytest.mark.parametrize(("share", "words"), [(0.5, "cut off"), (0.001, "cut off")])
def test_a_film_cut_off_in_mid_copy_is_not_a_film(bench: Bench, films: Films, tmp_path: Path, share: float, words: str) -> None:
    """I am told that the copy is not whole."""
    whole = films.ready.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(NotAFilm, match=words):
        probe(bench, cut)


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("eng", "en"),
        (" GER ", "de"),
        ("German", "de"),
        ("pt-br", "pt-BR"),
        ("zh-Hant", "zh-Hant"),
        ("cze", "cs"),
        ("yue", "yue"),
        ("und", "und"),
        ("", "und"),
        ("Director's", "und"),
        ("xx", "und"),
    ],
)
def test_a_tag_that_names_no_language_costs_nothing(tag: str, named: str) -> None:
    """Whatever somebody wrote beside the sound, the film plays."""
    assert language_of(tag) == named
