"""Films on a real S3 for boxes to read, and a relay in between that counts what is asked, and can be cut or fall silent."""

import asyncio
import hashlib
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from infra.keys import S3_READER, S3_WRITER, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports
from matinee.edge.origin import S3Origin, s3_origin
from matinee.engines.s3_blobs import S3Blobs

S3 = (LOOPBACK, read_ports().seaweed.s3)
BUCKET = "box-exam"


def on_s3(films: Path, port: int = S3[1], reader: Path | None = None, at: str = f"http://{S3[0]}") -> S3Origin:
    """The units below `films`, put where only this folder's tests look; read through `port`."""
    blobs = S3Blobs(url_of(films))
    units = [unit for kind in films.iterdir() for unit in kind.iterdir()]

    async def put() -> None:
        for unit in units:
            await blobs.put_tree(f"{unit.parent.name}/{unit.name}", unit)

    asyncio.run(put())
    return s3_origin(url_of(films, port, reader, at))


def url_of(films: Path, port: int = S3[1], reader: Path | None = None, at: str = f"http://{S3[0]}") -> str:
    prefix = hashlib.sha256(str(films).encode()).hexdigest()[:16]
    keys = {who: quote(str(s3_keys_file(DEFAULT_DATA, who))) for who in (S3_WRITER, S3_READER)}
    reader_keys = quote(str(reader)) if reader else keys[S3_READER]
    return f"s3://{BUCKET}/{prefix}?endpoint={at}:{port}&region=us-east-1&keys={keys[S3_WRITER]}&reader_keys={reader_keys}"


@dataclass
class Relay:
    """Stands between a box and S3, at a port of its own. `mute`: takes questions and answers nothing. `tls`: over HTTPS."""

    to: tuple[str, int] = S3
    mute: bool = False
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list[str])
    port: int = 0
    _listening: socket.socket | None = None
    _open: list[socket.socket] = field(default_factory=list[socket.socket])

    def begin(self) -> None:
        self._listening = socket.create_server((LOOPBACK, self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and who was connected is not."""
        if self._listening:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._listening, self._open = None, []

    def times(self, file: str) -> int:
        return sum(path.endswith(file) for path in self.asked)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                accepted = listening.accept()[0]
            except OSError:
                return
            # Who breaks off while shaking hands does not end the relay.
            with suppress(OSError):
                near = self.tls.wrap_socket(accepted, server_side=True) if self.tls else accepted
                far = socket.create_connection(self.to)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink, source is near), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, listen: bool) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 16):
                if listen:
                    self.asked += re.findall(r"GET ([^ ?]+)", content.decode("latin-1"))
                if not self.mute:
                    sink.sendall(content)
            sink.shutdown(socket.SHUT_WR)
