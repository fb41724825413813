"""A still copy of a house's SQLite files: whoever opens the files themselves writes to them, if only to tidy up."""

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from matinee.subjects import KEPT
from matinee.topology import Topology

BESIDE = ("", "-wal", "-journal")
"""A file, and what was written and is not in it yet, or is in it and is to be undone; an index of that is made anew by whoever
opens it."""

SCHEME = "sqlite:///"
WAREHOUSE = "warehouse"
"""The catalog of the warehouse, whose tables are not ours to describe."""


def snapshot(house: Topology, folder: Path) -> Topology:
    """The same house, its SQLite engines on copies in the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    stores = [("sql", subject) for subject in (*KEPT, WAREHOUSE)] + [("rows", ""), ("log", "")]
    copied: dict[str, str] = {}
    for port, service in stores:
        url = house.engine_url(port, service)
        if url.startswith(SCHEME):
            name = f"{port}-{service}.db"
            for suffix in BESIDE:
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{url.removeprefix(SCHEME)}{suffix}", f"{folder / name}{suffix}")
            copied[port] = f"{SCHEME}{folder}/{port}-{'{service}' if port == 'sql' else ''}.db"
    return replace(house, engines=replace(house.engines, **copied))
