"""A real nginx in a folder of its own on a free loopback port, and a client that sends exactly the bytes it is told to."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from matinee.contracts.ids import BoxId
from matinee.edge.agent import BoxSilent, keys_held, put_keys
from matinee.edge.nginx import BoxPlan, command, default_nginx, lay_out
from matinee.edge.origin import S3Origin
from matinee.edge.tokens import mint

FILM_BYTES = b"one byte of film, "
PICTURES = ("thumbs/1.jpg", "thumbs/1.webp", "chapters.json")
KEYS = {"k1": "a secret of the first key, thirty-two and more", "k2": "another secret of the second key, as long"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One keep-alive connection, opened again when the other side has closed it."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, target: bytes | str, method: str = "GET", headers: str = "") -> Answer:
        raw = target.encode() if isinstance(target, str) else target
        request = method.encode() + b" " + raw + b" HTTP/1.1\r\nHost: box\r\n" + headers.encode() + b"\r\n"
        try:
            return self._exchange(request, method)
        except (ConnectionError, EOFError):
            self.close()
            return self._exchange(request, method)

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _exchange(self, request: bytes, method: str) -> Answer:
        self._socket = self._socket or self._connect()
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = 0 if method == "HEAD" else int(headers.get("content-length", "0"))
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(status.split()[1]), headers, body)

    def _more(self) -> None:
        assert self._socket
        received = self._socket.recv(1 << 18)
        if not received:
            raise EOFError
        self._rest += received


@dataclass
class StagedBox:
    """Reads from `s3`, if that is given, else from `films`."""

    folder: Path
    films: Path
    origin_also: str = ""
    cache_bytes: int = 50_000_000
    s3: S3Origin | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    lines: list[Line] = field(default_factory=list[Line])

    def start(self, spoil: Callable[[], object] = lambda: None) -> None:
        """`spoil` is called once all is laid out, before nginx reads it."""
        self.port = self.port or free_port()
        lay_out(self.folder, BoxPlan(BoxId("a"), "127.0.0.1", self.port, self.s3 or self.films, self.cache_bytes))
        written = self.folder / "nginx.conf"
        origin = "listen unix:origin.sock;"
        written.write_text(written.read_text().replace(origin, f"{origin} {self.origin_also}"))
        spoil()
        with self.said.open("ab") as said:
            run = command(default_nginx())
            self.process = subprocess.Popen(run, cwd=self.folder, umask=0o077, stderr=said, start_new_session=True)
        wait_until(self.answers)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """By the process group: a killed master leaves its workers."""
        for line in self.lines:
            line.close()
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(10)
        self.process = None

    @property
    def said(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.stderr")

    @property
    def worker(self) -> int:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in children:
            # One that is told to leave may be gone by now.
            with suppress(OSError):
                if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
        raise AssertionError(f"none of nginx's children {children} is a worker")

    def answers(self) -> bool:
        try:
            asyncio.run(keys_held(self.folder))
        except BoxSilent:
            return False
        return True

    def hold(self, keys: dict[str, str]) -> None:
        asyncio.run(put_keys(self.folder, keys))

    def line(self, unix: str = "") -> Line:
        """A connection to the box's port, or to one of its sockets."""
        made = Line(lambda: dial_unix(self.folder, unix) if unix else socket.create_connection(("127.0.0.1", self.port), 10))
        self.lines.append(made)
        return made

    def ask(self, target: bytes | str, method: str = "GET", headers: str = "") -> Answer:
        line = self.line()
        try:
            return line.ask(target, method, headers)
        finally:
            line.close()


def serving(box: StagedBox) -> StagedBox:
    """The same box, started and holding its keys."""
    box.start()
    box.hold(KEYS)
    return box


class NewBox(Protocol):
    def __call__(
        self, name: str = "box", blobs: str = "blobs", origin_also: str = "", cache_bytes: int = 50_000_000
    ) -> StagedBox:
        """A box that has not been started; `origin_also` is added to its origin's settings."""
        ...


def token(
    edition: str = "ed1",
    kid: str = "k1",
    keys: dict[str, str] = KEYS,
    left_s: int = 600,
    view: str = "view-0001",
    height: int = 0,
) -> str:
    return mint(keys[kid], kid, int(time.time()) + left_s, view, f"films/{edition}", height)


def put_films(blobs: Path) -> Path:
    """Two editions, and beside them what nobody may read through a box."""
    for edition in ("ed1", "ed2"):
        for name in (
            "manifest.mpd",
            "master.m3u8",
            "v720/init.mp4",
            "v720/1.m4s",
            "v1080-6000k/1.m4s",
            "sound/main.m3u8",
            *PICTURES,
        ):
            put(blobs / "films" / edition / name, FILM_BYTES * 100)
    for name in ("card.webp", "backdrop.webp", "poster.webp", "secret.txt", "card.webp.bak"):
        put(blobs / "art" / "art1" / name, b"picture")
    put(blobs / "sources" / "so1" / "whole.mp4", FILM_BYTES * 100)
    return blobs


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def dial_unix(folder: Path, name: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(10)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        made.connect(f"/proc/self/fd/{descriptor}/{name}")
    finally:
        os.close(descriptor)
    return made


def kids_on_disk(box: StagedBox) -> list[str]:
    path = box.folder / "keys.json"
    return sorted(json.loads(path.read_bytes() or b"{}")) if path.exists() else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true: Callable[[], bool], within_s: float = 30) -> None:
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s, f"still not so after {within_s} s: {true}"
        time.sleep(0.02)
