"""Says in an MP4 which pictures a player may start from, and takes the promise back where it was too bold.

In H.264 a stream may be entered for certain at an IDR picture only. Containers also mark pictures as keyframes that merely
recover soon ("open groups"): browsers decode across them in play, and stop with an error when a seek lands on one. The
`stss` box (ISO/IEC 14496-12, 8.6.2) is the list of marks; here it is cut down to the pictures we mean to cut at.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

PATH_TO_MARKS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stss")


class NoMarks(ValueError):
    """The file is no MP4 of one track whose index lies at its end; the text says what is missing."""


def keep_sync_samples(mp4: Path, samples: Sequence[int]) -> None:
    """Leaves only these samples (counted from 1, in decoding order) marked, in a file of one track with `moov` last."""
    with mp4.open("r+b") as file:
        start = _start_of_index(file, mp4.stat().st_size)
        file.seek(start)
        marks = struct.pack(f">II{len(samples)}I", 0, len(samples), *samples)
        index = _with_leaf(file.read(), PATH_TO_MARKS, marks)
        file.seek(start)
        file.write(index)
        file.truncate()


def _start_of_index(file: BinaryIO, size: int) -> int:
    """Where `moov` begins; it must reach to the end of the file, so that it may shrink."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        if kind == b"moov" and at + length == size:
            return at
        at += max(8, length)
    raise NoMarks(f"{file.name}: no moov box at its end")


def _with_leaf(box: bytes, path: Sequence[bytes], content: bytes) -> bytes:
    """The box with the leaf at `path` (its own kind first) replaced, and every length around it right."""
    (kind,) = struct.unpack_from(">4s", box, 4)
    if len(path) == 1:
        return struct.pack(">I4s", 8 + len(content), kind) + content
    children = list(_children(box))
    if path[1] not in [child[4:8] for child in children]:
        raise NoMarks(f"no {path[1].decode()} box in {kind.decode('latin-1')}")
    inside = b"".join(_with_leaf(child, path[1:], content) if child[4:8] == path[1] else child for child in children)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def _children(box: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(box):
        (length,) = struct.unpack_from(">I", box, at)
        if length < 8:
            raise NoMarks("a box shorter than its own header")
        yield box[at : at + length]
        at += length
