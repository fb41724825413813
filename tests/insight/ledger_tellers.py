"""Browsers that tell what was watched, as the real ones do: numbered, from the oldest fact that was not acknowledged, again and
again until all are. Now and then an answer is lost on its way, and now and then a batch of long ago is told once more.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

VIEW = 25
"""Facts of one view: a thumb, then stretches; with the last it is over."""

AT_ONCE = 100
LOST, AGAIN = 0.05, 0.05
RUNTIME_MS = 5_400_000
LONGEST_STRETCH_MS = 60_000
THUMBS = ("UP", "DOWN", "LOVE")
SAY_AGAIN_S = 0.02


@dataclass
class Pace:
    """How many facts are acknowledged, and may be, so that those who kill keep up with those who tell."""

    acknowledged: int = 0
    allowed: int = 0


class Teller:
    """One page of one profile. Its views differ in how long each stretch was: a sum is right if each stretch is in it once."""

    def __init__(self, number: int, facts: int, socket: Path, pace: Pace) -> None:
        self.profile = f"profile-{number:04d}"
        self._producer, self._account = f"a-page-of-profile-{number:04d}", f"account-{number:04d}"
        self._dice = random.Random(number)
        self._stretches = [self._dice.randrange(1, LONGEST_STRETCH_MS) for _ in range(facts)]
        self._began_ms = time.time_ns() // 1_000_000
        self._next, self._done, self._pace = 1, b"", pace
        self._client = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(socket)), timeout=30.0)

    def told(self) -> Iterator[tuple[str, int]]:
        """All it will have told: each fact's producer and number."""
        return ((self._producer, sequence) for sequence in range(1, len(self._stretches) + 1))

    def views(self) -> dict[str, int]:
        """How long each of its views was watched, in ms."""
        watched = dict[str, int]()
        for index, stretch_ms in enumerate(self._stretches):
            watched.setdefault(self._view(index), 0)
            watched[self._view(index)] += stretch_ms if index % VIEW else 0
        return watched

    async def tell_all(self) -> None:
        while self._next <= len(self._stretches):
            if self._pace.acknowledged >= self._pace.allowed:
                await asyncio.sleep(0.01)
            elif answer := await self._tell(batch := self._batch()):
                if self._dice.random() < LOST:
                    continue
                if self._done and self._dice.random() < AGAIN:
                    await self._tell(self._done)
                self._pace.acknowledged += answer + 1 - self._next
                self._next, self._done = answer + 1, batch
        await self._client.aclose()

    async def _tell(self, batch: bytes) -> int:
        """The number up to which all is acknowledged; 0: nobody said so."""
        who = {"x-matinee-account": self._account, "x-matinee-profile": self.profile}
        try:
            answer = await self._client.post("http://house/beacons", content=batch, headers=who)
        except httpx.TransportError:
            await asyncio.sleep(SAY_AGAIN_S)
            return 0
        if answer.status_code in (429, 503):
            await asyncio.sleep(10 * SAY_AGAIN_S)
            return 0
        assert answer.status_code == 200, answer.text
        assert answer.json()["refused"] == {}
        return answer.json()["ledger"]

    def _batch(self) -> bytes:
        upto = min(self._next + self._dice.randrange(1, AT_ONCE + 1), len(self._stretches) + 1)
        facts = [self._fact(sequence - 1) for sequence in range(self._next, upto)]
        now_ms = time.time_ns() // 1_000_000
        return msgspec.json.encode({"producer": self._producer, "profile": self.profile, "sentAt": now_ms, "ledger": facts})

    def _view(self, index: int) -> str:
        return f"{self.profile}-view-{index // VIEW}"

    def _fact(self, index: int) -> dict[str, object]:
        number, stretch_ms = index % VIEW, self._stretches[index]
        about = {"seq": index + 1, "at": self._began_ms - len(self._stretches) + index, "title": f"title-{stretch_ms % 7}"}
        if number == 0:
            return {**about, "thumbed": {"thumb": THUMBS[index // VIEW % len(THUMBS)]}}
        position_ms, is_last = number * RUNTIME_MS // (VIEW - 1), number == VIEW - 1
        watched = {"positionMs": position_ms, "runtimeMs": RUNTIME_MS, "watchedMs": stretch_ms}
        title = f"title-{index // VIEW % 50}"
        said = {"watched": {**watched, "finished": is_last and stretch_ms % 2 == 0, "over": is_last}}
        return {**about, "title": title, "view": self._view(index), **said}
