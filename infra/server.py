"""What there is to know about a server: how it starts, what it needs before, when it is well, how it is asked to leave."""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.ports import Address


class EngineError(Exception):
    """An engine cannot be brought up or down; says which, why, and what to do."""


async def _nothing_to_prepare() -> None:
    """Most servers make what they need themselves."""


@dataclass(frozen=True)
class Server:
    """One process. `folder` is its working directory and holds all it writes.

    `configure` is done before each start, `prepare` once for a new folder; a folder whose preparation was cut short is thrown
    away. `user` is as whom it runs when we are root, empty for root itself.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    listens: tuple[Address, ...]
    is_well: Callable[[], Awaitable[bool]]
    configure: Callable[[], None] = lambda: None
    prepare: Callable[[], Awaitable[None]] = _nothing_to_prepare
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = ""
    leave: signal.Signals = signal.SIGTERM

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    @property
    def prepared(self) -> Path:
        """Exists when preparation came to its end."""
        return self.folder / "prepared"


def as_user(user: str, argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command, stepping down to `user` if we are root."""
    if not user or os.geteuid() != 0:
        return argv
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *argv)
