"""Makes one rung, or the sound, with ffmpeg: a file in the scratch folder that is there whole or not at all.

The same film and plan give the same bytes on every run. That is what makes a repeated step harmless and an edition's name
a true one, so thread counts are part of the plan and nothing of the day gets into the files.
"""

import uuid
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from matinee.studio.ladder import Grid, Plan, Rung, Sound
from matinee.studio.probe import reading
from matinee.studio.sync_samples import keep_sync_samples
from matinee.studio.tools import Bench, ToolFailed

REPRODUCIBLE = (
    # No encoder version, no creation time, no random ids in the container,
    "-fflags",
    "+bitexact",
    # nor in the stream.
    "-flags",
    "+bitexact",
    # Titles, dates and chapter marks of the source stay behind: the catalogue knows better.
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
)
INTO_MP4 = (
    # The temporary name says nothing, so the container is named.
    "-f",
    "mp4",
)
PEAK = Fraction(3, 2)
BUFFER_S = 2
HAIR_MS = 2.0


def make_rung(bench: Bench, film: Path, plan: Plan, rung: Rung, folder: Path) -> Path:
    """The rung's file in `folder`; one that is already there is kept. Raises ToolFailed, Stopped."""
    final = folder / f"{rung.name}.mp4"
    if rung.copied:
        return _made_whole(final, lambda into: _copy_rung(bench, film, plan.grid, into))
    return _made_whole(final, lambda into: bench.ffmpeg(_pick_video(film, _encoded(plan, rung), into)))


def _copy_rung(bench: Bench, film: Path, grid: Grid, into: Path) -> None:
    """The source's pictures, of which those we cut at, and no others, are marked as keyframes."""
    bench.ffmpeg(_pick_video(film, _copied(grid), into))
    times_ms = [1000 * float(line) for line in bench.ffprobe([*_times_in_decoding_order(), str(into)]).decode().split()]
    first_ms = min(times_ms)
    cuts = {round(cut_ms) for cut_ms in grid.cuts_ms}
    kept = [sample for sample, at_ms in enumerate(times_ms, 1) if round(at_ms - first_ms) in cuts]
    if len(kept) != len(grid.cuts_ms):
        raise ToolFailed(f"the copy of {film.name} has {len(kept)} of the {len(grid.cuts_ms)} pictures it was to be cut at")
    keep_sync_samples(into, kept)


def _times_in_decoding_order() -> list[str]:
    return [
        # The only stream there is.
        "-select_streams",
        "v:0",
        # When each picture is shown, in the order they lie in the file.
        "-show_entries",
        "packet=pts_time",
        # A number a line.
        "-of",
        "csv=print_section=0",
    ]


def make_sound(bench: Bench, film: Path, sound: Sound, folder: Path) -> Path:
    """The sound's file in `folder`, by the same rules."""
    codec = _copied_sound() if sound.copied else _encoded_sound(sound)
    return _made_whole(folder / "sound.mp4", lambda into: bench.ffmpeg(_pick_audio(film, codec, into)))


def _pick_video(film: Path, picture: Sequence[str], into: Path) -> list[str]:
    return [
        *_one_decoder(film),
        # The first moving picture ("V": not a cover image), and nothing else.
        "-map",
        "0:V:0",
        *picture,
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _pick_audio(film: Path, codec: Sequence[str], into: Path) -> list[str]:
    return [
        *_one_decoder(film),
        # The first sound track, and nothing else.
        "-map",
        "0:a:0",
        *codec,
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _one_decoder(film: Path) -> list[str]:
    return [
        # One decoding thread: it is seldom the slow part, and the machine has other work.
        "-threads",
        "1",
        *reading(film),
    ]


def _copied(grid: Grid) -> list[str]:
    return [
        # The coded pictures as they are,
        "-c:v",
        "copy",
        # less their supplemental notes (type 6): Chromium takes a note of recovery for a keyframe, and a seek to it fails.
        "-bsf:v",
        "filter_units=remove_types=6",
        *_ticks(grid),
    ]


def _encoded(plan: Plan, rung: Rung) -> list[str]:
    return [
        # Sharp scaling; square pixels for a clean aspect ratio in manifests; 8-bit 4:2:0 or no browser decodes it.
        "-vf",
        _filters(plan, rung),
        # H.264: what every screen decodes.
        "-c:v",
        "libx264",
        # How much effort a bit is worth.
        "-preset",
        rung.preset,
        # 8x8 transforms and CABAC: everything that plays H.264 has had them for fifteen years.
        "-profile:v",
        "high",
        # The thread count changes x264's output, so it is part of the plan.
        "-threads",
        str(rung.threads),
        *_rate(rung),
        *(_on_the_sources_grid(plan.grid) if plan.grid.follows_source else _on_a_steady_grid(plan.grid)),
    ]


def _rate(rung: Rung) -> list[str]:
    return [
        # The average the rung promises.
        "-b:v",
        str(rung.bitrate_bps),
        # Peaks of half as much again: below the 200 % Apple allows, enough for a hard scene.
        "-maxrate",
        str(round(rung.bitrate_bps * PEAK)),
        # Over two seconds, one group of pictures.
        "-bufsize",
        str(rung.bitrate_bps * BUFFER_S),
    ]


def _on_the_sources_grid(grid: Grid) -> list[str]:
    return [
        # A keyframe exactly where the copied rung has one: at the first picture not earlier than a hair before each cut,
        "-force_key_frames",
        ",".join(f"{max(0.0, cut_ms - HAIR_MS) / 1000:.4f}" for cut_ms in grid.cuts_ms),
        # and nowhere else: neither at scene cuts
        "-sc_threshold",
        "0",
        # nor after a count of pictures.
        "-g",
        "9999",
        *_closed_groups(),
        # Every picture keeps its time, or the keyframes would drift from the copy's,
        "-fps_mode",
        "passthrough",
        # in the source's own ticks.
        "-enc_time_base",
        "demux",
        *_ticks(grid),
    ]


def _on_a_steady_grid(grid: Grid) -> list[str]:
    return [
        # A variable frame rate is made constant: the grid is counted in pictures.
        "-fps_mode",
        "cfr",
        "-r",
        f"{grid.fps_num}/{grid.fps_den}",
        # A keyframe every two seconds,
        "-g",
        str(grid.gop_frames),
        # not sooner,
        "-keyint_min",
        str(grid.gop_frames),
        # and none at scene cuts, which lie elsewhere at every size.
        "-sc_threshold",
        "0",
        *_closed_groups(),
    ]


def _closed_groups() -> list[str]:
    return [
        # No picture refers across a keyframe, so a player may change rungs at each of them.
        "-flags:v",
        "+cgop+bitexact",
        # The same again in x264's own words, which win over ffmpeg's.
        "-x264-params",
        "open-gop=0:scenecut=0",
    ]


def _ticks(grid: Grid) -> list[str]:
    return [
        # The source's clock on copy and encodes alike, so that equal times are equal numbers.
        "-video_track_timescale",
        str(grid.timescale_hz),
    ]


def _filters(plan: Plan, rung: Rung) -> str:
    woven = ["bwdif=mode=send_frame"] if plan.interlaced else []
    return ",".join([*woven, f"scale={rung.width_px}:{rung.height_px}:flags=lanczos+bitexact", "setsar=1", "format=yuv420p"])


def _copied_sound() -> list[str]:
    return [
        # AAC plays everywhere: as it is.
        "-c:a",
        "copy",
    ]


def _encoded_sound(sound: Sound) -> list[str]:
    return [
        # AAC in stereo at 48 kHz: the one sound every browser and every television plays.
        "-c:a",
        "aac",
        "-b:a",
        str(sound.bitrate_bps),
        "-ar",
        "48000",
        "-ac",
        "2",
        # A gap in the source stays a gap, or sound and picture part ways.
        "-af",
        "aresample=async=1:first_pts=0",
    ]


def _made_whole(final: Path, make: Callable[[Path], object]) -> Path:
    """Made under a name of this attempt's own, then renamed: two attempts never write one file, half a file is never used."""
    if final.exists():
        return final
    attempt = final.with_name(f".{final.stem}-{uuid.uuid4().hex[:8]}.part")
    try:
        make(attempt)
        attempt.replace(final)
    finally:
        attempt.unlink(missing_ok=True)
    return final
