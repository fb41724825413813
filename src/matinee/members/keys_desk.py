"""Identity's second desk: what an account's people come in by, where they are in, and proofs that an address is theirs."""

from dataclasses import replace

import sqlalchemy as sa
import structlog

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import PasswordChanged, SignInMeansChanged
from matinee.contracts.ids import AccountId
from matinee.members import accounts, devices, epochs, one_time_codes, passkey_checks, passkeys, proofs, single_use
from matinee.members.credentials import problem_with
from matinee.members.desk import charge, coming_by, digest_of, was_right
from matinee.members.facts import fact
from matinee.members.sign_in_desk import NO_CODE, TOO_LATE, SignInDesk
from matinee.ports.outbox import leave
from matinee.ports.rpc import Call, Refused

log = structlog.get_logger("identity")

CODES_ON = Refused("taken", "Codes are asked for already.", "Take them away first, then set up new ones.")


class KeysDesk(SignInDesk):
    async def list_keys(self, request: pb.Renewal, call: Call) -> pb.Keyring:
        return await self._keyring(request.session_secret)

    async def end_devices(self, request: pb.DeviceEnd, call: Call) -> pb.Keyring:
        account_id = (await self._desk.asker(request.session_secret)).account.account_id

        def end(db: sa.Connection) -> None:
            if request.device_id:
                devices.end(db, account_id, request.device_id)
            else:
                devices.end_all(db, account_id, but=digest_of(request.session_secret))
                epochs.begin_another(db, account_id)

        await self._desk.sql.transact(end)
        return await self._keyring(request.session_secret)

    async def add_passkey(self, request: pb.PasskeyAnswer, call: Call) -> pb.Keyring:
        desk, now_ms = self._desk, self._desk.clock.now_ms()
        account_id = (await desk.asker(request.session_secret, fresh=True)).account.account_id
        try:
            answer = passkey_checks.read(request.json)
            challenge = digest_of(answer.challenge.hex())
            if await desk.sql.transact(lambda db: single_use.spend(db, challenge, "add", now_ms)) != account_id:
                raise TOO_LATE
            new = passkey_checks.new_key(desk.house_url, answer)
        except passkey_checks.BadAnswer as bad:
            log.warning("a new passkey was refused", reason=str(bad))
            raise Refused("invalid", "That passkey could not be added.", "Try again, or use another device.") from bad
        passkey_id, name = passkeys.id_of(new.credential_id), _name(request.name)
        passkey = passkeys.Passkey(
            passkey_id, account_id, new.credential_id, new.public_key, new.sign_count, name, added_ms=now_ms, used_ms=0
        )

        def keep(db: sa.Connection) -> None:
            passkeys.add(db, passkey)
            _told(db, account_id, "passkey", now_ms, added=True)

        try:
            await desk.sql.transact(keep)
        except passkeys.KnownPasskey as known:
            raise Refused("taken", "That passkey is here already.", "Use it to sign in.") from known
        except passkeys.TooManyPasskeys as many:
            raise Refused(
                "taken", "That is enough passkeys.", f"An account has at most {passkeys.MOST}: remove one first."
            ) from many
        return await self._keyring(request.session_secret)

    async def rename_passkey(self, request: pb.PasskeyName, call: Call) -> pb.Keyring:
        account_id, name = (await self._desk.asker(request.session_secret)).account.account_id, _name(request.name)
        await self._desk.sql.transact(lambda db: passkeys.rename(db, account_id, request.passkey_id, name))
        return await self._keyring(request.session_secret)

    async def remove_passkey(self, request: pb.PasskeyName, call: Call) -> pb.Keyring:
        account_id = (await self._desk.asker(request.session_secret, fresh=True)).account.account_id
        now_ms = self._desk.clock.now_ms()

        def remove(db: sa.Connection) -> None:
            if passkeys.remove(db, account_id, request.passkey_id):
                _told(db, account_id, "passkey", now_ms, added=False)

        await self._desk.sql.transact(remove)
        return await self._keyring(request.session_secret)

    async def begin_codes(self, request: pb.Renewal, call: Call) -> pb.CodesBegun:
        account = (await self._desk.asker(request.session_secret, fresh=True)).account
        secret = one_time_codes.new_secret()
        sealed = self._desk.seal.shut(secret, account.account_id)

        def begin(db: sa.Connection) -> bool:
            one_time_codes.begin(db, account.account_id, sealed)
            return not one_time_codes.are_on(db, account.account_id)

        if not await self._desk.sql.transact(begin):
            raise CODES_ON
        url = one_time_codes.url_of(secret, account.email)
        return pb.CodesBegun(secret=secret, url=url, picture=one_time_codes.picture_of(url))

    async def confirm_codes(self, request: pb.CodeAnswer, call: Call) -> pb.RecoveryCodes:
        desk, now_ms = self._desk, self._desk.clock.now_ms()
        account_id = (await desk.asker(request.session_secret, fresh=True)).account.account_id
        recovery = one_time_codes.new_recovery_codes()

        def confirm(db: sa.Connection) -> bool:
            charge(db, request.arrival.address, now_ms, "code", account_id)
            right = one_time_codes.confirm(db, account_id, request.code, recovery, desk.seal, now_ms)
            if right:
                was_right(db, request.arrival.address, "code", account_id)
                _told(db, account_id, "one-time codes", now_ms, added=True)
            return right

        with desk.counted():
            if not await desk.sql.transact(confirm):
                raise NO_CODE
        return pb.RecoveryCodes(codes=recovery)

    async def remove_codes(self, request: pb.Renewal, call: Call) -> pb.Keyring:
        account_id = (await self._desk.asker(request.session_secret, fresh=True)).account.account_id
        now_ms = self._desk.clock.now_ms()

        def remove(db: sa.Connection) -> None:
            if one_time_codes.remove(db, account_id):
                _told(db, account_id, "one-time codes", now_ms, added=False)

        await self._desk.sql.transact(remove)
        return await self._keyring(request.session_secret)

    async def change_password(self, request: pb.PasswordChange, call: Call) -> pb.Session:
        desk, coming = self._desk, coming_by(request.arrival)
        standing = await desk.asker(request.session_secret)
        account = standing.account
        problem = problem_with(account.email, request.new_password)
        if problem:
            raise Refused("invalid", "Almost there.", problem.reason, field="newPassword")
        await self._password_of(standing, request.old_password, coming)
        password_hash, now_ms = await desk.passwords.hashed(request.new_password), desk.clock.now_ms()

        def change(db: sa.Connection) -> None:
            was_right(db, coming.address, "account", account.email)
            new_password(db, account.account_id, password_hash, now_ms)
            devices.end_all(db, account.account_id, but=digest_of(request.session_secret))
            devices.renewed(db, digest_of(request.session_secret), coming.device.secret_digest, now_ms)

        await desk.sql.transact(change)
        return desk.go_on(replace(standing, account=replace(account, password_hash=password_hash)), coming.secret)

    async def _keyring(self, session_secret: str) -> pb.Keyring:
        account = (await self._desk.asker(session_secret)).account
        account_id, digest, now_ms = account.account_id, digest_of(session_secret), self._desk.clock.now_ms()

        def read(db: sa.Connection) -> pb.Keyring:
            return pb.Keyring(
                email=account.email,
                email_verified=proofs.is_proved(db, account_id, account.email),
                operator=account.operator,
                devices=sorted(_devices_of(db, account_id, digest, now_ms), key=lambda each: not each.here),
                passkeys=[_passkey(each) for each in passkeys.of_account(db, account_id)],
                codes=one_time_codes.are_on(db, account_id),
                recovery_codes_left=one_time_codes.left(db, account_id),
                passkeys_at=self._desk.house_url,
            )

        return await self._desk.sql.read(read)


def new_password(db: sa.Connection, account_id: AccountId, password_hash: str, now_ms: int) -> None:
    """Letters of before open nothing any more, apps are let in anew, and its people are told."""
    accounts.change_password(db, account_id, password_hash)
    proofs.forget(db, account_id)
    epochs.begin_another(db, account_id)
    leave(db, accounts.OUTBOX, fact(account_id, now_ms, password_changed=PasswordChanged()))


def _told(db: sa.Connection, account_id: AccountId, means: str, now_ms: int, *, added: bool) -> None:
    changed = SignInMeansChanged(means=means, added=added)
    leave(db, accounts.OUTBOX, fact(account_id, now_ms, sign_in_means_changed=changed))


def _name(wanted: str) -> str:
    name = " ".join(wanted.split())
    if not 1 <= len(name) <= passkeys.MOST_NAME or not name.isprintable():
        raise Refused("invalid", "Almost there.", f"A passkey's name has 1 to {passkeys.MOST_NAME} letters.", field="name")
    return name


def _devices_of(db: sa.Connection, account_id: AccountId, digest: str, now_ms: int) -> list[pb.Device]:
    return [_device(each, digest) for each in devices.of_account(db, account_id, now_ms)]


def _device(device: devices.Device, digest: str) -> pb.Device:
    return pb.Device(
        device_id=device.device_id,
        name=device.name,
        came_from=device.came_from,
        added_ms=device.added_ms,
        seen_ms=device.seen_ms,
        here=device.secret_digest == digest,
    )


def _passkey(passkey: passkeys.Passkey) -> pb.Passkey:
    return pb.Passkey(passkey_id=passkey.passkey_id, name=passkey.name, added_ms=passkey.added_ms, used_ms=passkey.used_ms)
