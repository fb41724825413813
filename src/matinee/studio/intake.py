"""Takes a file in: what it holds, as a digest, however long it is."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from matinee.studio.tools import Stopped

READ_BYTES = 8 * 1024 * 1024


class FileChanged(Exception):
    """The file is not the one that was found; the text says what happened. Whoever found it will find the new one."""


class FileVanished(FileChanged):
    """The file is gone."""


@dataclass(frozen=True)
class FoundFile:
    """A file as the library saw it: the studio's promise is about exactly these bytes."""

    path: Path
    size_bytes: int
    modified_ns: int

    def still_there(self) -> None:
        """Raises FileVanished or FileChanged."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise FileVanished(f"{self.path.name} cannot be read any more ({error.strerror}): put it back") from error
        if (now.st_size, now.st_mtime_ns) != (self.size_bytes, self.modified_ns):
            raise FileChanged(f"{self.path.name} has changed since it was found: it will be found again when it is whole")


def content_digest(path: Path, stop: threading.Event) -> str:
    """SHA-256 of the whole file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
            if stop.is_set():
                raise Stopped("intake")
    return digest.hexdigest()
