"""Facts that wait: what was on the log five minutes ago and is in no table yet, job by job.

It is read off the log, by how far the jobs' groups have come. So it is seen whatever became of who runs the jobs: a process that
is away, one that hangs, a loop that fails at the same batch again and again, one that is slower than the facts come.
"""

from collections import deque
from collections.abc import Mapping

from prometheus_client import Gauge

from matinee.insight.streams.keeping import run_of
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.watching import WATCHING
from matinee.ports.clock import Clock
from matinee.ports.log import Log

JOBS = (WATCHING, PLAYING)
LATE_S = 300.0

LATE = Gauge("matinee_late_facts", "Facts that were on the log five minutes ago, and are in no table yet", ["job"])
Ends = Mapping[str, Mapping[int, int]]
"""By topic and partition."""


class LateFacts:
    def __init__(self, log: Log, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._seen: deque[tuple[float, Ends]] = deque()  # the first is the last that is old enough, if any is

    async def look(self) -> Mapping[str, int] | None:
        """How many, by job; None until it was looked for five minutes. Raises LogUnavailable."""
        now_s = self._clock.monotonic_s()
        self._seen.append((now_s, {job.topic: await self._log.ends(job.topic) for job in JOBS}))
        while len(self._seen) > 1 and self._seen[1][0] <= now_s - LATE_S:
            self._seen.popleft()
        at_s, ends = self._seen[0]
        if at_s > now_s - LATE_S:
            return None
        late = dict[str, int]()
        for job in JOBS:
            done = (await self._log.standings(job.topic)).get(run_of(job), {})
            late[job.name] = sum(max(0, end - done.get(partition, 0)) for partition, end in ends[job.topic].items())
            LATE.labels(job.name).set(late[job.name])
        return late
