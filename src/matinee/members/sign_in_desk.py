"""Identity's first desk: how somebody comes in: by a password, a one-time code behind it, or a passkey."""

import secrets
import uuid
from dataclasses import replace

import sqlalchemy as sa
import structlog

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import AccountOpened, ProofAsked, ProofOf
from matinee.contracts.ids import AccountId, ProfileId
from matinee.members import accounts, devices, one_time_codes, passkey_checks, passkeys, profiles, proofs, residence, single_use
from matinee.members.country import is_country
from matinee.members.credentials import normal_email, problem_with
from matinee.members.desk import Coming, Desk, charge, coming_by, digest_of, open_session, was_right
from matinee.members.facts import fact
from matinee.members.profile_desk import NO_COUNTRY
from matinee.members.profile_rules import first_wish
from matinee.ports.outbox import leave
from matinee.ports.rpc import Call, Refused

log = structlog.get_logger("identity")

NO_MATCH = Refused("unauthenticated", "That did not match.", "Check the email and the password and try again.")
NO_CODE = Refused(
    "unauthenticated", "That code did not match.", "Type the one your app shows now, or a recovery code.", field="code"
)
TOO_LATE = Refused("gone", "That took too long.", "Sign in again from the start.")
NO_PASSKEY = Refused("unauthenticated", "That passkey opens nothing here.", "Try another, or use your email and password.")
USES: dict[int, single_use.Use] = {pb.SIGN_IN: "sign in", pb.CONFIRM: "confirm", pb.ADD: "add"}


class SignInDesk:
    _desk: Desk

    async def sign_up(self, request: pb.Credentials, call: Call) -> pb.Session:
        """Says so when there is an account of that address: who signs up has to know. Guesses from one place are counted."""
        problem = problem_with(request.email, request.password)
        if problem:
            raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
        country = request.country.strip().upper()
        if country and not is_country(country):
            raise NO_COUNTRY
        desk, coming, now_ms = self._desk, coming_by(request.arrival), self._desk.clock.now_ms()
        with desk.counted():
            await desk.sql.transact(lambda db: charge(db, coming.address, now_ms))
        password_hash = await desk.passwords.hashed(request.password)
        account_id, email = AccountId(uuid.uuid4().hex), normal_email(request.email)
        profile_id, proof_id = ProfileId(uuid.uuid4().hex), uuid.uuid4().hex

        def keep(db: sa.Connection) -> accounts.Session:
            account = accounts.add_account(db, account_id, email, password_hash, now_ms)
            profiles.add(db, account_id, profile_id, first_wish(email), now_ms)
            if country:
                residence.say(db, account_id, country, now_ms)
                account = replace(account, country=country)
            leave(db, accounts.OUTBOX, fact(account_id, now_ms, account_opened=AccountOpened()))
            ask_for_proof(db, proof_id, account_id, "email", email, now_ms)
            was_right(db, coming.address)
            return open_session(db, account, coming, now_ms, first=True)

        try:
            return desk.message(await desk.sql.transact(keep), coming.secret, kids=False)
        except accounts.EmailTaken as taken:
            reason = "An account of that email exists: sign in instead."
            raise Refused("taken", "You are here already.", reason, field="email") from taken

    async def sign_in(self, request: pb.Credentials, call: Call) -> pb.Session:
        """Takes the same steps, and as long, when there is no such account."""
        desk, email, coming = self._desk, normal_email(request.email), coming_by(request.arrival)
        account = await self._at_most(email, coming)
        if not await desk.passwords.fits(request.password, account.password_hash if account else None) or not account:
            raise NO_MATCH
        return await self._first_step_done(account, coming)

    async def sign_in_with_code(self, request: pb.CodeAnswer, call: Call) -> pb.Session:
        desk, coming, now_ms = self._desk, coming_by(request.arrival), self._desk.clock.now_ms()
        ticket = digest_of(request.ticket)

        def check(db: sa.Connection) -> accounts.Session | Refused:
            account_id = single_use.whose(db, ticket, "second step", now_ms)
            account = accounts.by_id(db, account_id) if account_id else None
            if not account:
                return TOO_LATE
            charge(db, coming.address, now_ms, "code", account.account_id)
            if not one_time_codes.fits(db, account.account_id, request.code, desk.seal, now_ms):
                return NO_CODE
            was_right(db, coming.address, "code", account.account_id)
            single_use.spend(db, ticket, "second step", now_ms)
            return open_session(db, account, coming, now_ms)

        with desk.counted():
            session = await desk.sql.transact(check)
        if isinstance(session, Refused):
            raise session
        return desk.message(session, coming.secret, kids=False)

    async def ask_for_passkey(self, request: pb.PasskeyQuestion, call: Call) -> pb.PasskeyOptions:
        if request.use not in USES:
            raise Refused("invalid", "That could not be read.", "Say what the passkey is for.")
        desk, use, now_ms = self._desk, USES[request.use], self._desk.clock.now_ms()
        account = None if use == "sign in" else (await desk.asker(request.session_secret, fresh=use == "add")).account
        challenge, whose = secrets.token_bytes(32), account.account_id if account else ""

        def keep(db: sa.Connection) -> list[passkeys.Passkey]:
            single_use.keep(db, digest_of(challenge.hex()), use, whose, now_ms)
            return passkeys.of_account(db, account.account_id) if account else []

        known = await desk.sql.transact(keep)
        if account and use == "add":
            origin = desk.house_url
            json = passkey_checks.questions_for_new(origin, challenge, account.account_id, account.email, known)
        else:
            json = passkey_checks.questions_for_known(desk.house_url, challenge)
        return pb.PasskeyOptions(json=json)

    async def sign_in_by_passkey(self, request: pb.PasskeyAnswer, call: Call) -> pb.Session:
        coming = coming_by(request.arrival)
        account, sure = await self._by_passkey(request.json, "sign in", coming)
        if not sure:
            return await self._first_step_done(account, coming)
        return await self._desk.let_in(account, coming, lambda db: was_right(db, coming.address))

    async def confirm(self, request: pb.Confirmation, call: Call) -> pb.Session:
        desk, coming = self._desk, coming_by(request.arrival)
        standing = await desk.asker(request.session_secret)
        if request.passkey_json:
            account, _ = await self._by_passkey(request.passkey_json, "confirm", coming)
            if account.account_id != standing.account.account_id:
                raise NO_PASSKEY
        else:
            await self._password_of(standing, request.password, coming)
        now_ms, digest = desk.clock.now_ms(), digest_of(request.session_secret)

        def renew(db: sa.Connection) -> None:
            was_right(db, coming.address, "account", standing.account.email)
            devices.renewed(db, digest, coming.device.secret_digest, now_ms)

        await desk.sql.transact(renew)
        return desk.go_on(standing, coming.secret)

    async def _password_of(self, standing: devices.Standing, password: str, coming: Coming) -> None:
        """Refuses a password that is not theirs."""
        await self._at_most(standing.account.email, coming)
        if not await self._desk.passwords.fits(password, standing.account.password_hash):
            raise Refused("forbidden", "That did not match.", "Check your password and try again.", field="password")

    async def _at_most(self, email: str, coming: Coming) -> accounts.Account | None:
        """The account of that address, of which one more password is tried."""
        now_ms = self._desk.clock.now_ms()

        def look(db: sa.Connection) -> accounts.Account | None:
            charge(db, coming.address, now_ms, "account", email)
            return accounts.by_email(db, email)

        with self._desk.counted():
            return await self._desk.sql.transact(look)

    async def _first_step_done(self, account: accounts.Account, coming: Coming) -> pb.Session:
        """In, or a ticket to the second step where one is wanted."""
        desk, ticket, now_ms = self._desk, secrets.token_urlsafe(32), self._desk.clock.now_ms()

        def keep(db: sa.Connection) -> accounts.Session | None:
            was_right(db, coming.address, "account", account.email)
            if one_time_codes.are_on(db, account.account_id):
                single_use.keep(db, digest_of(ticket), "second step", account.account_id, now_ms)
                return None
            return open_session(db, account, coming, now_ms)

        session = await desk.sql.transact(keep)
        return desk.message(session, coming.secret, kids=False) if session else pb.Session(ticket=ticket)

    async def _by_passkey(self, answer_json: str, use: single_use.Use, coming: Coming) -> tuple[accounts.Account, bool]:
        """Whose passkey it was, and whether the device made sure that it was they. The address is charged until it was right."""
        desk, now_ms = self._desk, self._desk.clock.now_ms()
        try:
            answer = passkey_checks.read(answer_json)
            challenge, passkey_id = digest_of(answer.challenge.hex()), passkeys.id_of(answer.credential_id)

            def spend(db: sa.Connection) -> tuple[bool, passkeys.Passkey | None]:
                charge(db, coming.address, now_ms)
                return single_use.spend(db, challenge, use, now_ms) is not None, passkeys.find(db, passkey_id)

            with desk.counted():
                asked, passkey = await desk.sql.transact(spend)
            if not asked:
                raise TOO_LATE
            if not passkey:
                raise NO_PASSKEY
            used = passkey_checks.used(desk.house_url, answer, passkey)
        except passkey_checks.BadAnswer as bad:
            log.warning("a passkey was refused", reason=str(bad))
            raise NO_PASSKEY from bad

        def note(db: sa.Connection) -> accounts.Account | None:
            return accounts.by_id(db, passkey.account_id) if passkeys.used(db, passkey, used.sign_count, now_ms) else None

        account = await desk.sql.transact(note)
        if not account:
            raise NO_PASSKEY
        return account, used.user_verified


def ask_for_proof(db: sa.Connection, proof_id: str, account_id: AccountId, of: proofs.Of, email: str, now_ms: int) -> None:
    """A letter is asked for, to be written by whoever hears of it."""
    proofs.ask(db, proof_id, account_id, of, email, now_ms)
    asked = ProofAsked(proof_id=proof_id, proof_of=ProofOf.EMAIL if of == "email" else ProofOf.PASSWORD_RESET, email=email)
    leave(db, accounts.OUTBOX, fact(account_id, now_ms, fact_id=proof_id, proof_asked=asked))
