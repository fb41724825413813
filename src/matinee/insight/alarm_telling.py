"""Telling of alarms: what is due is taken up by one conditional write, posted, and tried again with longer and longer pauses.

An exchange as a whole, name, connection, sending and answer together, has ten seconds, and nobody waits for another's: a listener
that answers drop by drop, or never, holds nobody up. News is told at least once: when who tells it dies over it, or the answer is
lost, it comes again under the same dedup key, which makes one incident of the two.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import structlog
from prometheus_client import Counter

from matinee.insight import alarm_shelf as shelf
from matinee.insight.alarm_shelf import Told
from matinee.insight.alarm_ways import Way, came_of, pagerduty, pause_ms, signature, webhook
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

EXCHANGE_WITHIN_S = 10.0
ROUND_EVERY_S = 1.0
AT_ONCE = 4
"""So many exchanges with one listener, however much goes wrong."""

NOTICES = Counter("matinee_alarm_notices_total", "Tries to tell somebody of an alarm, by how it ended", ["kind", "outcome"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("alarms")


class Teller:
    def __init__(self, sql: Sql, clock: Clock, ways: Sequence[Way], house: str, link: str) -> None:
        self._sql = sql
        self._clock = clock
        self._ways: Mapping[str, Way] = {each.name: each for each in ways}
        self._house = house
        self._link = link
        self._lines = {each.name: asyncio.Semaphore(AT_ONCE) for each in ways}
        self._going: dict[tuple[str, str], asyncio.Task[None]] = {}  # by listener and alarm
        # Nothing of the machine's surroundings: where alarms go stands in the topology alone.
        self._http = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=EXCHANGE_WITHIN_S)

    @property
    def names(self) -> Sequence[str]:
        return tuple(self._ways)

    async def close(self) -> None:
        await self._http.aclose()

    async def keep_telling(self) -> None:
        try:
            while True:
                await self._begin()
                await self._clock.sleep(ROUND_EVERY_S)
                self._take_ended()
        finally:
            for task in self._going.values():
                task.cancel()
            self._going.clear()

    async def round(self) -> None:
        """All that is due now, to its end."""
        await self._begin()
        await asyncio.gather(*self._going.values())
        self._take_ended()

    async def _begin(self) -> None:
        """What is due and not under way."""
        if not self._ways:
            return
        for told in await self._sql.read(lambda db: shelf.due(db, self.names, self._clock.now_ms())):
            key = (told.way, told.news.alarm)
            if key not in self._going:
                self._going[key] = asyncio.ensure_future(self._take(told))

    def _take_ended(self) -> None:
        for key in [key for key, task in self._going.items() if task.done()]:
            self._going.pop(key).result()

    async def _take(self, told: Told) -> None:
        async with self._lines[told.way]:
            now_ms = self._clock.now_ms()
            if await self._sql.transact(lambda db: shelf.take_up(db, told, now_ms)):
                await self._tell(self._ways[told.way], told)

    async def _tell(self, way: Way, told: Told) -> None:
        outcome, problem = await self._exchange(way, told)
        now_ms = self._clock.now_ms()
        if outcome == "again" and shelf.is_too_old(told, now_ms):
            outcome, problem = "never", f"given up after a day: {problem}"
        state = {"told": "told", "again": "waiting", "never": "given up"}[outcome]
        due_ms = now_ms + pause_ms(told.tries)
        await self._sql.transact(lambda db: shelf.settle(db, told, state, due_ms, problem))
        NOTICES.labels(way.kind, outcome).inc()
        log.info("alarm told", alarm=told.news.alarm, firing=told.news.firing, to=way.name, outcome=outcome, why=problem)

    async def _exchange(self, way: Way, told: Told) -> tuple[str, str]:
        """What came of it, and why not."""
        try:
            body, headers = self._written(way, told)
            # The answer's body is nobody's business, and may be endless.
            asked = self._http.stream("POST", way.address, content=body, headers=headers)
            async with self._clock.timeout(EXCHANGE_WITHIN_S), asked as answer:
                status = answer.status_code
        except TimeoutError:
            return "again", f"{way.kind} did not answer within {EXCHANGE_WITHIN_S:.0f} seconds"
        except OSError as error:
            return "again", f"the key of {way.kind} cannot be read ({error.strerror}): see [alarms] in the topology"
        except (httpx.InvalidURL, UnicodeError) as error:
            return "again", f"what [alarms] in the topology says of {way.kind} cannot be used ({type(error).__name__})"
        except httpx.HTTPError as error:
            return "again", f"{way.kind} cannot be reached ({type(error).__name__})"
        outcome = came_of(status)
        return outcome, "" if outcome == "told" else f"{way.kind} answered {status}"

    def _written(self, way: Way, told: Told) -> tuple[bytes, dict[str, str]]:
        # Read each time: a key that is turned is taken up without a restart.
        key = Path(way.key).read_text().strip() if way.key else ""
        headers = {"content-type": "application/json", "user-agent": "Matinee"}
        if way.kind == "pagerduty":
            return pagerduty(told.news, self._house, self._link, key), headers
        body = webhook(told.news, self._house, self._link)
        return body, headers | ({"matinee-signature": signature(body, key, self._clock.now_ms())} if key else {})
