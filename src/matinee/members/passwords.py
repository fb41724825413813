"""Passwords, hashed with argon2id. At most two at once: each costs 19 MiB and tens of milliseconds of CPU."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from matinee.ports.rpc import Refused

T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 30


class Passwords:
    def __init__(self) -> None:
        # OWASP's second profile: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = self._hasher.hash("nobody has this password")

    async def hashed(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def fits(self, password: str, stored: str | None) -> bool:
        """Whether the password belongs to the stored hash; costs the same time when there is no account (None)."""
        fits = await self._in_turn(lambda: self._verify(password, stored or self._nobody))
        return fits and stored is not None

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """Runs it when a slot is free; refuses at once when so many wait that nobody behind them would be served in time."""
        if self._waiting >= MOST_WAITING:
            raise Refused("busy", "There is a queue at the door.", "Try again in a moment.")
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
