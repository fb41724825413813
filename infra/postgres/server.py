"""PostgreSQL, from the system's packages, with one role `matinee` and its database of the same name."""

import os
import secrets
import shutil
import signal
from pathlib import Path

from infra.commands import run, succeeds
from infra.keys import password_file, password_of, write_password
from infra.ports import LOOPBACK, Address, Ports
from infra.server import EngineError, Server, as_user

USER = "postgres"
INSTALL = "type: apt-get install -y postgresql"


def postgres(ports: Ports, data: Path) -> Server:
    folder = data / "postgres"
    binaries = _binaries()
    address = Address(LOOPBACK, ports.postgres.port)

    async def prepare() -> None:
        await _make_cluster(binaries, folder)
        write_password(data, address)
        await _make_role(binaries, folder, password_of(data))

    def configure() -> None:
        """The port may have changed since the password was written down."""
        if password_file(data).exists():
            write_password(data, address, password_of(data))

    server = (
        str(binaries / "postgres"),
        "-D",
        str(folder / "data"),
        # Loopback only, and no socket in the system's folders.
        "-h",
        address.host,
        "-p",
        str(address.port),
        "-k",
        "",
    )
    return Server(
        name="postgres",
        argv=as_user(USER, server),
        folder=folder,
        listens=(address,),
        is_well=lambda: succeeds((str(binaries / "pg_isready"), "-q", "-h", address.host, "-p", str(address.port)), folder),
        configure=configure,
        prepare=prepare,
        user=USER,
        # "Fast shutdown": SIGTERM would wait for every client to leave of its own accord.
        leave=signal.SIGINT,
    )


def _binaries() -> Path:
    """Debian keeps the server's programs off the PATH, in a folder for each version; the newest is taken."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        raise EngineError(f"postgres is not installed; {INSTALL}")
    return Path(found).parent


async def _make_cluster(binaries: Path, folder: Path) -> None:
    """An empty cluster, whose superuser has a password that nobody knows."""
    if os.geteuid() == 0 and not await succeeds(as_user(USER, ("test", "-w", str(folder))), Path("/")):
        raise EngineError(f"postgres does not run as root, and its user '{USER}' cannot enter {folder}: name another --data")
    superuser = folder / "superuser"
    superuser.touch(mode=0o600)
    superuser.write_text(secrets.token_urlsafe(32))
    if os.geteuid() == 0:
        shutil.chown(superuser, USER, USER)
    initdb = (
        str(binaries / "initdb"),
        "-D",
        str(folder / "data"),
        "--username=superuser",
        f"--pwfile={superuser}",
        # Everybody gives a password that is never sent, also who comes by the socket.
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The order of text is that of its code points, on every machine and in SQLite too.
        "--locale=C.UTF-8",
    )
    await run("postgres", as_user(USER, initdb), folder)
    superuser.unlink()


async def _make_role(binaries: Path, folder: Path, password: str) -> None:
    """The role may create databases, so that each test may have its own. PostgreSQL alone with us: no port is open yet."""
    alone = (str(binaries / "postgres"), "--single", "-D", str(folder / "data"), "postgres")
    wishes = f"CREATE ROLE matinee LOGIN CREATEDB PASSWORD '{password}'\nCREATE DATABASE matinee OWNER matinee\n"
    await run("postgres", as_user(USER, alone), folder, told=wishes)
