"""What is a film, and what is not."""

import json
import threading
from pathlib import Path

import pytest

from matinee.studio.ladder import can_be_copied
from matinee.studio.languages import language_of
from matinee.studio.probe import probe
from matinee.studio.source import NotAFilm
from matinee.studio.tools import Bench, Tools

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


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("film.rm", ["-c:v", "rv10", "-s", "352x288"]),
        ("film.wtv", ["-c:v", "mpeg2video"]),
        ("film.dv", ["-s", "720x576", "-r", "25", "-c:v", "dvvideo"]),
    ],
)
def test_what_the_library_takes_for_a_film_the_studio_can_open(
    bench: Bench, films: Films, tmp_path: Path, name: str, coding: list[str]
) -> None:
    """My oldest recordings, RealMedia, Windows' television and camcorder tapes, are films too."""
    old = tmp_path / name
    pal = ["-pix_fmt", "yuv420p", "-t", "2"]
    bench.ffmpeg(["-i", str(films.silent), *coding, *pal, str(old)])
    assert probe(bench, old).duration_ms == pytest.approx(2000, abs=150)


def test_a_sound_that_goes_on_after_the_picture_makes_no_film_cut_off(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A film whose music plays on after the last picture is whole; half a copy of it is not."""
    whole, cut = tmp_path / "whole.mkv", tmp_path / "cut.mkv"
    sources = ["-i", str(films.silent), "-f", "lavfi", "-i", "sine=frequency=330:duration=9"]
    bench.ffmpeg([*sources, "-c:v", "copy", "-c:a", "libmp3lame", str(whole)])
    assert probe(bench, whole).duration_ms == pytest.approx(5000, abs=100)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(NotAFilm, match="cut off"):
        probe(bench, cut)


@pytest.mark.parametrize("damage", [{"width": 0}, {"height": None}, {"duration": "long"}])
def test_a_film_that_says_nonsense_of_itself_is_damaged(damage: dict[str, object], tmp_path: Path) -> None:
    """A picture without a size, or numbers that are none, are answered with what to do about the file."""
    video = {"index": 0, "codec_type": "video", "width": 640, "height": 360, "duration": "2.0", **damage}
    reports = {"json": json.dumps({"streams": [{key: value for key, value in video.items() if value is not None}]})}
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    ffprobe = tmp_path / "ffprobe"
    ffprobe.write_text(f"#!/bin/sh\ncase \"$*\" in *json*) echo '{reports['json']}';; *) echo 0.0,0.0,2.0,9,K__;; esac\n")
    ffprobe.chmod(0o700)
    with pytest.raises(NotAFilm, match="damaged"):
        probe(Bench(Tools(ffprobe, ffprobe, ffprobe), threading.Event()), film)


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
