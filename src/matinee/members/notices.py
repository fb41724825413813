"""Notices: tells members in letters what happened to them, in their language, and never the same twice.

A fact on the log becomes its letters in one transaction, before the log is told that it was read; a letter is known by its fact,
so that a fact told twice makes one. The postman (`postman.py`) does the rest.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from matinee.contracts import notices_pb2 as pb
from matinee.contracts.events_pb2 import PASSWORD_RESET, MemberFact
from matinee.contracts.identity_pb2 import AccountId, ProfileId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.members import letter_kinds as kinds
from matinee.members import letter_shelf as shelf
from matinee.members import letter_states as states
from matinee.members import letter_wishes as wishes
from matinee.members.facts import TOPIC
from matinee.members.letter_mail import Sender
from matinee.members.letter_writing import Writing
from matinee.members.notices_migrations import MIGRATIONS
from matinee.members.post import ANSWERS_WITHIN_S, LAST_WORD_WITHIN_S, Post
from matinee.members.postman import LETTERS, Postman
from matinee.members.smtp_way import SmtpWay
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

MOST_AT_ONCE = 64
WAIT_S = 5.0
STATES: Mapping[str, pb.LetterState] = {
    states.WAITING: pb.LETTER_WAITING,
    states.HANDING_OVER: pb.LETTER_HANDING_OVER,
    states.SENT: pb.LETTER_SENT,
    states.KEPT: pb.LETTER_KEPT,
    states.REFUSED: pb.LETTER_REFUSED,
    states.IN_DOUBT: pb.LETTER_IN_DOUBT,
    states.UNWANTED: pb.LETTER_UNWANTED,
    states.OVER: pb.LETTER_OVER,
    states.LATE: pb.LETTER_LATE,
}


@dataclass(frozen=True)
class NoticesSettings:
    house: str  # where people reach it: where links lead
    sender: Sender
    smtp: SmtpWay | None  # None: letters are kept, and the operator reads them
    answers_within_s: float = ANSWERS_WITHIN_S  # the mail server
    last_word_within_s: float = LAST_WORD_WITHIN_S  # once it has the letter


class Notices:
    """Implements `NoticesService`."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, identity: IdentityClient, settings: NoticesSettings) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock
        self._identity = identity
        self._settings = settings

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        new = secrets.token_bytes(32)
        self._key = await self._sql.transact(lambda db: wishes.key(db, new))
        if self._settings.smtp:
            await self._sql.transact(shelf.blot_out)
        self._postman = self._made_postman()

    def _made_postman(self) -> Postman:
        given = self._settings
        post = Post(given.smtp, given.sender, given.answers_within_s, given.last_word_within_s) if given.smtp else None
        writing = Writing(self._sql, self._identity, given.house, self._key)
        return Postman(self._sql, self._clock, writing, post, given.sender)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (
            ("notices.hearing", self.keep_hearing),
            ("notices.postman", self._postman.keep_going),
            ("notices.tidying", self._postman.keep_tidy),
        )

    async def close(self) -> None:
        await self._sql.close()

    async def keep_hearing(self) -> None:
        """A fact is committed when its letters are written down."""
        subscription = await self._log.subscribe(TOPIC, "notices")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                await self.hear(read.entry.value)
                await subscription.commit(read)

    async def hear(self, told: bytes) -> None:
        fact, now_ms = MemberFact.FromString(told), self._clock.now_ms()
        resets_password = fact.proof_asked.proof_of == PASSWORD_RESET
        state = states.LATE if states.is_late(fact.at_ms, now_ms) else states.WAITING
        letters = [
            shelf.Letter(f"{fact.fact_id}.{kind}", fact.account_id, kind, told, state, now_ms)
            for kind in kinds.kinds_of(fact.WhichOneof("what") or "", resets_password=resets_password)
        ]
        for new in await self._sql.transact(lambda db: shelf.add(db, letters)):
            LETTERS.labels(new.state, new.kind).inc()

    async def send_waiting(self) -> None:
        """Takes up all that is due, once."""
        await self._postman.round()

    async def tidy(self) -> None:
        await self._postman.tidy()

    async def list_letters(self, request: pb.ListLettersRequest, call: Call) -> pb.LetterList:
        asked = next((name for name, state in STATES.items() if state == request.state), "")
        letters = await self._sql.read(lambda db: shelf.newest(db, asked))
        counts = await self._sql.read(shelf.counts)
        return pb.LetterList(
            letters=[_letter(each) for each in letters],
            counts=[pb.LetterCount(state=STATES[state], letters=count) for state, count in sorted(counts.items())],
            leave=self._settings.smtp is not None,
        )

    async def read_letter(self, request: pb.LetterId, call: Call) -> pb.LetterCopy:
        if self._settings.smtp:
            reason = "What is in a letter is for its reader: the links in it would let anybody in. Ask them what they were sent."
            raise Refused("gone", "Letters leave this house.", reason)
        letter = await self._one(request.letter_id)
        html, text = await self._sql.read(lambda db: shelf.copy_of(db, letter.letter_id)) or ("", "")
        if not html:
            raise Refused("not_yet", "This letter is not written yet.", letter.problem or "Look again in a moment.")
        return pb.LetterCopy(letter=_letter(letter), html=html, text=text)

    async def send_again(self, request: pb.LetterId, call: Call) -> pb.Letter:
        letter, now_ms = await self._one(request.letter_id), self._clock.now_ms()
        if not await self._sql.transact(lambda db: shelf.send_again(db, letter.letter_id, now_ms)):
            reason = "Only a letter that was refused, or may have been lost, goes out again. Load the page to see where it is."
            raise Refused("taken", "That letter needs no help.", reason)
        LETTERS.labels(states.WAITING, letter.kind).inc()
        return _letter(await self._one(letter.letter_id))

    async def get_letter_wishes(self, request: AccountId, call: Call) -> pb.LetterWishes:
        found = await self._sql.read(lambda db: wishes.of(db, request.account_id))
        account = await self._identity.whois(AccountId(account_id=request.account_id), call.from_("notices"))
        language = kinds.language_for(found.language, account.country)
        return pb.LetterWishes(account_id=request.account_id, language=language, membership=found.membership)

    async def set_letter_wishes(self, request: pb.LetterWishes, call: Call) -> pb.LetterWishes:
        if request.language not in kinds.LANGUAGES:
            raise Refused("invalid", "We do not write that language.", "Choose one of the list.", field="language")
        watching = ProfileId(account_id=request.account_id, profile_id=request.asked_by)
        if request.asked_by and (await self._identity.get_profile(watching, call.from_("notices"))).kids:
            raise Refused("forbidden", "That is for grown-ups.", "Let one of them say who is watching, and try again.")
        wished = wishes.Wishes(request.language, request.membership)
        await self._sql.transact(lambda db: wishes.keep(db, request.account_id, wished))
        return await self.get_letter_wishes(AccountId(account_id=request.account_id), call)

    async def unsubscribe(self, request: pb.UnsubscribeRequest, call: Call) -> pb.Unsubscribed:
        account_id = wishes.account_of(request.word, self._key)
        if account_id is None:
            reason = "It is not whole. Open it from the letter again, or sign in and choose what we write you."
            raise Refused("invalid", "This link is none of ours.", reason)
        await self._sql.transact(lambda db: wishes.refuse(db, account_id))
        return pb.Unsubscribed()

    async def _one(self, letter_id: str) -> shelf.Letter:
        letter = await self._sql.read(lambda db: shelf.one(db, letter_id))
        if letter is None:
            raise Refused("missing", "We have no such letter.", "Letters are forgotten after ninety days. Load the list again.")
        return letter


def _letter(letter: shelf.Letter) -> pb.Letter:
    return pb.Letter(
        letter_id=letter.letter_id,
        kind=letter.kind,
        state=STATES[letter.state],
        recipient=letter.recipient,
        subject=letter.subject,
        problem=letter.problem,
        made_ms=letter.made_ms,
        since_ms=letter.since_ms,
        due_ms=letter.due_ms if letter.state == states.WAITING else 0,
    )
