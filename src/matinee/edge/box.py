"""The agent beside a box: sees whether it serves, tells steering, and sees to it that it holds the right keys.

Nothing is remembered about the box. Each round asks which keys it holds and compares that with steering's last orders, so
a restarted nginx, one that forgot, or one that never knew are all the same case. A box without its keys would refuse
every viewer; it is never reported as serving.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Gauge

from matinee.contracts import steering_pb2 as pb
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_rpc import SteeringClient
from matinee.edge.agent import BoxSilent, counts_of, digest, keys_held, put_keys
from matinee.edge.load import Counts, load_between
from matinee.edge.shelf import Shelf, shelf_of
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

EVERY_S = 2.0
SOONEST_S = 0.1
BOX_ANSWERS_WITHIN_S = 1.0
STEERING_ANSWERS_WITHIN_S = 2.0
WALK_EVERY_S = 60.0

SERVING = Gauge("matinee_box_serving", "1: the box gives films; 0: viewers are sent elsewhere", ["box"])
REQUESTS = Gauge("matinee_box_requests_per_second", "What viewers ask of the box", ["box"])
BITS = Gauge("matinee_box_bits_per_second", "What the box gives", ["box"])
REFUSED = Gauge("matinee_box_refused_per_second", "Requests without a good token", ["box"])
HIT_RATIO = Gauge("matinee_box_hit_ratio", "Which part of what was asked lay in the cache; 0 when nothing was asked", ["box"])
CACHED = Gauge("matinee_box_cached_bytes", "What lies in the cache, counted each minute", ["box"])


@dataclass(frozen=True)
class BoxSettings:
    box_id: BoxId
    folder: Path
    cache_bytes: int


class Box:
    """Speaks no rpc itself: it only reports."""

    def __init__(self, *, clock: Clock, steering: SteeringClient, settings: BoxSettings) -> None:
        self._clock = clock
        self._steering = steering
        self._settings = settings
        self._orders: Mapping[str, str] = {}
        self._counted: tuple[float, Counts] | None = None
        self._load = pb.BoxLoad()
        self._shelf = Shelf()

    async def start(self) -> None:
        """Nothing to open: the first round follows at once."""

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        name = f"box {self._settings.box_id}"
        return ((name, self._keep_reporting), (f"{name}'s cache", self._keep_walking))

    async def close(self) -> None:
        """Nothing to close: steering forgets a box that falls silent."""

    async def round(self) -> bool:
        """Looks, reports, obeys; whether the box serves. A box that has just become ready is reported without delay."""
        held, problem = await self._hear(keys_held(self._settings.folder))
        ready = self._right(held)
        await self._count(answers=bool(held))
        await self._report(ready, "" if ready else problem or "it does not hold its keys yet")
        if held and not self._right(held):
            held, problem = await self._hear(put_keys(self._settings.folder, self._orders))
        serves = self._right(held)
        if serves != ready:
            await self._report(serves, problem)
        return serves

    async def _keep_reporting(self) -> None:
        """Every two seconds; sooner while a box is coming up, so that a starting service need not wait for it."""
        pause_s = SOONEST_S
        while True:
            if await self.round():
                await self._clock.sleep(EVERY_S)
                pause_s = SOONEST_S
            else:
                await self._clock.sleep(pause_s)
                pause_s = min(EVERY_S, pause_s * 2)

    def _right(self, held: str) -> bool:
        return bool(self._orders) and held == digest(self._orders)

    async def _hear(self, answer: Awaitable[str]) -> tuple[str, str]:
        """The digest of the keys held, or why there is none."""
        try:
            async with self._clock.timeout(BOX_ANSWERS_WITHIN_S):
                return await answer, ""
        except BoxSilent as error:
            return "", str(error)
        except TimeoutError:
            return "", f"{self._settings.folder}: nginx did not answer within {BOX_ANSWERS_WITHIN_S:g} s"

    async def _count(self, answers: bool) -> None:
        """What the box gave since it was last counted. A box that does not answer gives nothing and is counted anew later."""
        before, self._counted = self._counted, None
        self._load = pb.BoxLoad()
        if not answers:
            return
        try:
            async with self._clock.timeout(BOX_ANSWERS_WITHIN_S):
                counts = await counts_of(self._settings.folder)
        except (BoxSilent, TimeoutError):
            return
        now_s = self._clock.monotonic_s()
        self._counted = now_s, counts
        load = load_between(before[1], counts, now_s - before[0]) if before else None
        if load:
            self._load = pb.BoxLoad(
                requests_per_s=load.requests_per_s,
                bits_per_s=load.bits_per_s,
                hit_ratio=load.hit_ratio,
                refused_per_s=load.refused_per_s,
            )

    async def _keep_walking(self) -> None:
        while True:
            self._shelf = await asyncio.to_thread(shelf_of, self._settings.folder / "cache")
            await self._clock.sleep(WALK_EVERY_S)

    async def _report(self, serving: bool, problem: str) -> None:
        """Tells steering and takes its orders. Without an answer the old orders are worth nothing: keys may have turned."""
        self._orders = {}
        self._show(serving)
        deadline_s = self._clock.monotonic_s() + STEERING_ANSWERS_WITHIN_S
        call = Call(trace_id=uuid.uuid4().hex, caller="box", deadline_s=deadline_s, house=True)
        report = pb.BoxReport(
            box_id=self._settings.box_id,
            serving=serving,
            problem=problem,
            load=self._load,
            inventory=pb.BoxInventory(
                cached_bytes=self._shelf.bytes, capacity_bytes=self._settings.cache_bytes, files=self._shelf.files
            ),
        )
        self._orders = dict((await self._steering.report(report, call)).token_keys)

    def _show(self, serving: bool) -> None:
        """The same, as figures for who keeps an eye on the house."""
        box, load = self._settings.box_id, self._load
        SERVING.labels(box).set(serving)
        REQUESTS.labels(box).set(load.requests_per_s)
        BITS.labels(box).set(load.bits_per_s)
        REFUSED.labels(box).set(load.refused_per_s)
        HIT_RATIO.labels(box).set(load.hit_ratio)
        CACHED.labels(box).set(self._shelf.bytes)
