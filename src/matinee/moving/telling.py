"""How a move looks to whoever waits for it: bars in a terminal, plain lines elsewhere, and at the end a table of both houses."""

import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from matinee.moving.house import Compared

TELL_EVERY_S = 2.0

out = Console(width=None if sys.stdout.isatty() else 130, highlight=False)


class Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def told(part: str, done: int, total: int) -> Generator[Callable[[int], None]]:
    """To be called with how much of the part is done."""
    if out.is_terminal:
        columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        with Progress(*columns, console=out) as bars:
            task = bars.add_task(part, total=total, completed=done)
            yield lambda now: bars.update(task, completed=now)
        return
    lines = _Lines(part, done, total)
    yield lines.tell
    lines.end()


class _Lines:
    def __init__(self, part: str, done: int, total: int) -> None:
        self._part, self._begun, self._total, self._now = part, done, total, done
        self._since_s = self._told_s = time.monotonic()

    def tell(self, now: int) -> None:
        self._now = now
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            rate = (now - self._begun) / (now_s - self._since_s)
            out.print(f"{self._part}: {now} of {self._total}, {rate:.0f}/s, {(self._total - now) / max(rate, 0.1):.0f} s left")

    def end(self) -> None:
        took_s = time.monotonic() - self._since_s
        resumed = f", {self._begun} of them before" if self._begun else ""
        out.print(f"{self._part}: {self._now} of {self._total}{resumed}, {took_s:.1f} s")


def planned(rows: Sequence[tuple[str, int]]) -> Table:
    table = Table("part", "things", box=None, pad_edge=False, header_style="bold")
    for name, total in rows:
        table.add_row(name, str(total))
    return table


def compared(parts: Sequence[Compared]) -> Table:
    table = Table("part", "old", "new", "old digest", "new digest", "", box=None, pad_edge=False, header_style="bold")
    for each in parts:
        old, new = each.old, each.new
        table.add_row(each.part, str(old.count), str(new.count), old.digest, new.digest, "equal" if each.equal else "DIFFERENT")
    return table
