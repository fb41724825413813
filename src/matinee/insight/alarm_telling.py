"""Telling of alarms: what is due is taken up by one conditional write, posted, and tried again with longer and longer pauses.

An exchange as a whole, name, connection, sending and answer together, has ten seconds: a listener that answers drop by drop holds
nobody up. It may be told twice when who told it dies over it, or when the answer is lost; the dedup key makes one of the two.
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

NOTICES = Counter("matinee_alarm_notices_total", "Tries to tell somebody of an alarm, by how it ended", ["kind", "outcome"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("alarms")


class Teller:
    def __init__(self, sql: Sql, clock: Clock, ways: Sequence[Way], house: str, link: str) -> None:
        self._sql = sql
        self._clock = clock
        self._ways: Mapping[str, Way] = {each.name: each for each in ways}
        self._house = house
        self._link = link
        # Nothing of the machine's surroundings: where alarms go stands in the topology alone.
        self._http = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=EXCHANGE_WITHIN_S)

    @property
    def names(self) -> Sequence[str]:
        return tuple(self._ways)

    async def close(self) -> None:
        await self._http.aclose()

    async def keep_telling(self) -> None:
        while True:
            await self.round()
            await self._clock.sleep(ROUND_EVERY_S)

    async def round(self) -> int:
        """How many were due."""
        if not self._ways:
            return 0
        waiting = await self._sql.read(lambda db: shelf.due(db, self.names, self._clock.now_ms()))
        await asyncio.gather(*(self._take(each) for each in waiting))
        return len(waiting)

    async def _take(self, told: Told) -> None:
        now_ms, way = self._clock.now_ms(), self._ways[told.way]
        if not await self._sql.transact(lambda db: shelf.take_up(db, told, now_ms)):
            return
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
