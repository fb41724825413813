"""A batch of log entries as bytes: msgpack pairs of key and value under one CRC-32.

The checksum covers the topic, the first offset and the count as well, so a batch moved to another place is damage too.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from matinee.ports.log import MOST_ENTRY_BYTES, Entry

MOST_BATCH_BYTES = 4 << 20
MOST_BATCH_ENTRIES = 1000

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Entry])


class DamagedBatch(Exception):
    """What was read is not what was written; the text says which batch and how it shows."""


@dataclass(frozen=True)
class Row:
    count: int
    body: bytes
    base_offset: int = -1

    def at(self, base_offset: int) -> "Row":
        """The same entries in their place, which is known only under the file's lock."""
        return replace(self, base_offset=base_offset)

    def crc(self, topic: str) -> int:
        return zlib.crc32(self.body, zlib.crc32(f"{topic} {self.base_offset} {self.count}".encode()))


def pack(topic: str, entries: Sequence[Entry]) -> list[Row]:
    """The entries of one append as batches of a size that is read at one go."""
    if not topic.isprintable() or not topic:
        raise ValueError(f"{topic!r} is no name for a topic: use plain letters")
    if 0 < len(entries) <= MOST_BATCH_ENTRIES:
        body = _encoder.encode(list(entries))
        # Together no larger than one may be: then none of them needs to be looked at.
        if len(body) <= MOST_ENTRY_BYTES:
            return [Row(len(entries), body)]
    return [Row(len(part), _encoder.encode(part)) for part in _parts(topic, entries)]


def unpack(topic: str, row: Row, crc: int) -> list[Entry]:
    where = f"the batch of topic {topic!r} at offset {row.base_offset}"
    if row.crc(topic) != crc:
        raise DamagedBatch(f"{where} fails its checksum")
    entries = _decoder.decode(row.body)
    if len(entries) != row.count:
        raise DamagedBatch(f"{where} holds {len(entries)} entries instead of {row.count}")
    return entries


def check(topic: str, entry: Entry) -> int:
    """The size of an entry in bytes; ValueError where that is more than a log takes."""
    # Only of a key that is not plain must the UTF-8 be made to know its length.
    key_bytes = len(entry.key) if entry.key.isascii() else len(entry.key.encode())
    entry_bytes = key_bytes + len(entry.value)
    if entry_bytes > MOST_ENTRY_BYTES:
        raise ValueError(
            f"an entry of {entry_bytes} bytes (key {entry.key[:40]!r}) is too large for topic {topic!r}:"
            f" the log takes {MOST_ENTRY_BYTES}; put the bytes into the blobs and log their name"
        )
    return entry_bytes


def _parts(topic: str, entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    part: list[Entry] = []
    size = 0
    for entry in entries:
        entry_bytes = check(topic, entry)
        if part and (size + entry_bytes > MOST_BATCH_BYTES or len(part) == MOST_BATCH_ENTRIES):
            yield part
            part, size = [], 0
        part.append(entry)
        size += entry_bytes
    if part:
        yield part
