"""A viewer changes rungs in mid-film: everything about where films are cut, on real files."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from matinee.studio.tools import Bench

from .conftest import Films, Made, make_edition

# The editions that these look at are made once, by the worker that has all of these.
pytestmark = pytest.mark.xdist_group("editions")

DASH = {"d": "urn:mpeg:dash:schema:mpd:2011"}


@pytest.fixture(params=["beside_a_copy", "all_encoded"])
def made(request: pytest.FixtureRequest) -> Made:
    return request.getfixturevalue(request.param)


def test_every_rung_has_its_keyframes_where_the_others_have_theirs(bench: Bench, made: Made) -> None:
    """Whichever rung I change to, a picture I can start from is waiting at the same moment."""
    keyframes = {rung.name: keyframes_s(bench, made.folder / f"{rung.name}.mp4") for rung in made.rungs if not rung.copied}
    first = next(iter(keyframes.values()))
    assert len(first) >= 2
    for name, times in keyframes.items():
        assert times == pytest.approx(first, abs=0.001), name


def test_beside_a_copy_the_keyframes_are_the_sources_own(bench: Bench, beside_a_copy: Made) -> None:
    """What is copied is cut where its maker cut it, at the first chance after each four seconds, and what is encoded follows."""
    copy, *encoded = [keyframes_s(bench, beside_a_copy.folder / f"{rung.name}.mp4") for rung in beside_a_copy.rungs]
    assert copy == pytest.approx([0, 1.25, 2.25, 4.5, 6.875], abs=0.001)
    assert encoded
    for times in encoded:
        assert times == pytest.approx([0, 4.5], abs=0.001)
    assert hls_lengths_s(beside_a_copy.tree / beside_a_copy.rungs[0].name / "main.m3u8") == pytest.approx([4.5, 3.5], abs=0.01)


def test_a_film_can_be_entered_at_every_segment_even_if_its_maker_marked_too_many(bench: Bench, tmp_path: Path) -> None:
    """Keyframes that only recover soon (open groups) are not offered to a viewer who seeks: each segment decodes on its own."""
    film = tmp_path / "open.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=12"]
    # Certain entries at 0, 5 and 10 s; marks at each second.
    open_groups = ["-x264-params", "open-gop=1:keyint=24:bframes=3", "-forced-idr", "1", "-force_key_frames", "0,5,10"]
    bench.ffmpeg([*picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-b:v", "600k", *open_groups, str(film)])
    assert len(keyframes_s(bench, film)) > 6, "this film was to have marks that are no entries"
    (tmp_path / "made").mkdir()
    made = make_edition(bench, film, tmp_path / "made")
    assert made.rungs[0].copied
    assert made.plan.grid.cuts_ms == pytest.approx((0, 5000, 10000), abs=1)
    for rung in made.rungs:
        segments = sorted((made.tree / rung.name).glob("*.m4s"))
        assert len(segments) == 3
        for segment in segments:
            alone = tmp_path / "alone.mp4"
            alone.write_bytes((made.tree / rung.name / "init.mp4").read_bytes() + segment.read_bytes())
            assert entered_at(bench, alone) == packet_times(bench, alone)[:1]
            assert frames(bench, alone) >= 40


def test_an_encoded_film_has_a_keyframe_every_two_seconds(bench: Bench, all_encoded: Made) -> None:
    """A film whose pictures came at uneven times is cut evenly."""
    for rung in all_encoded.rungs:
        assert keyframes_s(bench, all_encoded.folder / f"{rung.name}.mp4") == pytest.approx([0, 2, 4, 6], abs=0.001)


def test_hls_and_dash_cut_all_rungs_alike(made: Made) -> None:
    """Both kinds of player see the same segments, and the same ones in every rung."""
    root = ElementTree.fromstring((made.tree / "manifest.mpd").read_text())
    assert root.get("type") == "static"
    pictures = [each for each in root.iterfind(".//d:AdaptationSet", DASH) if each.get("contentType") == "video"]
    assert [each.get("segmentAlignment") for each in pictures] == ["true"]
    dash = {
        template.get("media", "").partition("/")[0]: dash_lengths_s(template)
        for template in pictures[0].iterfind(".//d:SegmentTemplate", DASH)
    }
    hls = {name: hls_lengths_s(made.tree / name / "main.m3u8") for name in dash}
    assert set(dash) == {rung.name for rung in made.rungs}
    expected = next(iter(dash.values()))
    assert sum(expected) == pytest.approx(8, abs=0.1)
    for name in dash:
        assert dash[name] == pytest.approx(expected, abs=0.001), name
        assert hls[name] == pytest.approx(expected, abs=0.001), name


def test_every_segment_begins_with_a_keyframe_and_exists(bench: Bench, made: Made, tmp_path: Path) -> None:
    """Any segment can be the first one I see."""
    for rung in made.rungs:
        folder = made.tree / rung.name
        names = re.findall(r"^(\d+\.m4s)$", (folder / "main.m3u8").read_text(), re.MULTILINE)
        assert len(names) == len(list(folder.glob("*.m4s")))
        for name in names:
            alone = tmp_path / "alone.mp4"
            alone.write_bytes((folder / "init.mp4").read_bytes() + (folder / name).read_bytes())
            flags = bench.ffprobe(["-show_entries", "packet=flags", "-of", "csv=p=0", str(alone)]).decode()
            assert flags.startswith("K"), f"{rung.name}/{name}"


def test_every_rung_decodes_to_its_last_picture(bench: Bench, made: Made) -> None:
    """Nothing is missing and nothing is broken, in any rung."""
    pictures = {rung.name: frames(bench, made.folder / f"{rung.name}.mp4") for rung in made.rungs}
    assert set(pictures.values()) == {round(made.source.duration_ms * 24 / 1000)}


def test_no_rung_is_larger_than_the_film(bench: Bench, made: Made) -> None:
    """Nothing is made that the film does not hold."""
    for rung in made.rungs:
        size = bench.ffprobe(
            ["-show_entries", "stream=width,height,sample_aspect_ratio", "-of", "csv=p=0", str(made.folder / f"{rung.name}.mp4")]
        )
        width, height, square = size.decode().strip().split(",")
        assert (int(width), int(height)) == (rung.width_px, rung.height_px)
        assert int(width) <= made.source.video.width_px
        assert int(height) <= made.source.video.height_px
        assert square == "1:1"
        assert rung.bitrate_bps <= made.source.video.bitrate_bps


def test_every_address_is_relative_and_points_inside(made: Made) -> None:
    """An edition can be served from anywhere, as it is."""
    for manifest in made.tree.rglob("*.m3u8"):
        text = manifest.read_text()
        places = re.findall(r'URI="([^"]+)"', text) + [line for line in text.splitlines() if line and not line.startswith("#")]
        assert places
        for place in places:
            assert (manifest.parent / place).resolve().is_relative_to(made.tree.resolve())
            assert (manifest.parent / place).is_file()
    names_of_schemes = re.compile(r'(?:schemeIdUri|xmlns(?::\w+)?|xsi:schemaLocation)="[^"]*"|<!--.*-->')
    assert "://" not in names_of_schemes.sub("", (made.tree / "manifest.mpd").read_text())


def test_a_silent_film_is_an_edition_too(bench: Bench, films: Films, tmp_path: Path) -> None:
    """A film without sound plays."""
    made = make_edition(bench, films.silent, tmp_path)
    assert not made.plan.sounds
    assert "AUDIO" not in (made.tree / "master.m3u8").read_text()
    assert (made.tree / made.rungs[0].name / "1.m4s").is_file()


def test_the_same_film_makes_the_same_bytes(bench: Bench, films: Films, beside_a_copy: Made, tmp_path: Path) -> None:
    """A step repeated after a crash changes nothing, so an edition's name is a true one."""
    again = make_edition(bench, films.ready, tmp_path)
    files = {path.relative_to(again.tree): path.read_bytes() for path in again.tree.rglob("*") if path.is_file()}
    assert len(files) > 10
    assert files == {
        path.relative_to(beside_a_copy.tree): path.read_bytes() for path in beside_a_copy.tree.rglob("*") if path.is_file()
    }


def keyframes_s(bench: Bench, film: Path) -> list[float]:
    lines = bench.ffprobe(["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", str(film)])
    rows = [line.split(",") for line in lines.decode().splitlines()]
    return sorted(float(at_s) for at_s, flags in rows if "K" in flags)


def entered_at(bench: Bench, film: Path) -> list[int]:
    """When the IDR pictures of a film are shown, in its own ticks."""
    only_idr = ["-c", "copy", "-bsf:v", "filter_units=pass_types=5", "-f", "framecrc", "-"]
    lines = bench.ffmpeg(["-copyts", "-i", str(film), *only_idr]).decode().splitlines()
    return [int(line.split(",")[2]) for line in lines if not line.startswith("#")]


def packet_times(bench: Bench, film: Path) -> list[int]:
    lines = bench.ffprobe(["-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0", str(film)])
    return [int(line.strip(",")) for line in lines.decode().split()]


def frames(bench: Bench, film: Path) -> int:
    # Stops with an error at the first picture that does not decode.
    counted = bench.ffmpeg(["-xerror", "-i", str(film), "-map", "0:v", "-f", "framehash", "-fps_mode", "passthrough", "-"])
    return sum(1 for line in counted.decode().splitlines() if not line.startswith("#"))


def hls_lengths_s(playlist: Path) -> list[float]:
    return [float(length) for length in re.findall(r"#EXTINF:([\d.]+)", playlist.read_text())]


def dash_lengths_s(template: ElementTree.Element) -> list[float]:
    ticks = int(template.get("timescale", "1"))
    lengths: list[float] = []
    for run in template.iterfind(".//d:S", DASH):
        lengths += [int(run.get("d", "0")) / ticks] * (int(run.get("r", "0")) + 1)
    return lengths
