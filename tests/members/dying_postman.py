"""A process that writes two letters and dies on the way, by SIGKILL, at the n-th time that it asks something of a store.

Run with a folder and a mail server's port. It tries every n in turn, each in a folder of its own with a child of its own, until
one lives to the end; then once for each word of the mail server at which somebody outside kills it. It prints who died.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from matinee.engines.manual_clock import ManualClock
from matinee.members.facts import TOPIC
from matinee.members.letter_mail import Sender
from matinee.members.smtp_way import SmtpWay
from matinee.ports.log import Entry
from members.letters import PAID, RESTS
from members.post_office import PostOffice, told

WORDS = ("RCPT", "DATA")


class Mortal:
    """Passes on what it is asked, and dies when its hour comes: after one asking, which is before the next."""

    def __init__(self, inner: Any, tick: Callable[[], None]) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Any:
        inner: Callable[..., Awaitable[Any]] = getattr(self._inner, name)

        async def asked(*args: Any) -> Any:
            self._tick()
            answer = await inner(*args)
            return Mortal(answer, self._tick) if name == "subscribe" else answer

        return asked


def sender_of(folder: Path) -> Sender:
    """By whom one knows from which folder a letter comes."""
    return Sender(f"films@{folder.name}.example.org")


async def write_two_letters(folder: Path, port: int, hour: int) -> None:
    folder.mkdir()
    left = hour

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    office = await PostOffice(folder, SmtpWay("localhost", port, "none"), ManualClock(), sender=sender_of(folder)).open()
    facts = [told(fact_id="f1", **PAID), told(fact_id="f2", **RESTS)]
    await office.log.append(TOPIC, [Entry(each.account_id, each.SerializeToString()) for each in facts])
    (folder / "pid").write_text(str(os.getpid()))
    notices = office.notices
    notices._sql, notices._log = Mortal(office.sql, tick), Mortal(office.log, tick)  # type: ignore[assignment]
    notices._identity = Mortal(office.members, tick)  # type: ignore[assignment]
    await notices.start()
    hearing = asyncio.create_task(notices.keep_hearing())
    while len(await office.letters()) < 2:
        await asyncio.sleep(0.01)
    while "WAITING" in await office.states():
        await notices.send_waiting()
    hearing.cancel()
    await office.close()


def lived(folder: Path, port: int, hour: int) -> bool:
    """Whether the child came to its end."""
    if (child := os.fork()) == 0:
        asyncio.run(write_two_letters(folder, port, hour))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main(base: Path, port: int) -> None:
    hour = 1
    while not lived(base / str(hour), port, hour):
        print("died", hour)
        hour += 1
    print("lived", hour)
    for word in WORDS:
        print("lived" if lived(base / word, port, 0) else "died", word)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
