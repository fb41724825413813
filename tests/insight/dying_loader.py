"""A loader that is killed by SIGKILL at one place of its work after the other: `python -m insight.dying_loader FOLDER`.

It forks children that load what is in the folder's log. A child counts the calls made in Iceberg, in the warehouse and in the
log, and kills itself at the n-th; n is spread over all the calls that a whole load makes. It prints how each child ended.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from insight.stage import loaded, place_in
from matinee.insight.warehouse.tables import Tables
from matinee.insight.warehouse.tidying import tidy

DEATHS = 7
GROWING = 240
"""The n-th child lives for this times n squared calls: some die in their first steps, some in the midst of it."""
AT_ONCE = 250
FOLLOWED = ("pyiceberg/catalog", "pyiceberg/table", "pyiceberg/io", "insight/warehouse", "engines/sqlite_log")
LATER_MS = 4_000_000_000_000


class Hour:
    """Counts calls, in every thread, and kills at the last one."""

    def __init__(self, left: int) -> None:
        self.calls, self._left = 0, left

    def follow(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and any(part in frame.f_code.co_filename for part in FOLLOWED):
            self.calls += 1
            if self.calls == self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def load(folder: Path, hour: Hour) -> None:
    threading.setprofile(hour.follow)
    sys.setprofile(hour.follow)
    tables = Tables(place_in(folder))
    asyncio.run(loaded(folder, tables, AT_ONCE))
    tidy(tables, LATER_MS)


def lived(folder: Path, left: int) -> bool:
    """Whether the child came to its end."""
    if (child := os.fork()) == 0:
        load(folder, Hour(left))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main(folder: Path) -> None:
    for death in range(1, DEATHS + 1):
        print("lived" if lived(folder, GROWING * death * death) else "died", flush=True)
    print("lived" if lived(folder, 0) else "died")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
