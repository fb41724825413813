"""What a job of the studio is about: one finding of a film, and what is known of it once it is planned."""

from dataclasses import dataclass
from pathlib import Path

from matinee.studio.intake import FoundFile
from matinee.studio.ladder import Plan
from matinee.studio.publish import job_id
from matinee.studio.source import SourceFacts


@dataclass(frozen=True)
class Film:
    """One finding of a file. Each `attempt` at it begins anew; what earlier ones left undone is none of its business."""

    title_id: str
    path: str
    size_bytes: int
    modified_ns: int
    finding: int = 0
    attempt: int = 1
    sidecars: tuple[str, ...] = ()  # whose they are the library has decided

    @property
    def film(self) -> "Film":
        return self

    @property
    def job_id(self) -> str:
        return job_id(self.title_id, self.size_bytes, self.modified_ns, self.finding)

    @property
    def attempt_id(self) -> str:
        return f"{self.job_id}-{self.attempt}"

    @property
    def beside(self) -> list[Path]:
        """The owner's subtitles and pictures."""
        return [Path(path) for path in self.sidecars]

    @property
    def file(self) -> FoundFile:
        return FoundFile(Path(self.path), self.size_bytes, self.modified_ns)


@dataclass(frozen=True)
class Work:
    """A film that is planned; travels from job to job."""

    film: Film
    digest: str
    source: SourceFacts
    plan: Plan
