"""Steering: sends a viewer to the best boxes by addresses already signed, and gives the boxes their keys."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from matinee.contracts import steering_pb2 as pb
from matinee.contracts.ids import BoxId, EditionId
from matinee.edge.choose import FRESH_S, BadViewerAddress, BoxPlace, Order, Word, base_url, ranked, serves, smoothed
from matinee.edge.keys import fresh_key, turn
from matinee.edge.migrations import MIGRATIONS
from matinee.edge.rotation import Ring, signing
from matinee.edge.tokens import lifetime_ms, mint
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

TURN_S = 10.0
ASK_AGAIN_MS = 3000
BELIEVE_RANKING_S = 10


@dataclass(frozen=True)
class SteeringSettings:
    """`token_s`: no token lives longer than this."""

    boxes: tuple[BoxPlace, ...]
    token_s: int = 12 * 3600


@dataclass(frozen=True)
class Heard:
    """A box's last report, as it came and as it counts."""

    report: pb.BoxReport
    at_ms: int
    word: Word


class Steering:
    """Implements `SteeringService`. What boxes said is kept in memory only: after ten seconds it is worth nothing.

    Of several steerings each is told by every box, and each signs with the keys in `sql`: a new one signs a minute after it was
    made, when all have read it.

    Whoever can call `report` gets the keys, so this service is never to be reached by viewers: within a process it is no
    socket at all, and between processes a unix socket of mode 0600 in the state directory.
    """

    def __init__(self, *, sql: Sql, clock: Clock, settings: SteeringSettings) -> None:
        self._sql = sql
        self._clock = clock
        self._boxes = settings.boxes
        self._longest_token_ms = settings.token_s * 1000
        self._ring: Ring = ()
        self._heard: dict[BoxId, Heard] = {}

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        await self.turn_keys()

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("turn box keys", self._keep_turning_keys),)

    async def close(self) -> None:
        await self._sql.close()

    async def steer(self, request: pb.SteerRequest, call: Call) -> pb.SteerAnswer:
        now_ms = self._clock.now_ms()
        order = self._order(EditionId(request.edition_id))
        key = signing(self._ring, now_ms)
        exp_s = (now_ms + lifetime_ms(request.runtime_ms, self._longest_token_ms)) // 1000
        try:
            path = mint(key.secret, key.kid, exp_s, request.view_id, f"films/{request.edition_id}", request.height)
            pathways = [
                pb.Pathway(box_id=place.box_id, base=base_url(place, request.scheme, request.host) + path)
                for place in (*order.serving, *order.others)
            ]
        except BadViewerAddress as error:
            reason = f"This film cannot be sent to where you are: {error}. Open Matinee by its usual address."
            raise Refused("invalid", "We lost your address.", reason, field="host") from error
        except ValueError as error:
            raise Refused("invalid", "This film cannot be played.", f"Steering was asked in a wrong way: {error}.") from error
        bases = [pathway.base for pathway in pathways[: len(order.serving)]]
        return pb.SteerAnswer(bases=bases, pathways=pathways, token=path.split("/")[1], until_ms=exp_s * 1000)

    async def rank(self, request: pb.RankRequest, call: Call) -> pb.Ranking:
        order = self._order(EditionId(request.edition_id))
        return pb.Ranking(box_ids=[place.box_id for place in order.serving], ttl_s=BELIEVE_RANKING_S)

    async def report(self, request: pb.BoxReport, call: Call) -> pb.BoxOrders:
        place = next((place for place in self._boxes if place.box_id == request.box_id), None)
        if place is None:
            reason = f"No box '{request.box_id}' is in the topology: add [box.{request.box_id}] or stop its agent."
            raise Refused("missing", "Unknown box.", reason)
        now_s, before = self._clock.monotonic_s(), self._heard.get(place.box_id)
        busy = smoothed(before.word if before else None, now_s, request.load.bits_per_s / place.limit_bps)
        word = Word(heard_s=now_s, serving=request.serving, busy=busy)
        self._heard[place.box_id] = Heard(report=request, at_ms=self._clock.now_ms(), word=word)
        return pb.BoxOrders(token_keys={key.kid: key.secret for key in self._ring})

    async def list_boxes(self, request: pb.ListBoxesRequest, call: Call) -> pb.BoxList:
        return pb.BoxList(boxes=[self._state_of(place) for place in self._boxes])

    def _order(self, edition_id: EditionId) -> Order:
        """The boxes for an edition, or Refused while none serves: after a restart all are heard of within seconds."""
        words = {box_id: heard.word for box_id, heard in self._heard.items()}
        order = ranked(self._boxes, words, edition_id, self._clock.monotonic_s())
        if not order.serving:
            reason = "The screening room is still being opened. Give it a moment and press Play again."
            raise Refused("not_yet", "Almost ready.", reason, until_ms=self._clock.now_ms() + ASK_AGAIN_MS)
        return order

    def _state_of(self, place: BoxPlace) -> pb.BoxState:
        address = place.public or f":{place.port}"
        heard = self._heard.get(place.box_id)
        if heard is None:
            return pb.BoxState(box_id=place.box_id, address=address, problem="its agent has not reported yet")
        now_s, report = self._clock.monotonic_s(), heard.report
        serving, silent_s = serves(heard.word, now_s), now_s - heard.word.heard_s
        problem = f"its agent has been silent for {silent_s:.0f} s" if silent_s > FRESH_S else report.problem
        return pb.BoxState(
            box_id=place.box_id,
            serving=serving,
            problem=problem,
            heard_ms=heard.at_ms,
            load=report.load,
            inventory=report.inventory,
            address=address,
        )

    async def _keep_turning_keys(self) -> None:
        while True:
            await self.turn_keys()
            await self._clock.sleep(TURN_S)

    async def turn_keys(self) -> None:
        now_ms, fresh = self._clock.now_ms(), fresh_key()
        self._ring = await self._sql.transact(lambda db: turn(db, now_ms, fresh))
