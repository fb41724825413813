"""The blobs on a real S3: what lies there beside the units, who may do what, and what happens while it does not answer."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from infra.keys import S3_READER, S3_WRITER, s3_keys, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports
from matinee.engines.s3_blobs import S3Blobs
from matinee.ports.blobs import BlobsUnavailable, NoSuchBlob

pytestmark = pytest.mark.engines
ENDPOINT = f"http://{LOOPBACK}:{read_ports().seaweed.s3}"
BUCKET = "exam"


@pytest.fixture
def prefix() -> str:
    return secrets.token_hex(8)


def url(prefix: str, who: str = S3_WRITER, endpoint: str = ENDPOINT) -> str:
    return f"s3://{BUCKET}/{prefix}?endpoint={endpoint}&region=us-east-1&keys={s3_keys_file(DEFAULT_DATA, who)}"


def lying_in(prefix: str) -> list[str]:
    """The keys of all objects, as the store itself lists them."""
    access, secret = s3_keys(DEFAULT_DATA, S3_WRITER)
    store = S3Store(
        BUCKET,
        prefix=prefix,
        endpoint=ENDPOINT,
        region="us-east-1",
        access_key_id=access,
        secret_access_key=secret,
        client_options={"allow_http": True},
    )
    pages = obstore.list(store)  # pyright: ignore[reportUnknownMemberType] - of arrow tables, which are not asked for
    return sorted(each["path"] for page in pages for each in page)


def tree(folder: Path, **files: bytes) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


async def test_a_unit_leaves_nothing_behind_when_it_goes(prefix: str, tmp_path: Path) -> None:
    """A deleted film frees all its room, the objects included that no name leads to."""
    blobs = S3Blobs(url(prefix))
    await blobs.put_tree("films/e1", tree(tmp_path / "made", a=b"a", b=b"b"))
    assert len(lying_in(prefix)) == 4  # two files, their names, and what says that they are whole
    await blobs.delete("films/e1")
    assert lying_in(prefix) == []


async def test_who_loses_a_race_clears_its_own(prefix: str, tmp_path: Path) -> None:
    """Eight workers publish one film at once: one copy of it lies in the store afterwards, whole, and no scrap of the others."""
    trees = [tree(tmp_path / f"{number}", a=b"%d" % number, b=b"%d" % number) for number in range(8)]
    await asyncio.gather(*(S3Blobs(url(prefix)).put_tree("films/e1", each) for each in trees))
    blobs = S3Blobs(url(prefix))
    assert await blobs.read("films/e1/a") == await blobs.read("films/e1/b")
    assert len(lying_in(prefix)) == 4


async def test_what_a_dead_writer_left_is_cleared(prefix: str, tmp_path: Path) -> None:
    """A worker dies half-way through a film: a later publication clears its files, and nothing that is published."""
    made = tree(tmp_path / "made", **{f"f{number}": b"x" * 1000 for number in range(400)})
    await S3Blobs(url(prefix)).put_tree("films/kept", tree(tmp_path / "kept", a=b"kept"))
    dying = asyncio.create_task(S3Blobs(url(prefix)).put_tree("films/e1", made))
    while len(lying_in(prefix)) < 10:
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.wait({dying})
    assert not await S3Blobs(url(prefix)).has("films/e1")
    await S3Blobs(url(prefix)).put_tree("films/next", tree(tmp_path / "next", a=b"next"))
    assert len(lying_in(prefix)) > 10, "it may yet be at work: it is not a day old"
    await asyncio.sleep(1.1)
    later = S3Blobs(url(prefix), stale=timedelta(seconds=1))
    await later.put_tree("films/last", tree(tmp_path / "last", a=b"last"))
    assert [await later.read(f"films/{unit}/a") for unit in ("kept", "next", "last")] == [b"kept", b"next", b"last"]
    assert len(lying_in(prefix)) == 3 * 3


async def test_a_deletion_cut_short_is_finished_by_others(prefix: str, tmp_path: Path) -> None:
    """A worker dies as it deletes a film: the film is gone, a new one may take its name, and the old files go later."""
    blobs = S3Blobs(url(prefix))
    await blobs.put_tree("films/e1", tree(tmp_path / "old", a=b"old", b=b"old"))
    dying = asyncio.create_task(S3Blobs(url(prefix)).delete("films/e1"))
    while await blobs.has("films/e1"):
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.wait({dying})
    await S3Blobs(url(prefix)).put_tree("films/e1", tree(tmp_path / "new", a=b"new"))
    assert len(lying_in(prefix)) == 3 + 4  # the new film, and the old one's files, names and note
    await asyncio.sleep(1.1)
    later = S3Blobs(url(prefix), stale=timedelta(seconds=1))
    await later.put_tree("films/last", tree(tmp_path / "last", a=b"last"))
    assert await later.names("films/e1") == ["films/e1/a"]
    assert await later.read("films/e1/a") == b"new"
    assert len(lying_in(prefix)) == 2 * 3


async def test_a_film_that_is_deleted_elsewhere_is_whole_until_it_is_gone(prefix: str, tmp_path: Path) -> None:
    """A reader that knows a film sees all of it, and a moment after another process deleted it, nothing: never a part."""
    reader = S3Blobs(url(prefix))
    names = [f"f{number}" for number in range(20)]
    await reader.put_tree("films/e1", tree(tmp_path / "made", **{name: b"x" for name in names}))
    going, rounds = asyncio.create_task(S3Blobs(url(prefix)).delete("films/e1")), list[int]()
    while not going.done():
        found = 0
        for name in names:
            with suppress(NoSuchBlob):
                found += len(await reader.read(f"films/e1/{name}"))
        rounds.append(found)
    assert rounds[0] == len(names)
    assert await reader.names("films/e1") == []
    with pytest.raises(NoSuchBlob):
        await reader.read("films/e1/f0")
    # It went between two reads of one round at most.
    assert sum(0 < found < len(names) for found in rounds) <= 1


async def test_a_big_file_comes_back_in_any_piece(prefix: str, tmp_path: Path) -> None:
    """A film of several parts is put as one object, and read from any byte to any other across their borders."""
    film = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(400_000))
    blobs = S3Blobs(url(prefix))
    await blobs.put_tree("films/e1", tree(tmp_path / "made", film=film))
    border = 5 * 1024 * 1024
    assert await blobs.read("films/e1/film", border - 100, border + 99) == film[border - 100 : border + 100]
    assert hashlib.sha256(await blobs.read("films/e1/film")).digest() == hashlib.sha256(film).digest()
    await blobs.delete("films/e1")


async def test_a_reader_s_key_reads_and_writes_nothing(prefix: str, tmp_path: Path) -> None:
    """Who holds the read-only key reads all units and is told plainly that it may not put one."""
    made = tree(tmp_path / "made", a=b"a")
    await S3Blobs(url(prefix)).put_tree("films/e1", made)
    reader = S3Blobs(url(prefix, S3_READER))
    assert await reader.names("films/e1") == ["films/e1/a"]
    assert await reader.read("films/e1/a") == b"a"
    with pytest.raises(BlobsUnavailable, match="what its keys may do"):
        await reader.put_tree("films/e2", made)
    with pytest.raises(BlobsUnavailable, match="what its keys may do"):
        await reader.delete("films/e1")
    assert await reader.has("films/e1")


@asynccontextmanager
async def mute() -> AsyncGenerator[str]:
    """A server that takes every question and answers none."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, LOOPBACK, 0)
    try:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_a_store_that_hangs_is_not_waited_for(prefix: str) -> None:
    """A store that never answers is reported within the time that was granted, tries and all, by its address."""
    async with mute() as endpoint:
        blobs, began_s = S3Blobs(url(prefix, endpoint=endpoint), answers_within_s=0.3), time.monotonic()
        with pytest.raises(BlobsUnavailable, match=endpoint):
            await blobs.has("films/e1")
        assert time.monotonic() - began_s < 12


async def test_nobody_there_is_said(prefix: str) -> None:
    """Where nothing listens, the error names the address and what to look at."""
    async with mute() as endpoint:
        gone = endpoint
    with pytest.raises(BlobsUnavailable, match=f"{gone}.*see whether the service there runs"):
        await S3Blobs(url(prefix, endpoint=gone)).read("films/e1/a")


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    """A file of keys that lies open is not used, and neither is one that is none or not there."""
    file = tmp_path / "keys"
    where = f"s3://{BUCKET}?endpoint={ENDPOINT}&keys={file}"
    with pytest.raises(ValueError, match="there is no file"):
        S3Blobs(where)
    file.write_text("[default]\naws_access_key_id = me\n")
    with pytest.raises(ValueError, match="chmod 600"):
        S3Blobs(where)
    file.chmod(0o600)
    with pytest.raises(ValueError, match="aws_secret_access_key"):
        S3Blobs(where)
    with pytest.raises(ValueError, match="write s3://BUCKET"):
        S3Blobs(f"s3://{BUCKET}?keys={file}")
