"""Who is here: accounts, sessions and passports, on the small engine and a clock of our own."""

import asyncio
import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from matinee.contracts.identity_pb2 import AccountId, Credentials, Renewal, WelcomeRequest
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.desk import SESSION_MS
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.passport import BadKeyFile, open_passports
from matinee.members.passwords import MOST_WAITING, Passwords
from matinee.ports.rpc import Call, Refused

CALL = Call("test", "test", 1e12)
NOW_MS = 1_700_000_000_000
ASHA = Credentials(email="asha@example.org", password="a quiet evening")


def identity(folder: Path, clock: ManualClock) -> Identity:
    settings = IdentitySettings(folder / "secrets" / "passport.pem", folder / "jwks.json")
    return Identity(sql=SqliteSql(folder / "identity.db"), log=SqliteLog(folder / "log.db"), clock=clock, settings=settings)


async def test_who_signed_up_can_sign_in_later(tmp_path: Path) -> None:
    """An account outlives the process that made it; capitals in the address do not matter."""
    clock = ManualClock(NOW_MS)
    here = identity(tmp_path, clock)
    await here.start()
    assert (await here.welcome(WelcomeRequest(), CALL)).first
    made = await here.sign_up(ASHA, CALL)
    await here.close()
    again = identity(tmp_path, clock)
    await again.start()
    back = await again.sign_in(Credentials(email="ASHA@example.org ", password=ASHA.password), CALL)
    assert back.account.account_id == made.account.account_id
    assert back.session_secret != made.session_secret
    assert (await again.whois(AccountId(account_id=made.account.account_id), CALL)).email == "asha@example.org"
    await again.close()


async def test_of_many_who_come_first_exactly_one_is_the_operator(tmp_path: Path) -> None:
    """Ten people opening a new house in the same instant make ten accounts and one operator."""
    here = identity(tmp_path, ManualClock(NOW_MS))
    await here.start()
    sign_ups = [here.sign_up(Credentials(email=f"{n}@example.org", password=ASHA.password), CALL) for n in range(10)]
    sessions = await asyncio.gather(*sign_ups)
    assert sum(session.account.operator for session in sessions) == 1
    await here.close()


async def test_one_address_signing_up_twice_at_once_makes_one_account(tmp_path: Path) -> None:
    """A double click on "Sign up" makes one account and one polite refusal."""
    here = identity(tmp_path, ManualClock(NOW_MS))
    await here.start()
    answers = await asyncio.gather(*[here.sign_up(ASHA, CALL) for _ in range(4)], return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.kind for refusal in refusals] == ["taken"] * 3
    await here.close()


async def test_a_session_renews_for_thirty_days_and_not_longer(tmp_path: Path) -> None:
    """Whoever stays signed in is asked again after thirty days."""
    clock = ManualClock(NOW_MS)
    here = identity(tmp_path, clock)
    await here.start()
    renewal = Renewal(session_secret=(await here.sign_up(ASHA, CALL)).session_secret)
    await clock.advance(SESSION_MS / 1000 - 60)
    fresh = await here.renew(renewal, CALL)
    assert fresh.passport_until_ms == clock.now_ms() + 600_000
    await clock.advance(61)
    with pytest.raises(Refused, match="signed out"):
        await here.renew(renewal, CALL)
    await here.close()


async def test_signing_out_ends_one_session_and_leaves_the_others(tmp_path: Path) -> None:
    """Signing out on the phone does not sign out the television, and doing it twice is no error."""
    here = identity(tmp_path, ManualClock(NOW_MS))
    await here.start()
    phone = Renewal(session_secret=(await here.sign_up(ASHA, CALL)).session_secret)
    television = Renewal(session_secret=(await here.sign_in(ASHA, CALL)).session_secret)
    for _ in range(2):
        await here.sign_out(phone, CALL)
    with pytest.raises(Refused):
        await here.renew(phone, CALL)
    assert (await here.renew(television, CALL)).account.email == "asha@example.org"
    await here.close()


async def test_a_passport_is_signed_by_our_key_and_nothing_secret_is_published(tmp_path: Path) -> None:
    """Anybody can check a passport with the published keys; nobody can mint one with them."""
    here = identity(tmp_path, ManualClock(NOW_MS))
    await here.start()
    session = await here.sign_up(ASHA, CALL)
    published = (tmp_path / "jwks.json").read_text()
    assert '"d"' not in published
    claims = jwt.decode(session.passport, KeySet.import_key_set(json.loads(published)), algorithms=["ES256"]).claims
    assert (claims["sub"], claims["role"], claims["exp"]) == (session.account.account_id, "operator", NOW_MS // 1000 + 600)
    await here.close()


def test_keys_are_kept_private_and_a_damaged_one_is_not_replaced_in_silence(tmp_path: Path) -> None:
    """The key file is its owner's alone; if it is damaged, the message names it and says what to do."""
    path = tmp_path / "secrets" / "passport.pem"
    open_passports(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"not a key")
    with pytest.raises(BadKeyFile, match=r"passport\.pem.*restore it"):
        open_passports(path)
    assert path.read_bytes() == b"not a key"


def test_no_password_is_stored_as_it_was_typed(tmp_path: Path) -> None:
    """The database holds argon2id hashes, neither passwords nor session secrets."""

    async def come_in() -> str:
        here = identity(tmp_path, ManualClock(NOW_MS))
        await here.start()
        session = await here.sign_up(ASHA, CALL)
        await here.close()
        return session.session_secret

    secret = asyncio.run(come_in())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("identity.db*"))
    assert b"$argon2id$" in stored
    assert ASHA.password.encode() not in stored
    assert secret.encode() not in stored


async def test_who_would_wait_too_long_is_turned_away_at_once() -> None:
    """Checking passwords takes time; behind a full queue nobody is kept, and when it is empty all may come again."""
    passwords = Passwords()
    crowd = [passwords.fits("a guess", None) for _ in range(MOST_WAITING + 10)]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert [answer.kind for answer in answers if isinstance(answer, Refused)] == ["busy"] * 10
    assert answers.count(False) == MOST_WAITING
    assert await passwords.fits("a quiet evening", await passwords.hashed("a quiet evening"))
