"""What it costs to cut an encode into chunks: two workers at once, against one ffmpeg that makes the same rung in one go.

Both use the studio's own arguments, so they differ in the cuts alone. A minute and a half of Big Buck Bunny, its largest rung
that is encoded, four chunks. CPU is that of the ffmpegs, all of them; VMAF compares each result with the source, and stands
beside the bits it was bought with.
"""

import json
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bench.row import Row

from matinee.studio.chunks import Chunk
from matinee.studio.encode_chunk import join_chunks, make_chunk
from matinee.studio.ladder import Plan, Rung, plan_film
from matinee.studio.probe import probe
from matinee.studio.tools import Bench, default_tools
from running import BIG_BUCK_BUNNY

FILM_S = 96
WORKERS = 2


def rows() -> Iterator[Row]:
    bench = Bench(default_tools(), threading.Event())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = _excerpt(bench, folder)
        plan = plan_film(probe(bench, film))
        rung = next(rung for rung in plan.full if not rung.copied)
        whole = replace(plan, chunks=(Chunk(1, 0.0, float(plan.film_ms), last=True),))
        apart_s = _cpu_s(lambda: _made(bench, film, plan, rung, folder / "chunks.mp4"))
        at_once_s = _cpu_s(lambda: _made(bench, film, whole, rung, folder / "whole.mp4"))
        yield Row(f"{len(plan.chunks)} chunks by {WORKERS} workers, against one ffmpeg", apart_s, at_once_s, "s of CPU")
        apart, at_once = (_vmaf(bench, folder, film, folder / made) for made in ("chunks.mp4", "whole.mp4"))
        yield Row("the same: how good it looks", apart, at_once, "VMAF")
        apart_kbps, at_once_kbps = (_kbps(folder / made, plan) for made in ("chunks.mp4", "whole.mp4"))
        yield Row("the same: the bits it takes", apart_kbps, at_once_kbps, "kbit/s")


def _made(bench: Bench, film: Path, plan: Plan, rung: Rung, into: Path) -> None:
    pieces = [into.with_name(f"{into.stem}-{chunk.number}.mp4") for chunk in plan.chunks]
    with ThreadPoolExecutor(WORKERS) as workers:
        made = [
            workers.submit(make_chunk, bench, film, plan, rung, chunk, piece)
            for chunk, piece in zip(plan.chunks, pieces, strict=True)
        ]
        for each in made:
            each.result()
    join_chunks(bench, pieces, plan, into)


def _kbps(made: Path, plan: Plan) -> float:
    return made.stat().st_size * 8 / plan.film_ms


def _cpu_s(work: Callable[[], None]) -> float:
    def spent() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before_s = spent()
    work()
    return spent() - before_s


def _excerpt(bench: Bench, folder: Path) -> Path:
    film = folder / "excerpt.mp4"
    bench.ffmpeg(["-i", str(BIG_BUCK_BUNNY), "-t", str(FILM_S), "-map", "0:v:0", "-c", "copy", str(film)])
    return film


def _vmaf(bench: Bench, folder: Path, film: Path, made: Path) -> float:
    report = folder / "vmaf.json"
    # The distorted comes first, at the reference's size; every fifth picture tells enough.
    scoring = f"[0:v]scale=1280:720:flags=bicubic[d];[d][1:v]libvmaf=n_subsample=5:log_fmt=json:log_path={report}"
    bench.ffmpeg(["-i", str(made), "-i", str(film), "-lavfi", scoring, "-f", "null", "-"])
    mean: float = json.loads(report.read_text())["pooled_metrics"]["vmaf"]["mean"]
    return mean
