"""A service that hears facts is killed: whenever that is, each fact that was told stands on the log, and counts once."""

import asyncio
import time
from pathlib import Path

import httpx
import msgspec

from matinee.engines.sqlite_log import SqliteLog
from screen.telling_house import ACCOUNT, LOG, PRODUCER, PROFILE, SOCKET, facts_on, start

FACTS, TELLERS, WITHIN_S = 200, 4, 60.0
WHO = {"x-matinee-account": ACCOUNT, "x-matinee-profile": PROFILE}


class Teller:
    """As a browser does: it tells from the oldest fact that was not acknowledged, again and again, until all are."""

    def __init__(self, folder: Path, name: str) -> None:
        self.producer = PRODUCER + name
        self._client = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(folder / SOCKET)), timeout=5.0)
        self._next = 1

    async def tell_all(self) -> None:
        while self._next <= FACTS:
            try:
                answer = await self._client.post("http://house/beacons", content=self._batch(), headers=WHO)
                self._next = answer.json()["ledger"] + 1
            except httpx.TransportError:
                await asyncio.sleep(0.02)
        await self._client.aclose()

    def _batch(self) -> bytes:
        now_ms = time.time_ns() // 1_000_000
        said = {"view": "v", "title": "t", "at": now_ms, "watched": {"positionMs": 1, "watchedMs": 1}}
        facts = [{"seq": number, **said} for number in range(self._next, min(self._next + 7, FACTS + 1))]
        return msgspec.json.encode({"producer": self.producer, "profile": PROFILE, "sentAt": now_ms, "ledger": facts})


async def test_killed_between_the_log_and_the_word_nothing_is_lost_or_counted_twice(tmp_path: Path) -> None:
    """Facts were appended and nobody was told: they are told again, and by their numbers a reader counts each of them once."""
    process = start(tmp_path, dies_at=3)
    deaths = 0
    async with asyncio.timeout(WITHIN_S):
        telling = asyncio.gather(*(Teller(tmp_path, f"-{number}").tell_all() for number in range(TELLERS)))
        while not telling.done():
            if process.poll() is not None:
                deaths += 1
                process = start(tmp_path, dies_at=5 if deaths < 4 else 0)
            await asyncio.sleep(0.02)
    process.kill()
    process.wait()
    log = SqliteLog(tmp_path / LOG)
    there = [(fact.producer_id, fact.sequence) for fact in await facts_on(log, "ledger")]
    await log.close()
    assert deaths == 4
    assert set(there) == {(f"{PRODUCER}-{number}", seq) for number in range(TELLERS) for seq in range(1, FACTS + 1)}
    assert len(there) > TELLERS * FACTS, "nobody was killed between the append and the word: nothing was tried"
