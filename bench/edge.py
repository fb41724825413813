"""What a token and the counting cost a box: requests of cached segments per second of its worker's CPU.

The anchor is a second server in the same nginx: the films server with token and counting taken out of it. Beside it stands
what nginx can do at best: the bare file by sendfile, neither cached nor checked. All give the same bytes, in turns, over one
connection each, so that whatever else the machine does falls on all alike.
"""

import asyncio
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.row import Row

from matinee.contracts.ids import BoxId
from matinee.edge.agent import BoxSilent, put_keys
from matinee.edge.nginx import BoxPlan, command, default_nginx, lay_out
from matinee.edge.tokens import mint

ROUNDS = 20
SIZES = (("256 kB", 256_000, 750, 0.6), ("1 MB", 1_000_000, 300, 0.8))
PER_CPU_S = "requests per CPU second"
SECRET = "a secret of thirty-two characters or more"


@dataclass(frozen=True)
class Running:
    worker: int
    port: int
    anchor_port: int


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as home, _running(Path(home)) as box:
        token = mint(SECRET, "k1", int(time.time()) + 3600, "view-0001", "films/ed1")
        for name, size_bytes, requests, goal in SIZES:
            used_s = [0.0, 0.0, 0.0]
            with (
                _Getter(box.port, f"{token}{size_bytes}.m4s") as tokened,
                _Getter(box.anchor_port, f"/films/ed1/{size_bytes}.m4s") as plain,
                _Getter(box.anchor_port, f"/bare/films/ed1/{size_bytes}.m4s") as bare,
            ):
                for getter in (tokened, plain, bare):
                    getter.get(100, size_bytes)
                for _ in range(ROUNDS):
                    for which, getter in enumerate((tokened, plain, bare)):
                        used_s[which] += _cpu_s(box.worker, getter, requests, size_bytes)
            ours, anchor, best = (ROUNDS * requests / each_s for each_s in used_s)
            yield Row(f"token + cache hit, {name}, against the hit alone (goal {goal})", ours, anchor, PER_CPU_S)
            yield Row(f"token + cache hit, {name}, against bare sendfile", ours, best, PER_CPU_S)


class _Getter:
    """A viewer that throws away what it gets: the kernel drops the bytes (MSG_TRUNC) without copying them here."""

    def __init__(self, port: int, target: str) -> None:
        self._port = port
        self._request = f"GET {target} HTTP/1.1\r\nHost: box\r\n\r\n".encode()
        self._scrap = bytearray(1 << 20)

    def __enter__(self) -> "_Getter":
        self._socket = socket.create_connection(("127.0.0.1", self._port), 10)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, times: int, size_bytes: int) -> None:
        for _ in range(times):
            self._socket.sendall(self._request)
            head = b""
            while b"\r\n\r\n" not in head:
                head += self._socket.recv(2048)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"a measured request was answered {head[:40]!r}: the figure would mean nothing")
            left = size_bytes - len(head.partition(b"\r\n\r\n")[2])
            while left:
                left -= self._socket.recv_into(self._scrap, min(left, len(self._scrap)), socket.MSG_TRUNC)


def _cpu_s(worker: int, getter: _Getter, times: int, size_bytes: int) -> float:
    before_s = _used_s(worker)
    getter.get(times, size_bytes)
    return _used_s(worker) - before_s


def _used_s(pid: int) -> float:
    """User and system time so far, in nanoseconds by the kernel's scheduler: the first field of /proc/<pid>/schedstat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def _running(home: Path) -> Generator[Running]:
    port, anchor_port = free_port(), free_port()
    films = home / "blobs" / "films" / "ed1"
    films.mkdir(parents=True)
    for _, size_bytes, _, _ in SIZES:
        (films / f"{size_bytes}.m4s").write_bytes(os.urandom(size_bytes))
    folder = home / "box"
    lay_out(folder, BoxPlan(BoxId("bench"), "127.0.0.1", port, home / "blobs", 100_000_000))
    _add_anchor(folder / "nginx.conf", port, anchor_port)
    master = subprocess.Popen(command(default_nginx()), cwd=folder, umask=0o077, start_new_session=True)
    try:
        _give_keys(folder)
        children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        worker = next(int(pid) for pid in children if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
        with _apart(worker):
            yield Running(worker, port, anchor_port)
    finally:
        os.killpg(master.pid, signal.SIGTERM)
        master.wait()


@contextmanager
def _apart(worker: int) -> Generator[None]:
    """The worker on one processor and its viewer on the others, if there are any: neither pushes the other around."""
    all_cpus = os.sched_getaffinity(0)
    one = min(all_cpus)
    os.sched_setaffinity(worker, {one})
    os.sched_setaffinity(0, all_cpus - {one} or {one})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cpus)


def _add_anchor(written: Path, port: int, anchor_port: int) -> None:
    """The films server once more, on another port, with the token's part of the path, the verdict and the counting taken out;
    and the films' folder as it is, by sendfile."""
    text = written.read_text()
    server = text[text.index("    # Films, for viewers.") : text.index("    # The origin on this machine")]
    anchor = re.sub(r".*\$(verdict|counted).*\n", "", server.replace(f":{port};", f":{anchor_port};"))
    anchor = re.sub(r'location ~ ".*" \{', r'location ~ "^(?<film>/films/[A-Za-z0-9_-]+/.+)\\z" {', anchor)
    folder = re.search(r"root (.*);", text[text.index("listen unix:origin.sock") :])
    assert folder, "the origin has no folder: the bare file cannot be measured"
    bare = f'        location /bare/ {{ alias {folder[1][:-1]}/"; }}\n    }}\n'
    written.write_text(text.replace(server, server + anchor.rstrip().removesuffix("}") + bare))


def _give_keys(folder: Path) -> None:
    until_s = time.monotonic() + 10
    while True:
        try:
            asyncio.run(put_keys(folder, {"k1": SECRET}))
        except BoxSilent:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
