"""Steering: sends a viewer to the best boxes by addresses already signed, and gives the boxes their keys."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matinee.contracts import steering_pb2 as pb
from matinee.contracts.ids import BoxId, EditionId
from matinee.edge.choose import BadViewerAddress, BoxPlace, base_url, best_boxes
from matinee.edge.keys import KeyFile
from matinee.edge.rotation import signing
from matinee.edge.tokens import lifetime_ms, mint
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused

TURN_S = 10.0
ASK_AGAIN_MS = 3000


@dataclass(frozen=True)
class SteeringSettings:
    state: Path
    boxes: tuple[BoxPlace, ...]


class Steering:
    """Implements `SteeringService`. What boxes said is kept in memory only: after ten seconds it is worth nothing."""

    def __init__(self, *, clock: Clock, settings: SteeringSettings) -> None:
        self._clock = clock
        self._boxes = settings.boxes
        self._keys = KeyFile(settings.state / "secrets" / "box-keys.json")
        self._served_s: dict[BoxId, float] = {}

    async def start(self) -> None:
        await asyncio.to_thread(self._keys.open)
        await self._turn_keys()

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("turn box keys", self._keep_turning_keys),)

    async def close(self) -> None:
        self._served_s.clear()

    async def steer(self, request: pb.SteerRequest, call: Call) -> pb.SteerAnswer:
        now_ms = self._clock.now_ms()
        places = best_boxes(self._boxes, self._served_s, EditionId(request.edition_id), self._clock.monotonic_s())
        if not places:
            reason = "The screening room is still being opened. Give it a moment and press Play again."
            raise Refused("not_yet", "Almost ready.", reason, until_ms=now_ms + ASK_AGAIN_MS)
        key = signing(self._keys.ring, now_ms)
        exp_s = (now_ms + lifetime_ms(request.runtime_ms)) // 1000
        try:
            token = mint(key.secret, key.kid, exp_s, request.view_id, f"films/{request.edition_id}")
            bases = [base_url(place, request.scheme, request.host) + token for place in places]
        except BadViewerAddress as error:
            reason = f"This film cannot be sent to where you are: {error}. Open Matinee by its usual address."
            raise Refused("invalid", "We lost your address.", reason, field="host") from error
        except ValueError as error:
            raise Refused("invalid", "This film cannot be played.", f"Steering was asked in a wrong way: {error}.") from error
        return pb.SteerAnswer(bases=bases, until_ms=exp_s * 1000)

    async def report(self, request: pb.BoxReport, call: Call) -> pb.BoxOrders:
        box_id = BoxId(request.box_id)
        if all(place.box_id != box_id for place in self._boxes):
            raise Refused(
                "missing", "Unknown box.", f"No box '{box_id}' is in the topology: add [box.{box_id}] or stop its agent."
            )
        if request.serving:
            self._served_s[box_id] = self._clock.monotonic_s()
        else:
            self._served_s.pop(box_id, None)
        return pb.BoxOrders(token_keys={key.kid: key.secret for key in self._keys.ring})

    async def _keep_turning_keys(self) -> None:
        while True:
            await self._turn_keys()
            await self._clock.sleep(TURN_S)

    async def _turn_keys(self) -> None:
        ring = self._keys.turned(self._clock.now_ms())
        if ring != self._keys.ring:
            await asyncio.to_thread(self._keys.keep, ring)
