"""Makes the sheets of thumbnails, from the edition's own smallest rung: it is upright, in ordinary light, and quickly decoded."""

from collections.abc import Sequence
from pathlib import Path

from matinee.studio.ladder import Rung
from matinee.studio.sheets import COLUMNS, ROWS, Sheets, plan_sheets
from matinee.studio.tools import Bench

SHEETS_FOLDER = "thumbs"


def make_sheets(bench: Bench, folder: Path, rungs: Sequence[Rung], film_ms: int, into: Path) -> Sheets:
    """Leaves `1.jpg`, `2.jpg`, … in the folder `into`. Raises ToolFailed, Stopped."""
    rung = min(rungs, key=lambda each: each.width_px * each.height_px)
    sheets = plan_sheets(rung.width_px, rung.height_px, film_ms)
    into.mkdir(parents=True)
    bench.ffmpeg(
        [
            # Of a copy, which may be large, only keyframes are decoded: a thumbnail then shows a moment shortly before its own.
            *(("-skip_frame", "nokey") if rung.copied else ()),
            # One decoding thread.
            "-threads",
            "1",
            "-i",
            str(folder / f"{rung.name}.mp4"),
            "-map",
            "0:v:0",
            # The picture that is shown at each moment ("up": the last one that had begun by then), small, and 25 to a sheet.
            "-vf",
            f"fps=1000/{sheets.interval_ms}:start_time=0:round=up,"
            f"scale={sheets.width_px}:{sheets.height_px}:flags=area+bitexact,setsar=1,tile={COLUMNS}x{ROWS}",
            # JPEG, which every player takes for thumbnails, at about 60 kB a sheet.
            "-q:v",
            "5",
            # The whole range of brightness, as pictures in JPEG have it.
            "-pix_fmt",
            "yuvj420p",
            "-flags",
            "+bitexact",  # equal films give equal bytes
            # The film says how many there are: padding at its end makes no sheet of its own.
            "-frames:v",
            str(sheets.count),
            # Numbered from one, as both manifests count and ffmpeg does too.
            str(into / "%d.jpg"),
        ]
    )
    return sheets
