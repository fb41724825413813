"""The studio's workbench on disk: a folder per job, gone when its film is complete."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from matinee.studio.publish import RECIPE_VERSION


@dataclass(frozen=True)
class Scratch:
    root: Path

    def folder(self, job_id: str) -> Path:
        """Made when missing. Rungs of an older recipe do not count as made."""
        folder = self.root / f"{job_id}-{RECIPE_VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def remove(self, job_id: str) -> None:
        shutil.rmtree(self.root / f"{job_id}-{RECIPE_VERSION}", ignore_errors=True)

    def keep_only(self, jobs: Iterable[str]) -> None:
        """Clears what no unfinished job will ask for (a job is named `<job id>-<what>`), and half-made things everywhere."""
        wanted = {f"{job.partition('-')[0]}-{RECIPE_VERSION}" for job in jobs}
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            if folder.name not in wanted:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for half in folder.glob(".*"):
                shutil.rmtree(half) if half.is_dir() else half.unlink()
