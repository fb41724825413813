"""Encodes one chunk of a rung, and joins a rung's chunks.

A chunk is entered a little early and cut by the film's own count of time, so neighbours share no picture and miss none. The
same film and plan give the same bytes on every run, wherever they are made: that is what lets any worker make any chunk, and
make it twice.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from matinee.studio.chunks import Chunk
from matinee.studio.ladder import Grid, Plan, Rung
from matinee.studio.making import INTO_MP4, REPRODUCIBLE, made_whole, one_decoder, ticks
from matinee.studio.picture import filters
from matinee.studio.tools import Bench

BUFFER_S = 2
LEFT_OVER = Fraction(2, 3)
HAIR_MS = 2.0
EARLY_S = 1.0


def chunk_file(folder: Path, rung: Rung, chunk: Chunk) -> Path:
    return folder / f"{rung.name}-{chunk.number}.chunk.mp4"


def make_chunk(
    bench: Bench,
    film: Path,
    plan: Plan,
    rung: Rung,
    chunk: Chunk,
    final: Path,
    made: Callable[[float], None] = lambda _: None,
) -> Path:
    """The chunk in the file `final`; one that is there is kept. `made` hears its milliseconds. Raises ToolFailed, Stopped."""
    return made_whole(final, lambda into: _encode(bench, film, plan, rung, chunk, into, made))


def _encode(bench: Bench, film: Path, plan: Plan, rung: Rung, chunk: Chunk, into: Path, made: Callable[[float], None]) -> None:
    bench.encode(_chunk_arguments(film, plan, rung, chunk, into), into.with_name(f"{into.name}.progress"), made)


def join_chunks(bench: Bench, pieces: Sequence[Path], plan: Plan, into: Path) -> None:
    """The rung made of its chunks, in their order."""
    order = into.with_name(f"{into.name}.txt")
    try:
        order.write_text("".join(_joint(piece, chunk) for piece, chunk in zip(pieces, plan.chunks, strict=True)))
        bench.ffmpeg(_join_arguments(order, plan.grid, into))
    finally:
        order.unlink(missing_ok=True)


def _joint(piece: Path, chunk: Chunk) -> str:
    # A chunk's own end is known to its last picture's guess only; the next one begins exactly where it was cut.
    return f"file {piece.name}\n" + ("" if chunk.last else f"duration {chunk.film_ms / 1000:.6f}\n")


def _join_arguments(order: Path, grid: Grid, into: Path) -> list[str]:
    return [
        # A list of files, one after the other,
        "-f",
        "concat",
        "-i",
        str(order),
        # as they are,
        "-c",
        "copy",
        *(ticks(grid) if grid.follows_source else ()),
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _chunk_arguments(film: Path, plan: Plan, rung: Rung, chunk: Chunk, into: Path) -> list[str]:
    return [
        # Time as the film counts it, whether read from its beginning or from the middle.
        "-copyts",
        *_enter(plan, chunk),
        *one_decoder(film),
        # The first moving picture ("V": not a cover image), and nothing else.
        "-map",
        "0:V:0",
        *_encoded(plan, rung, chunk),
        *REPRODUCIBLE,
        *INTO_MP4,
        str(into),
    ]


def _enter(plan: Plan, chunk: Chunk) -> Sequence[str]:
    if chunk.number == 1:
        return ()
    return (
        # At the last keyframe before this moment, early enough for a picture that is still shown when the chunk begins,
        "-ss",
        f"{plan.begins_s + chunk.begins_ms / 1000 - EARLY_S:.6f}",
        # in the film's own count, wherever that starts;
        "-seek_timestamp",
        "1",
        # what comes too early is cut off by the filters, which see the times.
        "-noaccurate_seek",
    )


def _cut(grid: Grid, chunk: Chunk) -> list[str]:
    """The filters that leave the chunk's pictures, the first at time zero."""
    if grid.follows_source:
        # A hair early, as times are rounded; half a picture's time is far more.
        end = "" if chunk.last else f":end={(chunk.ends_ms - HAIR_MS) / 1000:.6f}"
        trim = f"trim=start={max(0.0, chunk.begins_ms - HAIR_MS) / 1000:.6f}{end}"
    else:
        # A variable frame rate is made constant: the grid is counted in pictures.
        trim = f"fps={grid.fps_num}/{grid.fps_den}:start_time={chunk.begins_ms / 1000:.6f}"
    return [trim, "setpts=PTS-STARTPTS"]


def _cuts_in(grid: Grid, chunk: Chunk) -> list[float]:
    return [cut_ms for cut_ms in grid.cuts_ms if chunk.begins_ms <= cut_ms and (chunk.last or cut_ms < chunk.ends_ms)]


def _pictures(grid: Grid, chunk: Chunk) -> int:
    return round(chunk.film_ms * grid.fps_num / grid.fps_den / 1000)


def _encoded(plan: Plan, rung: Rung, chunk: Chunk) -> list[str]:
    return [
        # Sharp scaling; square pixels for a clean aspect ratio in manifests; 8-bit 4:2:0 or no browser decodes it.
        "-vf",
        filters(plan, rung, _cut(plan.grid, chunk)),
        # H.264: what every screen decodes.
        "-c:v",
        "libx264",
        # How much effort a bit is worth.
        "-preset",
        rung.preset,
        # 8x8 transforms and CABAC: everything that plays H.264 has had them for fifteen years.
        "-profile:v",
        "high",
        # The thread count changes x264's output; several chunks at once use the other cores.
        "-threads",
        "1",
        *_rate(rung),
        *(_on_the_sources_grid(plan.grid, chunk) if plan.grid.follows_source else _on_a_steady_grid(plan.grid, chunk)),
    ]


def _rate(rung: Rung) -> list[str]:
    buffer_bits = rung.most_bps * BUFFER_S
    return [
        # A quality, not an average: an average has to know what came before the chunk.
        "-crf",
        str(rung.crf),
        # No line is asked for more than the rung may spend,
        "-maxrate",
        str(rung.most_bps),
        # over two seconds, one group of pictures.
        "-bufsize",
        str(buffer_bits),
        # A chunk begins with what its neighbour is likely to have left of them, or every joint would be a peak.
        "-rc_init_occupancy",
        str(round(buffer_bits * LEFT_OVER)),
    ]


def _on_the_sources_grid(grid: Grid, chunk: Chunk) -> list[str]:
    return [
        # A keyframe exactly where the copied rung has one: at the first picture not earlier than a hair before each cut,
        "-force_key_frames",
        ",".join(f"{max(0.0, cut_ms - chunk.begins_ms - HAIR_MS) / 1000:.4f}" for cut_ms in _cuts_in(grid, chunk)),
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
        *ticks(grid),
    ]


def _on_a_steady_grid(grid: Grid, chunk: Chunk) -> list[str]:
    return [
        # The filters count the pictures; nobody adds or drops one after them.
        "-fps_mode",
        "passthrough",
        # Exactly the chunk's share of them.
        *(() if chunk.last else ("-frames:v", str(_pictures(grid, chunk)))),
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
