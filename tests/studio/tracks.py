"""An edition with everything in it: two languages heard, three texts, chapters, thumbnails; and all of it in time."""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import m3u8
import pytest

from matinee.studio.encode import make_rung, make_sound
from matinee.studio.ladder import plan_film
from matinee.studio.package import package
from matinee.studio.probe import probe
from matinee.studio.tools import Bench

from .conftest import Made, make_edition

# The film that has everything is made once, by the worker that has all of these.
pytestmark = pytest.mark.xdist_group("tracks")

DASH = {"d": "urn:mpeg:dash:schema:mpd:2011"}
CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=3000
title=Dawn
[CHAPTER]
TIMEBASE=1/1000
START=3000
END=6000
title=Day, "bright"
"""
# White while the tone sounds: from 2 to 2.5 s and from 4 to 4.5 s, in a picture that turns red half-way.
FLASH = (
    "color=c=0x003000:size=320x180:rate=24:duration=6,drawbox=t=fill:c=0x600000:enable='gte(t,3)',"
    "drawbox=t=fill:c=white:enable='between(t,2,2.49)+between(t,4,4.49)'"
)
BEEP = "aevalsrc='0.7*sin(2*PI*1000*t)*(between(t,2,2.5)+between(t,4,4.5))':s=48000:d=6"
TOGETHER_S = 0.05


@dataclass(frozen=True)
class Case:
    """`late` are ffmpeg's flags before the picture and before the sound, which shift them against each other."""

    ending: str
    video: tuple[str, ...]
    before_picture: tuple[str, ...] = ()
    before_sound: tuple[str, ...] = ()
    shift_s: float = 0.0


H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "48", "-b:v", "400k")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "2M")
CASES = {
    "copied": Case("mkv", H264),
    "encoded": Case("mkv", MPEG2),
    "a transport stream": Case("ts", H264),
    "sound that begins later": Case("mkv", H264, before_sound=("-itsoffset", "0.4"), shift_s=0.4),
    "a picture that begins later": Case("mkv", H264, before_picture=("-itsoffset", "0.4"), shift_s=-0.4),
    "an encoded picture that begins later": Case("mkv", MPEG2, before_picture=("-itsoffset", "0.4"), shift_s=-0.4),
}


def flashing(bench: Bench, film: Path, case: Case) -> Path:
    """A film of flashes and beeps, with AAC and six channels of AC-3."""
    sources = [*case.before_picture, "-f", "lavfi", "-i", FLASH, *case.before_sound, "-f", "lavfi", "-i", BEEP]
    sounds = ["-map", "1", "-map", "1", "-c:a:0", "aac", "-c:a:1", "ac3", "-ac:a:1", "6"]
    languages = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "-disposition:a:1", "0"]
    bench.ffmpeg([*sources, "-map", "0", *sounds, *case.video, *languages, str(film)])
    return film


@pytest.fixture(scope="module")
def everything(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("everything")
    bare = flashing(bench, folder / "bare.mkv", Case("mkv", MPEG2))
    (folder / "chapters.txt").write_text(CHAPTERS)
    (folder / "inside.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nfrom inside\n")
    film = folder / "Film.mkv"
    inputs = ["-i", str(bare), "-i", str(folder / "inside.srt"), "-i", str(folder / "chapters.txt")]
    together = ["-map", "0", "-map", "1", "-map_chapters", "2", "-c", "copy", "-metadata:s:s:0", "language=eng"]
    bench.ffmpeg([*inputs, *together, str(film)])
    (folder / "Film.de.srt").write_bytes("1\n00:00:05,000 --> 00:00:05,900\nSchöne Grüße\n".encode("cp1252"))
    (folder / "Film.en.forced.vtt").write_text("WEBVTT\n\n00:04.500 --> 00:05.500\nSTATION\n")
    bare.unlink()
    (folder / "made").mkdir()
    return make_edition(bench, film, folder / "made", [folder / "Film.de.srt", folder / "Film.en.forced.vtt"])


def test_both_manifests_offer_the_same_tracks(everything: Made) -> None:
    """Whichever kind of player I have, its menus are the same."""
    hls = playlist(everything.tree / "master.m3u8")
    offered = {(each.type, each.language, each.name) for each in hls.media}
    assert offered == {
        ("AUDIO", "en", "English"),
        ("AUDIO", "de", "Deutsch"),
        ("SUBTITLES", "de", "Deutsch"),
        ("SUBTITLES", "en", "English (forced)"),
        ("SUBTITLES", "en", "English"),
    }
    assert [each.name for each in hls.media if each.default == "YES"] == ["English"]
    assert [each.name for each in hls.media if each.forced == "YES"] == ["English (forced)"]
    root = ElementTree.fromstring((everything.tree / "manifest.mpd").read_text())
    kinds = {"audio": "AUDIO", "text": "SUBTITLES"}
    dash = {
        (kinds[kind], each.get("lang"), each.findtext("d:Label", namespaces=DASH))
        for each in root.iterfind(".//d:AdaptationSet", DASH)
        if (kind := each.get("contentType", "")) in kinds
    }
    assert dash == offered


def test_subtitles_are_shown_when_they_are_spoken(everything: Made) -> None:
    """Each text, from inside or beside the film, says its words at their time."""
    shown = {text.label: cues(everything.tree / text.name) for text in everything.plan.texts}
    assert shown == {
        "Deutsch": [(5.0, "Schöne Grüße")],
        "English (forced)": [(4.5, "STATION")],
        "English": [(1.0, "from inside")],
    }


def test_chapters_are_told_with_their_names(everything: Made) -> None:
    """I can jump to a chapter by its name."""
    assert (
        '#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="chapters.json"'
        in (everything.tree / "master.m3u8").read_text()
    )
    told = json.loads((everything.tree / "chapters.json").read_text())
    assert [(row["start-time"], row["titles"][0]["title"]) for row in told] == [(0, "Dawn"), (3, 'Day, "bright"')]
    assert sum(row["duration"] for row in told) == pytest.approx(6, abs=0.05)


def test_a_thumbnail_shows_the_picture_of_its_moment(bench: Bench, everything: Made) -> None:
    """The small picture above the seek bar is the one I land on; both manifests cut the sheet alike."""
    folder = everything.tree / "thumbs"
    tiles = re.findall(r"#EXT-X-TILES:RESOLUTION=(\d+)x(\d+),LAYOUT=5x5,DURATION=([\d.]+)", (folder / "main.m3u8").read_text())
    assert tiles == [("192", "108", "2.000")]
    root = ElementTree.fromstring((everything.tree / "manifest.mpd").read_text())
    (images,) = [each for each in root.iterfind(".//d:AdaptationSet", DASH) if each.get("contentType") == "image"]
    (shape,) = images.iterfind("d:Representation", DASH)
    (template,) = images.iterfind("d:SegmentTemplate", DASH)
    assert (shape.get("width"), shape.get("height")) == ("960", "540")
    assert template.get("media") == "thumbs/$Number$.jpg"
    assert (template.get("duration"), template.get("timescale")) == ("50000", "1000")
    rgb = bench.ffmpeg(["-i", str(folder / "1.jpg"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    assert len(rgb) == 960 * 540 * 3
    # At 0 s it is green, at 2 s and 4 s it flashes; the fourth tile is beyond the end.
    middles = [rgb[(54 * 960 + 96 + 192 * tile) * 3 :][:3] for tile in range(4)]
    assert middles[0][1] > middles[0][0] + 20
    assert min(middles[1]) > 200
    assert min(middles[2]) > 200
    assert max(middles[3]) < 20


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_sound_and_picture_are_together_in_every_rung(bench: Bench, tmp_path: Path, case: Case) -> None:
    """A flash is seen when its beep is heard, within a twentieth of a second, however the file was put together."""
    film = flashing(bench, tmp_path / f"film.{case.ending}", case)
    source = probe(bench, film)
    plan = plan_film(source)
    assert len(plan.sounds) == 2
    for sound in plan.sounds:
        make_sound(bench, film, sound, tmp_path)
    for rung in plan.full:
        make_rung(bench, film, plan, rung, tmp_path)
    tree = package(bench, tmp_path, plan.full, plan, "edition")
    for sound in plan.sounds:
        heard = beeps_s(bench, whole(tree / sound.name))
        for rung in plan.full:
            seen = flashes_s(bench, whole(tree / rung.name))
            assert len(seen) == len(heard) == 2
            for flash_s, beep_s in zip(seen, heard, strict=True):
                assert beep_s - case.shift_s == pytest.approx(flash_s, abs=TOGETHER_S), f"{rung.name} with {sound.name}"


def test_six_channels_become_two_that_do_not_crackle(bench: Bench, tmp_path: Path) -> None:
    """Loud in all channels at once, it is still not louder than full scale."""
    film = tmp_path / "loud.mkv"
    loud = "aevalsrc='0.9*sin(2*PI*220*t)':s=48000:d=2,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0"
    picture = ["-f", "lavfi", "-i", "color=size=320x180:rate=24:duration=2"]
    bench.ffmpeg([*picture, "-f", "lavfi", "-i", loud, "-c:a", "flac", str(film)])
    (sound,) = plan_film(probe(bench, film)).sounds
    made = make_sound(bench, film, sound, tmp_path)
    told = bench.ffmpeg(["-i", str(made), "-af", "astats=metadata=1:reset=0,ametadata=print:file=-", "-f", "null", "-"]).decode()
    peaks = [float(level) for level in re.findall(r"Overall\.Peak_level=(-?[\d.]+)", told)]
    assert max(peaks) < 0.3
    assert max(peaks) > -3


def whole(track: Path) -> Path:
    """The track as one file, put together from what a player fetches."""
    numbered = sorted(track.glob("*.m4s"), key=lambda path: int(path.stem))
    joined = track.with_name(f"{track.name}-whole.mp4")
    joined.write_bytes((track / "init.mp4").read_bytes() + b"".join(path.read_bytes() for path in numbered))
    return joined


def flashes_s(bench: Bench, film: Path) -> list[float]:
    """When the picture turns white."""
    mean = "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-"
    told = bench.ffmpeg(["-copyts", "-i", str(film), "-vf", mean, "-f", "null", "-"]).decode()
    rows = [(float(at), float(light)) for at, light in re.findall(r"pts_time:([\d.-]+)\s+lavfi.signalstats.YAVG=([\d.]+)", told)]
    return [at for (_, before), (at, light) in pairwise(rows) if before < 150 < light]


def beeps_s(bench: Bench, film: Path) -> list[float]:
    """When the tone begins: in pieces of 5 ms."""
    level = "asetnsamples=240,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-"
    told = bench.ffmpeg(["-copyts", "-i", str(film), "-af", f"aresample=48000,{level}", "-f", "null", "-"]).decode()
    rows = re.findall(r"pts_time:([\d.-]+)\s+lavfi.astats.Overall.RMS_level=(-?[\d.]+|-inf)", told)
    levels = [(float(at), float(loud)) for at, loud in rows]
    return [at for (_, before), (at, loud) in pairwise(levels) if before < -30 < loud]


def cues(track: Path) -> list[tuple[float, str]]:
    """What is said and when, read off the boxes (ISO/IEC 14496-30): samples of `vttc` with a `payl`, or `vtte` for silence."""
    said: list[tuple[float, str]] = []
    for segment in sorted(track.glob("*.m4s"), key=lambda path: int(path.stem)):
        boxes = dict(inside(segment.read_bytes()))
        fragment = dict(inside(dict(inside(boxes["moof"]))["traf"]))
        at_ms, run, spoken = int.from_bytes(fragment["tfdt"][4:], "big"), fragment["trun"], boxes["mdat"]
        for number in range(int.from_bytes(run[4:8], "big")):
            # One sample alone is as long as its segment, and the run does not repeat that.
            lasts_ms, size = struct.unpack_from(">II", run, 12 + 8 * number) if len(run) > 12 else (0, len(spoken))
            sample, spoken = spoken[:size], spoken[size:]
            said += [(at_ms / 1000, dict(inside(cue))["payl"].decode()) for kind, cue in inside(sample) if kind == "vttc"]
            at_ms += lasts_ms
    # A cue that lies in two segments is written into both.
    return [cue for number, cue in enumerate(said) if number == 0 or cue[1] != said[number - 1][1]]


def inside(box: bytes) -> Iterator[tuple[str, bytes]]:
    while box:
        (length,) = struct.unpack_from(">I", box)
        yield box[4:8].decode("latin-1"), box[8:length]
        box = box[length:]


def playlist(path: Path) -> m3u8.M3U8:
    """Lines that only the packager understands are comments."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("## ")]
    return m3u8.M3U8("\n".join(lines))
