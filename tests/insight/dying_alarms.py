"""The alarms of a house whose one box is down, alone in a process, to be killed; its clock goes twenty times as fast.

Run with a folder, the port of who is told, and the moment (ms) at which the clock began.
"""

import asyncio
import sys
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from matinee.contracts.figures_pb2 import QualityRequest, QualitySeries
from matinee.contracts.steering_pb2 import BoxList, BoxState, ListBoxesRequest
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.alarm_ways import Way
from matinee.insight.alarms import Alarms, AlarmsSettings
from matinee.ports.rpc import Call

FASTER = 20


class HurryingClock:
    """Goes on where it was for whoever comes after a death. Time-outs go by the wall, for others answer by it."""

    def __init__(self, began_ms: int) -> None:
        self._began_ms = began_ms

    def now_ms(self) -> int:
        return self._began_ms + FASTER * (time.time_ns() // 1_000_000 - self._began_ms)

    def monotonic_s(self) -> float:
        return self.now_ms() / 1000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / FASTER)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)


class House:
    async def quality(self, request: QualityRequest, call: Call) -> QualitySeries:
        return QualitySeries()

    async def list_boxes(self, request: ListBoxesRequest, call: Call) -> BoxList:
        return BoxList(boxes=[BoxState(box_id="a", serving=False, problem="its disk is gone", heard_ms=2**53)])


async def watch(folder: Path, port: int, began_ms: int) -> None:
    house, here = House(), f"http://127.0.0.1:{port}"
    ways = (Way("pagerduty", f"{here}/v2/enqueue", str(folder / "routing")), Way("webhook", f"{here}/hook"))
    alarms = Alarms(
        sql=SqliteSql(folder / "alarms.db"),
        log=SqliteLog(folder / "log.db"),
        clock=HurryingClock(began_ms),
        figures=house,  # pyright: ignore[reportArgumentType]
        steering=house,  # pyright: ignore[reportArgumentType]
        settings=AlarmsSettings("house-1", here, ways),
    )
    await alarms.start()
    await asyncio.gather(*(loop() for _, loop in alarms.loops()))


if __name__ == "__main__":
    asyncio.run(watch(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
