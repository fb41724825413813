"""What a worker is sent for: one chunk of one rung, with all that concerns it and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matinee.studio.chunks import Chunk
from matinee.studio.film import Film, Work
from matinee.studio.ladder import Plan, Rung
from matinee.studio.ledger import Piece
from matinee.studio.publish import chunk_id


@dataclass(frozen=True)
class Errand:
    """`plan` is cut down to this chunk: there are thousands of errands to a long film."""

    film: Film
    piece_id: str
    plan: Plan
    rung: Rung
    chunk: Chunk
    idle: bool

    @property
    def unit(self) -> str:
        return f"chunks/{self.piece_id}"

    @property
    def piece(self) -> Piece:
        """As the ledger keeps it; what it weighs are the pixels to encode."""
        frames = self.chunk.film_ms * self.plan.grid.fps_num / self.plan.grid.fps_den / 1000
        weight = max(1, round(frames * self.rung.width_px * self.rung.height_px))
        return Piece(self.film.job_id, self.piece_id, self.rung.name, max(1, round(self.chunk.film_ms)), weight)


def errands(work: Work, rungs: Sequence[Rung], *, idle: bool) -> list[Errand]:
    """Rung by rung, each from the film's beginning."""
    return [_errand(work, rung, chunk, idle) for rung in rungs if not rung.copied for chunk in work.plan.chunks]


def _errand(work: Work, rung: Rung, chunk: Chunk, idle: bool) -> Errand:
    grid = work.plan.grid
    cuts_ms = tuple(at_ms for at_ms in grid.cuts_ms if chunk.begins_ms <= at_ms and (chunk.last or at_ms < chunk.ends_ms))
    plan = replace(work.plan, first=(), full=(), sounds=(), chunks=(), grid=replace(grid, cuts_ms=cuts_ms))
    return Errand(replace(work.film, sidecars=()), chunk_id(work.digest, plan, rung, chunk), plan, rung, chunk, idle)
