"""Identity's third desk: letters that prove an address to be somebody's, and let them choose a new password."""

import secrets
import uuid

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import EMAIL, PASSWORD_RESET, EmailChanged
from matinee.members import accounts, devices, proofs
from matinee.members.credentials import normal_email, problem_with, problem_with_email
from matinee.members.desk import charge, was_right
from matinee.members.facts import fact
from matinee.members.keys_desk import KeysDesk, new_password
from matinee.members.sign_in_desk import ask_for_proof
from matinee.ports.outbox import leave
from matinee.ports.rpc import Call, Refused

SETTLED_S = 0.4
"""So long, and no shorter, takes the answer to "I forgot my password": by that nobody learns whether there is such an account."""

GONE = Refused("gone", "That link is used up.", "It works once, and for a while only: ask for a new letter.")


class LettersDesk(KeysDesk):
    async def ask_proof(self, request: pb.ProofQuestion, call: Call) -> pb.ProofAsking:
        if request.proof_of == EMAIL:
            return await self._ask_for_email(request)
        if request.proof_of != PASSWORD_RESET:
            raise Refused("invalid", "That could not be read.", "Say what the letter is to prove.")
        began_s = self._desk.clock.monotonic_s()
        try:
            return await self._ask_for_reset(request)
        finally:
            await self._desk.clock.sleep(max(began_s + SETTLED_S - self._desk.clock.monotonic_s(), 0))

    async def proof_link(self, request: pb.ProofId, call: Call) -> pb.Link:
        secret, now_ms = secrets.token_urlsafe(32), self._desk.clock.now_ms()
        digest = proofs.digest_of(secret)
        proof = await self._desk.sql.transact(lambda db: proofs.with_secret(db, request.proof_id, digest, now_ms))
        if not proof:
            raise GONE
        page = "verify" if proof.proof_of == "email" else "reset"
        # Behind the "#": browsers send that to nobody, so that no log has it.
        url = f"{self._desk.house_url}/{page}#{proof.proof_id}.{secret}"
        return pb.Link(url=url, email=proof.email, until_ms=proof.until_ms)

    async def prove(self, request: pb.ProofAnswer, call: Call) -> pb.Proved:
        return await (self._prove_email(request) if request.proof_of == EMAIL else self._reset(request))

    async def _ask_for_email(self, request: pb.ProofQuestion) -> pb.ProofAsking:
        """Of the address that the account has, or of another that it is to have. Whether that one has an account is not said."""
        desk, email = self._desk, normal_email(request.email)
        account = (await desk.asker(request.session_secret, fresh=bool(email))).account
        if email and (problem := problem_with_email(email)):
            raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
        proof_id, now_ms, email = uuid.uuid4().hex, desk.clock.now_ms(), email or account.email

        def ask(db: sa.Connection) -> None:
            charge(db, request.arrival.address, now_ms, "letter", account.account_id)
            was_right(db, request.arrival.address)
            ask_for_proof(db, proof_id, account.account_id, "email", email, now_ms)

        with desk.counted():
            await desk.sql.transact(ask)
        return pb.ProofAsking(email=email)

    async def _ask_for_reset(self, request: pb.ProofQuestion) -> pb.ProofAsking:
        desk, email = self._desk, normal_email(request.email)
        if problem := problem_with_email(email):
            raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
        proof_id, now_ms = uuid.uuid4().hex, desk.clock.now_ms()

        def ask(db: sa.Connection) -> None:
            charge(db, request.arrival.address, now_ms, "letter", email)
            if account := accounts.by_email(db, email):
                ask_for_proof(db, proof_id, account.account_id, "reset", email, now_ms)

        with desk.counted():
            await desk.sql.transact(ask)
        return pb.ProofAsking(email=email)

    async def _prove_email(self, request: pb.ProofAnswer) -> pb.Proved:
        now_ms = self._desk.clock.now_ms()

        def use(db: sa.Connection) -> str:
            proof = proofs.good(db, "email", request.proof, now_ms)
            if not proof:
                raise GONE
            before = proofs.use(db, proof, now_ms)
            if before != proof.email:
                changed = EmailChanged(old_email=before)
                leave(db, accounts.OUTBOX, fact(proof.account_id, now_ms, email_changed=changed))
            return proof.email

        try:
            return pb.Proved(email=await self._desk.sql.transact(use))
        except accounts.EmailTaken as taken:
            reason = "Another account has that address: sign in with it, or choose another address."
            raise Refused("taken", "That address is in use.", reason) from taken

    async def _reset(self, request: pb.ProofAnswer) -> pb.Proved:
        """A new password; whoever is signed in anywhere is signed out."""
        desk, now_ms = self._desk, self._desk.clock.now_ms()
        proof = await desk.sql.read(lambda db: proofs.good(db, "reset", request.proof, now_ms))
        if not proof:
            raise GONE
        if problem := problem_with(proof.email, request.new_password):
            raise Refused("invalid", "Almost there.", problem.reason, field="newPassword")
        password_hash = await desk.passwords.hashed(request.new_password)

        def use(db: sa.Connection) -> None:
            if not proofs.good(db, "reset", request.proof, now_ms):
                raise GONE
            proofs.use(db, proof, now_ms)
            new_password(db, proof.account_id, password_hash, now_ms)
            devices.end_all(db, proof.account_id)
            was_right(db, "", "account", proof.email)

        await desk.sql.transact(use)
        return pb.Proved(email=proof.email)
