"""Makes one rung, or the sound, with ffmpeg: a file in the scratch folder that is there whole or not at all.

The same film and plan give the same bytes on every run. That is what makes a repeated step harmless and an edition's name
a true one, so thread counts are part of the plan and nothing of the day gets into the files.
"""

from collections.abc import Sequence
from pathlib import Path

from matinee.studio.encode_chunk import chunk_file, join_chunks, make_chunk
from matinee.studio.ladder import Grid, Plan, Rung
from matinee.studio.making import INTO_MP4, REPRODUCIBLE, made_whole, one_decoder, ticks
from matinee.studio.sounds import Sound, sound_filters
from matinee.studio.sync_samples import keep_sync_samples
from matinee.studio.tools import Bench, ToolFailed


def make_rung(bench: Bench, film: Path, plan: Plan, rung: Rung, folder: Path) -> Path:
    """The rung's file in `folder`; one that is already there is kept, and so are its chunks. Raises ToolFailed, Stopped."""
    final = folder / f"{rung.name}.mp4"
    if rung.copied:
        return made_whole(final, lambda into: _copy_rung(bench, film, plan.grid, into))
    return made_whole(final, lambda into: _encode_rung(bench, film, plan, rung, folder, into))


def _encode_rung(bench: Bench, film: Path, plan: Plan, rung: Rung, folder: Path, into: Path) -> None:
    pieces = [make_chunk(bench, film, plan, rung, chunk, chunk_file(folder, rung, chunk)) for chunk in plan.chunks]
    join_chunks(bench, pieces, plan, into)


def _copy_rung(bench: Bench, film: Path, grid: Grid, into: Path) -> None:
    """The source's pictures, of which those we cut at, and no others, are marked as keyframes."""
    bench.ffmpeg(_pick_video(film, grid, into))
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
    return made_whole(folder / f"{sound.name}.mp4", lambda into: bench.ffmpeg(_pick_audio(film, sound, codec, into)))


def _pick_video(film: Path, grid: Grid, into: Path) -> list[str]:
    return [
        *one_decoder(film),
        # The first moving picture ("V": not a cover image), and nothing else.
        "-map",
        "0:V:0",
        *_copied(grid),
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _pick_audio(film: Path, sound: Sound, codec: Sequence[str], into: Path) -> list[str]:
    return [
        # An encoded sound is cut by the source's own times, which ffmpeg would otherwise shift.
        *(() if sound.copied else ("-copyts",)),
        *one_decoder(film),
        # This sound, and nothing else.
        "-map",
        f"0:a:{sound.index}",
        *codec,
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _copied(grid: Grid) -> list[str]:
    return [
        # The coded pictures as they are,
        "-c:v",
        "copy",
        # less their supplemental notes (type 6): Chromium takes a note of recovery for a keyframe, and a seek to it fails.
        # The first picture is time zero, whatever began before it.
        "-bsf:v",
        "filter_units=remove_types=6,setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS",
        *ticks(grid),
    ]


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
        "-ac",
        "2",
        # Cut to the picture, held below full scale.
        "-af",
        sound_filters(sound),
    ]
