"""Letters: what a member wishes to be written, and what became of each letter, for the operator."""

from enum import Enum
from typing import Annotated, Self

import strawberry

from matinee.contracts import notices_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.letters import path_to
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.viewing import Info


@strawberry.enum
class LetterState(Enum):
    WAITING = pb.LETTER_WAITING
    HANDING_OVER = pb.LETTER_HANDING_OVER
    SENT = pb.LETTER_SENT
    KEPT = pb.LETTER_KEPT
    REFUSED = pb.LETTER_REFUSED
    IN_DOUBT = pb.LETTER_IN_DOUBT
    UNWANTED = pb.LETTER_UNWANTED
    OVER = pb.LETTER_OVER
    LATE = pb.LETTER_LATE


@strawberry.type(description="One letter to a member, and what became of it.")
class Letter:
    id: strawberry.ID
    kind: str
    state: LetterState
    recipient: str | None = strawberry.field(description="Null until it was written.")
    subject: str | None
    problem: str | None = strawberry.field(description="Why it is where it is, and what to do.")
    made_at: str
    since: str = strawberry.field(description="In this state.")
    due_at: str | None = strawberry.field(description="Waiting: when it is tried next.")

    @classmethod
    def of(cls, letter: pb.Letter) -> Self:
        return cls(
            id=strawberry.ID(letter.letter_id),
            kind=letter.kind,
            state=LetterState(letter.state),
            recipient=letter.recipient or None,
            subject=letter.subject or None,
            problem=letter.problem or None,
            made_at=iso(letter.made_ms),
            since=iso(letter.since_ms),
            due_at=iso(letter.due_ms) if letter.due_ms else None,
        )


@strawberry.type
class LetterCount:
    state: LetterState
    letters: int


@strawberry.type
class LetterList:
    letters: list[Letter] = strawberry.field(description="The newest first, two hundred at most.")
    counts: list[LetterCount]
    leave: bool = strawberry.field(description="Whether there is a mail server. Without one letters are kept, to be read here.")


@strawberry.type(description="A letter as it would have left the house.")
class LetterCopy:
    page: str = strawberry.field(description="Where it can be looked at.")
    text: str


@strawberry.type
class LetterWishes:
    language: str
    membership: bool = strawberry.field(description="How a membership goes on, beside what is always written.")

    @classmethod
    def of(cls, wishes: pb.LetterWishes) -> Self:
        return cls(language=wishes.language, membership=wishes.membership)


LetterAnswer = Annotated[Letter | Refused, strawberry.union("LetterAnswer")]
LetterCopyAnswer = Annotated[LetterCopy | Refused, strawberry.union("LetterCopyAnswer")]
LetterWishesAnswer = Annotated[LetterWishes | Refused, strawberry.union("LetterWishesAnswer")]


@strawberry.type
class LettersOfTheHouse:
    """What of an operator's page is about letters."""

    @strawberry.field(description="All, or those in one state.")
    async def letters(self, info: Info, state: LetterState | None = None) -> LetterList:
        viewing = info.context
        asked = pb.ListLettersRequest(state=state.value if state else pb.LETTER_STATE_UNSPECIFIED)
        found = await viewing.desks.notices.list_letters(asked, viewing.call)
        return LetterList(
            letters=[Letter.of(each) for each in found.letters],
            counts=[LetterCount(state=LetterState(each.state), letters=each.letters) for each in found.counts],
            leave=found.leave,
        )

    @strawberry.field(description="Refused where letters leave the house: what is in them is for their readers.")
    async def letter(self, info: Info, id: strawberry.ID) -> LetterCopyAnswer:
        viewing = info.context
        try:
            copy = await viewing.desks.notices.read_letter(pb.LetterId(letter_id=id), viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return LetterCopy(page=path_to(id), text=copy.text)


@strawberry.type
class LettersQuery:
    @strawberry.field(description="Of the account.")
    async def letter_wishes(self, info: Info) -> LetterWishes:
        viewing = info.context
        asked = AccountId(account_id=viewing.asker.account_id)
        return LetterWishes.of(await viewing.desks.notices.get_letter_wishes(asked, viewing.call))


@strawberry.type
class LettersMutation:
    @strawberry.mutation(description="Not while a kids' profile watches.")
    async def set_letter_wishes(self, info: Info, language: str, membership: bool) -> LetterWishesAnswer:
        viewing = info.context
        asker = viewing.asker
        wished = pb.LetterWishes(account_id=asker.account_id, language=language, membership=membership, asked_by=asker.profile_id)
        try:
            return LetterWishes.of(await viewing.desks.notices.set_letter_wishes(wished, viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="The operator's: a letter that was refused, or may have been lost, goes out once more.")
    async def send_letter_again(self, info: Info, id: strawberry.ID) -> LetterAnswer:
        viewing = info.context
        if not viewing.asker.operator:
            raise RefusedCall("forbidden", "That is the operator's.", "Sign in with the account that opened this house.")
        try:
            return Letter.of(await viewing.desks.notices.send_again(pb.LetterId(letter_id=id), viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)
