"""What accounts are entitled to: the cashier is asked at every play, so that an upgrade counts at the next one.

While he is away, what he said last counts (may_play.counting_on): his accounts being out is no reason to stop anybody's evening.
"""

from collections import OrderedDict

from matinee.contracts.cashier_pb2 import Standing
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.identity_pb2 import AccountId
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Fallback
from matinee.screen.may_play import BY_THE_HOUSE, Allowed, Entitled, Lapsed, counting_on, may_play

BELIEVED_MS = 3_600_000
MOST = 10_000


class Entitlements:
    """A house without a cashier asks nobody for money."""

    def __init__(self, cashier: CashierClient | None, clock: Clock) -> None:
        self._cashier = cashier
        self._clock = clock
        self._as_last_said = Fallback("playback: as the cashier last said", clock)
        self._last: OrderedDict[str, tuple[int, Entitled]] = OrderedDict()

    async def allowed(self, account_id: str, house_screens: int, call: Call) -> Allowed:
        """On how many screens, and how tall; or Refused "lapsed"."""
        answer = may_play(await self._of(account_id, call), house_screens)
        if isinstance(answer, Lapsed):
            raise Refused("lapsed", answer.title, answer.reason)
        return answer

    async def _of(self, account_id: str, call: Call) -> Entitled:
        cashier = self._cashier
        if cashier is None:
            return BY_THE_HOUSE
        answer = await self._as_last_said.instead(lambda: cashier.entitled(AccountId(account_id=account_id), call))
        now_ms = self._clock.now_ms()
        if answer is None:
            said_ms, last = self._last.get(account_id, (now_ms, None))
            return counting_on(last, now_ms - said_ms, BELIEVED_MS)
        standing = Standing.Name(answer.standing) if answer.standing in Standing.values() else str(answer.standing)
        entitled = Entitled(standing, answer.height, answer.screens, answer.note)
        self._last[account_id] = now_ms, entitled
        self._last.move_to_end(account_id)
        if len(self._last) > MOST:
            self._last.popitem(last=False)
        return entitled
