"""The port `blobs` on S3: every attempt to put a unit has a folder of its own, and one small object says which one counts.

    <kind>/<unit>/<attempt>/<path>     the files, under a random name that no other attempt shares
    <kind>/<unit>/<attempt>/.names     their names
    <kind>/<unit>/.whole               the attempt that is the unit: put last, and only if there is none yet
    .notes/<random>                    an attempt that may have to be cleared away

S3 renames nothing, but it makes one object once, whoever races for it: that is what `.whole` is. Without it there is no
unit, whatever else lies there. Nobody waits for anybody: who loses the race clears its own attempt, and what a dead process
left is cleared by a later put, once its note is a day old by the store's own clock.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError
from obstore.store import S3Store

from matinee.contracts.s3_url import read_s3_keys, read_s3_url
from matinee.engines.blob_names import blob_parts, check_range, files_to_put, unit_parts
from matinee.ports.blobs import BlobsUnavailable, NoSuchBlob

if TYPE_CHECKING:
    # Only there for type checkers.
    from obstore import ObjectMeta

NOTES = ".notes"
STALE = timedelta(hours=24)

MOST_PUT_S = 12 * 3600.0
"""A put that takes longer gives up, long before others may take it for dead."""

REMEMBERED_S = 1.0
"""How long a read may trust what it knows of a unit. A delete waits so long before it touches the files: no reader, however
far away, ever finds a unit in part."""

MOST_REMEMBERED = 1000
PAGE = 1000
PUTS_AT_ONCE = 8
PART_BYTES = 5 * 1024 * 1024
PARTS_AT_ONCE = 2

ANSWERS_WITHIN_S = 30.0
CONNECTS_WITHIN_S = 3.0
TRIES_AGAIN = 5
TRIES_FOR_S = 10.0


class S3Blobs:
    """`url` as contracts/s3_url.py says; the readers' key is for the boxes, which read by themselves."""

    def __init__(
        self, url: str, stale: timedelta = STALE, answers_within_s: float = ANSWERS_WITHIN_S, tries_for_s: float = TRIES_FOR_S
    ) -> None:
        self._store = _store_of(url, answers_within_s, tries_for_s)
        self._stale = stale
        self._where = url
        self._known: dict[str, tuple[float, str]] = {}  # by unit: since when, and the attempt

    async def has(self, unit: str) -> bool:
        unit_parts(unit)
        with self._asking(unit):
            return await self._attempt_of(unit) is not None

    async def put_tree(self, unit: str, tree: Path) -> None:
        """Refuses a tree with no file, with a link or other oddity, or with a name that could not be read back."""
        unit_parts(unit)
        with self._asking(unit):
            if await self._attempt_of(unit) is None:
                files = await asyncio.to_thread(files_to_put, tree)
                async with asyncio.timeout(MOST_PUT_S):
                    await self._put(unit, tree, files)

    async def delete(self, unit: str) -> None:
        unit_parts(unit)
        with self._asking(unit):
            attempt = await self._attempt_of(unit)
            if attempt is None:
                return
            note = await self._note(f"{unit}/{attempt}")
            await obstore.delete_async(self._store, _whole(unit))
            self._known.pop(unit, None)
            await asyncio.sleep(REMEMBERED_S)
            await self._clear(f"{unit}/{attempt}", note)

    async def read(self, name: str, first: int = 0, last: int | None = None) -> bytes:
        kind, of, *path = blob_parts(name)
        check_range(name, first, last)
        unit = f"{kind}/{of}"
        with self._asking(name):
            attempt = await self._remembered(unit)
            if attempt is None:
                raise NoSuchBlob(name)
            found = await self._bytes("/".join((unit, attempt, *path)), first, last)
        if found is None:
            raise NoSuchBlob(name)
        return found

    async def names(self, unit: str) -> list[str]:
        unit_parts(unit)
        with self._asking(unit):
            attempt = await self._attempt_of(unit)
            kept = await self._bytes(f"{unit}/{attempt}/.names") if attempt else None
        paths: list[str] = json.loads(kept) if kept else []
        return sorted(f"{unit}/{path}" for path in paths)

    async def units(self) -> list[str]:
        with self._asking("every unit"):
            kinds = [each for each in await self._folders(None) if each != NOTES]
            units = [unit for kind in kinds for unit in await self._folders(kind)]
            return sorted([unit for unit in units if await self._attempt_of(unit) is not None])

    async def _folders(self, place: str | None) -> Sequence[str]:
        """None, where the first put has yet to make the bucket."""
        try:
            found = await obstore.list_with_delimiter_async(self._store, place)  # pyright: ignore[reportUnknownMemberType]
        except (GenericError, FileNotFoundError) as error:
            if "NoSuchBucket" in str(error):
                return []
            raise
        return found["common_prefixes"]

    async def _put(self, unit: str, tree: Path, files: list[Path]) -> None:
        """Noted before the first file: whatever happens from there on, somebody will know what to clear."""
        attempt = secrets.token_hex(16)
        place = f"{unit}/{attempt}"
        note = await self._note(place)
        await self._sweep()
        await self._upload(tree, files, place)
        await obstore.put_async(self._store, f"{place}/.names", json.dumps([str(path) for path in files]).encode())
        try:
            await obstore.put_async(self._store, _whole(unit), attempt.encode(), mode="create")
        except AlreadyExistsError:
            # Another's, unless it is our own, tried twice because the first answer was lost.
            if await self._attempt_of(unit) != attempt:
                await self._clear(place, note)
                return
        await obstore.delete_async(self._store, note)

    async def _upload(self, tree: Path, files: list[Path], place: str) -> None:
        todo = iter(files)

        async def carry() -> None:
            for path in todo:
                await obstore.put_async(
                    self._store, f"{place}/{path}", tree / path, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
                )

        carriers = [asyncio.create_task(carry()) for _ in range(min(PUTS_AT_ONCE, len(files)))]
        try:
            await asyncio.gather(*carriers)
        finally:
            for each in carriers:
                each.cancel()

    async def _note(self, place: str) -> str:
        note = f"{NOTES}/{secrets.token_hex(16)}"
        await obstore.put_async(self._store, note, place.encode())
        return note

    async def _sweep(self) -> None:
        """Clears what notes of dead processes name. The youngest note, ours or a younger one, tells the store's time."""
        notes = [each async for page in self._pages(NOTES) for each in page]
        now = max((each["last_modified"] for each in notes), default=None)
        for each in notes:
            if now is None or now - each["last_modified"] < self._stale:
                continue
            note = each["path"]
            place = await self._bytes(note)
            if place is None:  # swept by another meanwhile
                continue
            unit, _, attempt = place.decode().rpartition("/")
            if await self._attempt_of(unit) == attempt:
                await obstore.delete_async(self._store, note)
            else:
                await self._clear(f"{unit}/{attempt}", note)

    async def _clear(self, place: str, note: str) -> None:
        """The files first and the note last, so that it can be begun again."""
        async for page in self._pages(place):
            await obstore.delete_async(self._store, [each["path"] for each in page])
        await obstore.delete_async(self._store, note)

    def _pages(self, place: str) -> AsyncIterator[Sequence["ObjectMeta"]]:
        # One of its other forms gives arrow tables, for whose type another library is needed.
        return obstore.list(self._store, place, chunk_size=PAGE)  # pyright: ignore[reportUnknownMemberType]

    async def _remembered(self, unit: str) -> str | None:
        asked_s = time.monotonic()
        since_s, attempt = self._known.get(unit, (0.0, ""))
        if attempt and asked_s - since_s < REMEMBERED_S:
            return attempt
        found = await self._attempt_of(unit)
        if found is not None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[unit] = (asked_s, found)
        return found

    async def _attempt_of(self, unit: str) -> str | None:
        found = await self._bytes(_whole(unit))
        return None if found is None else found.decode()

    async def _bytes(self, key: str, first: int = 0, last: int | None = None) -> bytes | None:
        """What lies there, cut at its end; None where nothing does."""
        try:
            if first == 0 and last is None:
                answer = await obstore.get_async(self._store, key)
            elif last is None:
                answer = await obstore.get_async(self._store, key, options={"range": {"offset": first}})
            else:
                answer = await obstore.get_async(self._store, key, options={"range": (first, last + 1)})
            return (await answer.bytes_async()).to_bytes()
        except FileNotFoundError:
            return None
        except GenericError:
            # S3 refuses a range behind the end, where the port promises nothing, plainly.
            if (first or last is not None) and (await obstore.head_async(self._store, key))["size"] <= first:
                return b""
            raise

    @contextmanager
    def _asking(self, what: str) -> Generator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            said = str(error).partition("\n")[0][:300] or type(error).__name__
            raise BlobsUnavailable(
                f"{what}: the blobs in {self._where} failed: {said}; see whether the service there runs and what its keys may do"
            ) from error


def _whole(unit: str) -> str:
    return f"{unit}/.whole"


def _store_of(url: str, answers_within_s: float, tries_for_s: float) -> S3Store:
    place = read_s3_url(url)
    access, secret = read_s3_keys(place.keys)
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        endpoint=place.endpoint,
        region=place.region,
        virtual_hosted_style_request=False,
        # A provider, and not the keys themselves: those would be mixed with a session token from the environment.
        credential_provider=lambda: {"access_key_id": access, "secret_access_key": secret, "token": None, "expires_at": None},
        client_options={
            "allow_http": place.endpoint.startswith("http://"),
            "timeout": timedelta(seconds=answers_within_s),
            "connect_timeout": timedelta(seconds=CONNECTS_WITHIN_S),
        },
        retry_config={"max_retries": TRIES_AGAIN, "retry_timeout": timedelta(seconds=tries_for_s)},
    )
