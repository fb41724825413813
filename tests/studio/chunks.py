"""Films in chunks: cut, encoded apart, and joined to what one encode would have shown."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from matinee.studio.chunks import cuts_of, may_be_cut, steady_segments_ms
from matinee.studio.encode import make_rung
from matinee.studio.encode_chunk import BUFFER_S, chunk_file, make_chunk
from matinee.studio.ladder import Rung, plan_film
from matinee.studio.probe import probe
from matinee.studio.tools import Bench

from .conftest import Films


def test_a_chunk_begins_where_a_segment_begins_and_none_is_a_crumb() -> None:
    """Every moment of a film is in exactly one chunk, and the last is worth a worker's while."""
    chunks = cuts_of(steady_segments_ms(100_500, Fraction(4)), 100_500, 24)
    assert [(chunk.begins_ms, chunk.ends_ms, chunk.last) for chunk in chunks] == [
        (0, 24_000, False),
        (24_000, 48_000, False),
        (48_000, 72_000, False),
        (72_000, 100_500, True),
    ]


def test_beside_a_copy_chunks_follow_the_sources_keyframes() -> None:
    """A film cut at odd places is chunked at those places."""
    chunks = cuts_of((0.0, 4_500.0, 8_250.0, 15_000.0), 20_000, 8)
    assert [chunk.begins_ms for chunk in chunks] == [0.0, 8_250.0]


@pytest.mark.parametrize("container", ["mpegts", "avi", "ogg"])
def test_what_cannot_be_entered_in_the_middle_is_one_chunk(container: str) -> None:
    """A film that would be cut at the wrong picture is not cut at all."""
    assert not may_be_cut(container, exactly_timed=True)
    assert may_be_cut("mov,mp4,m4a,3gp,3g2,mj2", exactly_timed=True)
    assert not may_be_cut("matroska,webm", exactly_timed=False)


@pytest.mark.parametrize("name", ["ready", "old"])
def test_joined_chunks_show_what_one_encode_shows(bench: Bench, films: Films, tmp_path: Path, name: str) -> None:
    """At no joint a picture is missing, doubled or late: beside a copy and alone, at a steady rate and a varying one."""
    film: Path = getattr(films, name)
    source = probe(bench, film)
    plans = {"whole": plan_film(source, 60), "cut": plan_film(source, 2)}
    assert (len(plans["whole"].chunks), len(plans["cut"].chunks)) == (1, 2)
    made: dict[str, Path] = {}
    for which, plan in plans.items():
        (tmp_path / which).mkdir()
        made[which] = make_rung(bench, film, plan, plan.full[-1], tmp_path / which)
    assert times(bench, made["cut"]) == times(bench, made["whole"])
    assert worst_likeness(bench, made["cut"], made["whole"], tmp_path) > 0.85


def test_who_makes_a_chunk_and_when_does_not_matter(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A film made by many, some of it twice and backwards, is the film made by one, byte for byte."""
    plan = plan_film(probe(bench, films.old), 2)
    rung = plan.full[-1]
    alone, helped = tmp_path / "alone", tmp_path / "helped"
    for folder in (alone, helped):
        folder.mkdir()
    for chunk in reversed(plan.chunks):
        make_chunk(bench, films.old, plan, rung, chunk, chunk_file(helped, rung, chunk))
    assert (
        make_rung(bench, films.old, plan, rung, alone).read_bytes()
        == make_rung(bench, films.old, plan, rung, helped).read_bytes()
    )


def test_a_hard_film_costs_what_the_rung_may_and_an_easy_one_what_it_needs(bench: Bench, tmp_path: Path) -> None:
    """My line carries every scene of the quality I chose, and a quiet film does not fill it for nothing."""
    snow = spent(bench, "testsrc2=size=416x234:rate=24:duration=8,noise=alls=40:allf=t:all_seed=7", tmp_path)
    sky = spent(bench, "gradients=size=416x234:rate=24:duration=8:speed=0.01:seed=3", tmp_path)
    assert snow.rung.bitrate_bps < snow.rung.most_bps
    # A player may begin with what the buffer holds.
    assert 0.9 * snow.rung.bitrate_bps < snow.bps < snow.rung.most_bps * (1 + BUFFER_S / 8)
    assert sky.bps < 0.5 * sky.rung.bitrate_bps


@dataclass(frozen=True)
class Spent:
    rung: Rung
    bps: float


def spent(bench: Bench, picture: str, folder: Path) -> Spent:
    """What the smallest rung of this picture, eight seconds of it in two chunks, spends."""
    film = folder / f"{picture.partition('=')[0]}.mkv"
    bench.ffmpeg(["-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-c:v", "ffv1", str(film)])
    plan = plan_film(probe(bench, film), 4)
    rung = plan.full[-1]
    folder = folder / film.stem
    folder.mkdir()
    return Spent(rung, make_rung(bench, film, plan, rung, folder).stat().st_size * 8 / 8)


def times(bench: Bench, film: Path) -> list[str]:
    """When each picture is shown, and which are keyframes."""
    shown = ["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=print_section=0", str(film)]
    return sorted(bench.ffprobe(shown).decode().split())


def worst_likeness(bench: Bench, one: Path, other: Path, folder: Path) -> float:
    """The structural similarity of the two pictures that are least alike."""
    table = folder / "ssim.txt"
    bench.ffmpeg(["-i", str(one), "-i", str(other), "-lavfi", f"ssim=f={table}", "-f", "null", "-"])
    return min(float(found) for found in re.findall(r"All:([0-9.]+)", table.read_text()))
