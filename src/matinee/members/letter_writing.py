"""Writes one letter: asks identity whom it is to, takes what the fact says, and gives it the words of its reader's language."""

from dataclasses import dataclass

from matinee.contracts.events_pb2 import MemberFact
from matinee.contracts.identity_pb2 import Account, AccountId, Link, ProofId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.members import letter_kinds as kinds
from matinee.members import letter_states as states
from matinee.members import letter_wishes as wishes
from matinee.members.letter_facts import locale_of, moment, said_by
from matinee.members.letter_mail import Draft, is_address
from matinee.members.letter_shelf import Letter
from matinee.members.letter_words import write
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql


class NotWritten(Exception):
    """The letter's way ends here, in one of the table's states, for a reason."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(reason)
        self.state = state


@dataclass(frozen=True)
class Writing:
    sql: Sql
    identity: IdentityClient
    house: str  # where people reach it
    secret: bytes  # what signs the words by which letters are refused

    async def draft(self, letter: Letter, call: Call) -> Draft:
        """Raises NotWritten, and Unavailable while identity is away."""
        wished = await self.sql.read(lambda db: wishes.of(db, letter.account_id))
        may_refuse = kinds.may_refuse(letter.kind)
        if may_refuse and not wished.membership:
            raise NotWritten(states.UNWANTED, "the member asked for no more letters of this kind")
        fact = MemberFact.FromString(letter.fact)
        account = await self._account(letter.account_id, call)
        language = kinds.language_for(wished.language, account.country)
        locale = locale_of(language, account.country)
        said = said_by(fact, locale)
        recipient = {"address_left": fact.email_changed.old_email}.get(letter.kind, account.email)
        if fact.WhichOneof("what") == "proof_asked":
            link = await self._link(fact.proof_asked.proof_id, call)
            said |= {"link": link.url, "link_until": moment(link.until_ms, locale)}
            recipient = link.email or fact.proof_asked.email
        if not is_address(recipient):
            raise NotWritten(states.REFUSED, "this is no address that a mail server would take: ask the member for another")
        word = wishes.word_for(letter.account_id, self.secret)
        page, mark = f"{self.house}/letters/unsubscribe", f"{self.house}/letters/unsubscribe?word={word}"
        written = write(letter.kind, language, said, self.house, f"{page}#{word}" if may_refuse else "")
        return Draft(
            letter_id=letter.letter_id,
            recipient=recipient,
            language=language,
            subject=written.subject,
            html=written.html,
            text=written.text,
            refuse_url=mark if may_refuse else "",
        )

    async def _account(self, account_id: str, call: Call) -> Account:
        try:
            return await self.identity.whois(AccountId(account_id=account_id), call)
        except Refused as refused:
            raise NotWritten(states.OVER, "the account is gone") from refused

    async def _link(self, proof_id: str, call: Call) -> Link:
        try:
            return await self.identity.proof_link(ProofId(proof_id=proof_id), call)
        except Refused as refused:
            raise NotWritten(states.OVER, "its link was used or has run out before the letter could go") from refused
