"""The pictures a title is known by."""

from itertools import pairwise
from pathlib import Path

import pytest

from matinee.studio.artwork import cut_artwork, positions
from matinee.studio.frames import Frame, busiest_left, glow, in_focus, most_telling, score
from matinee.studio.probe import probe
from matinee.studio.tools import Bench

from .conftest import Films

SIZE = (32, 18)


def flat(red: int, green: int, blue: int, position: float = 0.3) -> Frame:
    return Frame(*SIZE, bytes((red, green, blue)) * (SIZE[0] * SIZE[1]), position)


def checks(position: float, *, columns: range = range(SIZE[0])) -> Frame:
    """Bright orange and dark blue squares in some columns, grey elsewhere."""
    orange, blue, grey = (240, 140, 30), (20, 30, 90), (128, 128, 128)
    pixels = bytes(
        part
        for row in range(SIZE[1])
        for column in range(SIZE[0])
        for part in ((orange if (row // 3 + column // 3) % 2 else blue) if column in columns else grey)
    )
    return Frame(*SIZE, pixels, position)


@pytest.mark.parametrize("nothing", [flat(0, 0, 0), flat(255, 255, 255), flat(30, 160, 60), flat(128, 128, 128)])
def test_a_frame_that_shows_nothing_tells_nothing(nothing: Frame) -> None:
    """Neither black nor white nor one flat colour becomes a poster."""
    assert score(nothing) == 0


def test_of_two_equal_frames_the_earlier_is_shown() -> None:
    """A poster does not tell the end."""
    assert [frame.position for frame in most_telling([checks(0.9), flat(0, 0, 0), checks(0.3)], 2)] == [0.3, 0.9]


def test_a_poster_is_cut_where_something_is() -> None:
    """The narrow cut of a wide picture keeps what the picture is about."""
    assert busiest_left(checks(0.3, columns=range(22, 32)), 0.375) >= 0.5
    assert busiest_left(checks(0.3, columns=range(10)), 0.375) <= 0.1


def test_the_glow_is_the_leading_colour_and_dark() -> None:
    """White text can be read on every title's colour."""
    red, green, blue = (int(glow(flat(250, 40, 40))[at : at + 2], 16) for at in (1, 3, 5))
    assert red > 2 * green
    assert red > 2 * blue
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110


def test_a_film_is_looked_at_all_over_and_a_short_one_not_again_and_again() -> None:
    """A feature is asked for thirty-two pictures, a clip for about one a second: it is made sooner, and no picture is missed."""
    assert [len(positions(seconds * 1000)) for seconds in (0, 1, 10, 30, 7200)] == [2, 3, 12, 32, 32]
    for seconds in (0, 10, 7200):
        looked = positions(seconds * 1000)
        assert (looked[0], looked[-1]) == (0.08, 0.95)
        assert max(there - here for here, there in pairwise(looked)) * seconds <= max(1, seconds / 32)


def test_the_art_of_a_film_that_begins_in_the_dark_is_not_black(bench: Bench, films: Films, tmp_path: Path) -> None:
    """Card, backdrop and poster show the film, at their sizes."""
    colour = cut_artwork(bench, films.ready, probe(bench, films.ready), tmp_path).glow
    assert colour.startswith("#")
    assert len(colour) == 7
    for name, size in {"card": (640, 360), "backdrop": (640, 360), "poster": (240, 360)}.items():
        raw = bench.ffmpeg(["-i", str(tmp_path / "art" / f"{name}.webp"), "-f", "rawvideo", "-pix_fmt", "gray", "-"])
        assert len(raw) == size[0] * size[1]
        assert 40 < sum(raw) / len(raw) < 215


def test_of_two_telling_frames_the_sharper_is_shown(bench: Bench, tmp_path: Path) -> None:
    """A blurred moment does not become a film's picture when a clear one is as good."""
    assert in_focus(2.0, blur=12) < in_focus(1.8, blur=4) == 1.8
    film = tmp_path / "film.mp4"
    soft_then_sharp = "testsrc2=size=640x360:rate=24:duration=10,gblur=sigma=8:enable='lt(t,4)'"
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "12", "-b:v", "2M"]
    bench.ffmpeg(["-f", "lavfi", "-i", soft_then_sharp, *coding, str(film)])
    cut_artwork(bench, film, probe(bench, film), tmp_path)
    shown = bench.ffmpeg(["-i", str(tmp_path / "art" / "card.webp"), "-f", "rawvideo", "-pix_fmt", "gray", "-"])
    steps = [abs(there - here) for here, there in pairwise(shown)]
    # Mean step between neighbouring pixels, measured: 0.98 in the blurred part, 1.91 in the clear one.
    assert sum(steps) / len(steps) > 1.4


def test_the_owners_pictures_are_preferred(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A poster that I put beside my film is its poster, in the right shape; one that is no picture does no harm."""
    film = tmp_path / "Film.mp4"
    film.write_bytes(films.silent.read_bytes())
    bench.ffmpeg(["-f", "lavfi", "-i", "color=red:size=400x400", "-frames:v", "1", str(tmp_path / "Film-poster.png")])
    (tmp_path / "fanart.jpg").write_text("not a picture")
    source = probe(bench, film)
    beside = [tmp_path / "Film-poster.png", tmp_path / "fanart.jpg"]
    named = cut_artwork(bench, film, source, tmp_path, beside).own
    sizes = {"poster": (600, 900), "card": (640, 360)}
    rgb = {name: raw_rgb(bench, tmp_path / "art" / f"{name}.webp") for name in sizes}
    for name, (width, height) in sizes.items():
        assert len(rgb[name]) == width * height * 3
    assert min(rgb["poster"][0::3]) > 200
    assert max(rgb["poster"][1::3]) < 60
    assert min(rgb["card"][0::3]) < 100
    bench.ffmpeg(["-f", "lavfi", "-i", "color=blue:size=400x400", "-frames:v", "1", str(tmp_path / "Film-poster.png")])
    assert cut_artwork(bench, film, source, tmp_path, beside).own != named


def raw_rgb(bench: Bench, picture: Path) -> bytes:
    return bench.ffmpeg(["-i", str(picture), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
