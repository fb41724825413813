"""Whoever dies over a letter sends it once or leaves it in doubt; no letter is lost and none comes twice."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from matinee.contracts import notices_pb2 as pb
from matinee.engines.manual_clock import ManualClock
from matinee.topology import REPOSITORY
from members.dying_postman import sender_of
from members.post_office import CALL, NOW_MS, PostOffice, Sink

AN_HOUR_LATER_MS = NOW_MS + 3_600_000


async def test_killed_at_every_step_a_letter_comes_once_or_is_in_doubt(tmp_path: Path) -> None:
    """At each question to a store, and at each word to the mail server, a process is killed; another one goes on."""

    async def kill(word: str) -> None:
        marked = tmp_path / word / "pid"
        if marked.exists():
            os.kill(int(marked.read_text()), signal.SIGKILL)
            marked.unlink()

    async with Sink(when=kill).open() as sink:
        died = await _all_that_die(tmp_path, sink)
        assert len(died) > 20
        assert {"RCPT", "DATA"} <= set(died)
        ends = Counter[str]()
        for step in died:
            for state in await _what_became(tmp_path / step, sink):
                ends[state] += 1
        print(f"{len(died)} deaths, {sum(ends.values())} letters: {dict(ends)}")
    assert set(ends) <= {"sent", "in doubt, came", "in doubt, did not come"}
    assert ends["sent"] > len(died)
    assert ends["in doubt, came"] > 0


async def _all_that_die(folder: Path, sink: Sink) -> list[str]:
    """At which steps somebody was killed, each in a folder of that name."""
    path = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'tests'}:{REPOSITORY}"}
    argv = [str(REPOSITORY / "tests" / "members" / "dying_postman.py"), str(folder), str(sink.port)]
    mortal = await asyncio.create_subprocess_exec(
        sys.executable, "-u", *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=path
    )
    told, _ = await mortal.communicate()
    assert mortal.returncode == 0
    return [line.removeprefix("died ") for line in told.decode().splitlines() if line.startswith("died ")]


async def _what_became(folder: Path, sink: Sink) -> list[str]:
    """Another process goes on where one died, an hour later; what became of its letters."""
    office = await PostOffice(folder, sink.way(), ManualClock(AN_HOUR_LATER_MS), sender=sender_of(folder)).open()
    hearing = asyncio.create_task(office.notices.keep_hearing())
    while len(await office.letters()) < 2:
        await asyncio.sleep(0.005)
    hearing.cancel()
    await office.notices.tidy()
    for _ in range(3):
        await office.notices.send_waiting()
    came = [mail["Message-ID"].lower() for mail in sink.mails]
    ends: list[str] = []
    for letter in (await office.letters()).values():
        times = came.count(f"<{letter.letter_id}@{folder.name}.example.org>".lower())
        assert times <= 1, f"{folder.name}: {letter.letter_id} came {times} times"
        if letter.state == pb.LETTER_SENT:
            assert times == 1, f"{folder.name}: {letter.letter_id} is called sent and never came"
            ends.append("sent")
        else:
            assert letter.state == pb.LETTER_IN_DOUBT, f"{folder.name}: {letter}"
            assert "send it again" in letter.problem
            ends.append("in doubt, came" if times else "in doubt, did not come")
            await office.notices.send_again(pb.LetterId(letter_id=letter.letter_id), CALL)
    await office.close()
    return ends
