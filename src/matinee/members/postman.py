"""The postman: takes up the letters that wait, writes each, hands it over, and notes what became of it.

Of several postmen one takes a letter up. He may die at any instant. Before the letter was handed over another takes it up after
five minutes; after that nobody does, and it stands as in doubt until the operator has it sent again.
"""

import asyncio
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from prometheus_client import Counter

from matinee.members import letter_shelf as shelf
from matinee.members import letter_states as states
from matinee.members.letter_mail import Draft, Sender, mail_of
from matinee.members.letter_shelf import Letter
from matinee.members.letter_writing import NotWritten, Writing
from matinee.members.post import InDoubt, Never, NotNow, Post
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call
from matinee.ports.sql import Sql
from matinee.ports.unavailable import Unavailable

ROUND_EVERY_S = 1.0
TIDIED_EVERY_S = 60.0
MOST_AT_ONCE = 8
WRITTEN_WITHIN_S = 10.0
LEAVES_WITHIN_S = 5.0
ADDRESSES = re.compile(r"\S+@\S+")
DIED = "whoever handed it over died meanwhile: ask the reader, or send it again"

LETTERS = Counter("matinee_letters_total", "Letters that came into a state", ["state", "kind"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("notices")


@dataclass(frozen=True)
class Fate:
    """What became of a letter that somebody took up."""

    state: str
    problem: str = ""
    more: Mapping[str, object] = field(default_factory=dict[str, object])


class Postman:
    def __init__(self, sql: Sql, clock: Clock, writing: Writing, post: Post | None, sender: Sender) -> None:
        self._sql = sql
        self._clock = clock
        self._writing = writing
        self._post = post
        self._sender = sender

    async def keep_going(self) -> None:
        while True:
            if not await self.round():
                await self._clock.sleep(ROUND_EVERY_S)

    async def keep_tidy(self) -> None:
        while True:
            await self.tidy()
            await self._clock.sleep(TIDIED_EVERY_S)

    async def round(self) -> int:
        """How many letters waited."""
        waiting = await self._sql.read(lambda db: shelf.due(db, self._clock.now_ms(), MOST_AT_ONCE))
        at_work = asyncio.gather(*(self._take(each) for each in waiting))
        try:
            await asyncio.shield(at_work)
        except asyncio.CancelledError:
            # Who is told to leave hands over what he has in his hands: it would be in doubt.
            await asyncio.wait([at_work], timeout=LEAVES_WITHIN_S)
            raise
        return len(waiting)

    async def tidy(self) -> None:
        now_ms = self._clock.now_ms()
        if doubted := await self._sql.transact(lambda db: shelf.doubt(db, now_ms, DIED)):
            LETTERS.labels(states.IN_DOUBT, "").inc(doubted)
            log.warning("letters in doubt", letters=doubted, why=DIED)
        await self._sql.transact(lambda db: shelf.forget(db, now_ms))

    async def _take(self, letter: Letter) -> None:
        attempt, now_ms, began_s = uuid.uuid4().hex, self._clock.now_ms(), self._clock.monotonic_s()
        if not await self._sql.transact(lambda db: shelf.take_up(db, letter, attempt, now_ms)):
            return
        fate = await self._fate(letter, attempt)
        if fate.state == states.WAITING and letter.tries + 1 >= states.MOST_TRIES:
            fate = Fate(states.REFUSED, f"given up after {states.MOST_TRIES} tries: {fate.problem}")
        more = {"problem": fate.problem[:500], **fate.more}
        if fate.state == states.WAITING:
            more["due_ms"] = self._clock.now_ms() + states.wait_ms(letter.tries + 1)
        noted = await self._move(letter, attempt, fate.state, more)
        took_ms = round((self._clock.monotonic_s() - began_s) * 1000)
        log.info(
            "letter",
            letter=letter.letter_id,
            kind=letter.kind,
            account=letter.account_id,
            state=fate.state,
            tries=letter.tries + 1,
            # A mail server likes to repeat whom it refuses.
            why=ADDRESSES.sub("(an address)", fate.problem),
            noted=noted,
            ms=took_ms,
        )

    async def _fate(self, letter: Letter, attempt: str) -> Fate:
        """What there is to note of it after this attempt."""
        call = Call(uuid.uuid4().hex, "notices", self._clock.monotonic_s() + WRITTEN_WITHIN_S, house=True)
        try:
            draft = await self._writing.draft(letter, call)
            if self._post is None:
                return Fate(states.KEPT, more={**_seen(draft), "html": draft.html, "text": draft.text})
            return await self._hand_over(self._post, letter, attempt, draft)
        except NotWritten as end:
            return Fate(end.state, str(end))
        except (NotNow, Unavailable) as later:
            return Fate(states.WAITING, str(later))
        except Never as never:
            return Fate(states.REFUSED, str(never))
        except InDoubt as doubt:
            return Fate(states.IN_DOUBT, str(doubt))

    async def _hand_over(self, post: Post, letter: Letter, attempt: str, draft: Draft) -> Fate:
        async with post.line(draft.recipient) as line:
            if not await self._move(letter, attempt, states.HANDING_OVER, _seen(draft)):
                return Fate(states.WAITING, "another took it up meanwhile")
            await line.say(mail_of(draft, self._sender, self._clock.now_ms()))
        return Fate(states.SENT)

    async def _move(self, letter: Letter, attempt: str, to: str, more: Mapping[str, object]) -> bool:
        now_ms = self._clock.now_ms()
        moved = await self._sql.transact(lambda db: shelf.move(db, letter.letter_id, attempt, to, now_ms, more))
        if moved:
            LETTERS.labels(to, letter.kind).inc()
        return moved


def _seen(draft: Draft) -> dict[str, object]:
    """What the operator sees of a letter, wherever it goes."""
    return {"recipient": draft.recipient, "subject": draft.subject[:300]}
