"""Films that are not as browsers want them: brighter, upright, nearly square."""

from pathlib import Path

import pytest

from matinee.studio.artwork import cut_artwork
from matinee.studio.encode import make_rung
from matinee.studio.ladder import can_be_copied, plan_film
from matinee.studio.probe import probe
from matinee.studio.sheets import plan_sheets
from matinee.studio.tools import Bench

PQ = "range=tv:color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
# Codes of ST 2084: an ordinary white (100 candelas) on the left, ten times that on the right.
WHITE, TENFOLD = 0.508, 0.752


def test_a_film_for_bright_screens_is_brought_into_range(bench: Bench, tmp_path: Path) -> None:
    """On my ordinary screen an HDR film is neither grey nor burnt out: white is bright, and what was brighter still differs."""
    film = tmp_path / "bright.mkv"
    codes = f"lum='64+876*if(lt(X,160),{WHITE},{TENFOLD})':cb=512:cr=512"
    halves = f"color=black:size=320x180:rate=24:duration=2,format=yuv420p10le,geq={codes},setparams={PQ}"
    bench.ffmpeg(["-f", "lavfi", "-i", halves, "-c:v", "ffv1", str(film)])
    source = probe(bench, film)
    assert source.video.high_range
    assert not can_be_copied(source)
    plan = plan_film(source)
    made = make_rung(bench, film, plan, plan.full[0], tmp_path)
    row = bench.ffmpeg(["-i", str(made), "-frames:v", "1", "-vf", "format=gray", "-f", "rawvideo", "-"])
    width = plan.full[0].width_px
    white, brighter = row[width // 4], row[3 * width // 4]
    assert 130 < white < 225
    assert white + 15 < brighter <= 255
    cut_artwork(bench, film, source, tmp_path)
    card = bench.ffmpeg(["-i", str(tmp_path / "art" / "card.webp"), "-f", "rawvideo", "-pix_fmt", "gray", "-"])
    assert abs(card[160] - white) < 25


@pytest.mark.parametrize(("width", "height"), [(640, 480), (360, 640), (638, 268), (200, 200)])
def test_a_film_keeps_its_shape_in_every_rung_and_thumbnail(bench: Bench, tmp_path: Path, width: int, height: int) -> None:
    """A round thing stays round, in old films, in those from telephones and in the widest."""
    film = tmp_path / "film.mkv"
    coding = ["-c:v", "mpeg4", "-b:v", "3M"]
    bench.ffmpeg(["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=24:duration=1", *coding, str(film)])
    plan = plan_film(probe(bench, film))
    for rung in (*plan.first, *plan.full):
        assert rung.width_px / rung.height_px == pytest.approx(width / height, rel=0.02)
    sheets = plan_sheets(width, height, 1000)
    assert sheets.width_px / sheets.height_px == pytest.approx(width / height, rel=0.04)


@pytest.mark.parametrize(
    ("minutes", "every_s"), [(0.05, 2), (9.9, 2), (12, 2), (30, 5), (90, 10), (240, 10)], ids=lambda value: f"{value}"
)
def test_there_are_thumbnails_enough_and_not_too_many(minutes: float, every_s: int) -> None:
    """A short film has one every two seconds, a long one at least every ten."""
    sheets = plan_sheets(1920, 1080, round(minutes * 60_000))
    assert (sheets.width_px, sheets.height_px, sheets.interval_ms) == (192, 108, 1000 * every_s)
    assert (sheets.count - 1) * sheets.sheet_ms < minutes * 60_000 <= sheets.count * sheets.sheet_ms
