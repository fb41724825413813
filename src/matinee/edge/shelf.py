"""What lies in a box's cache. A walk costs a look at every file, so it is taken seldom and in a thread."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Shelf:
    files: int = 0
    bytes: int = 0


def shelf_of(cache: Path) -> Shelf:
    """Counts and sums the files of a cache folder, without what nginx is still writing or has just thrown away."""
    files = total_bytes = 0
    for folder, _, names in os.walk(cache):
        for name in names:
            try:
                size_bytes = (Path(folder) / name).lstat().st_size
            except FileNotFoundError:
                continue
            files, total_bytes = files + 1, total_bytes + size_bytes
    return Shelf(files, total_bytes)
