"""The studio's workbench on disk: a folder for each attempt, gone when it ends. The workers of one machine share it."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from matinee.studio.publish import RECIPE_VERSION


@dataclass(frozen=True)
class Scratch:
    root: Path

    def folder(self, attempt_id: str) -> Path:
        """Made when missing. Rungs of an older recipe do not count as made."""
        folder = self.root / f"{attempt_id}-{RECIPE_VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def remove(self, attempt_id: str) -> None:
        shutil.rmtree(self.root / f"{attempt_id}-{RECIPE_VERSION}", ignore_errors=True)

    def keep_only(self, jobs: Callable[[], Iterable[str]]) -> None:
        """Clears what no unfinished job will ask for (a job is named `<attempt id>-<what>`).

        What a dead worker left half made in the folder of a living job goes with the folder: it may be another's, under way.
        """
        # Looked at before the jobs are: a folder made since then is not ours to judge.
        folders = list(self.root.iterdir()) if self.root.is_dir() else []
        wanted = {f"{job.rpartition('-')[0]}-{RECIPE_VERSION}" for job in jobs()}
        for folder in folders:
            if folder.name not in wanted:
                shutil.rmtree(folder, ignore_errors=True)
