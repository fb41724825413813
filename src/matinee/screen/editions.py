"""The manifests of editions as the studio published them, read once: an edition never changes."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from matinee.contracts.ids import EditionId
from matinee.ports.blobs import Blobs
from matinee.screen.manifest_dash import DashEdition, read_dash
from matinee.screen.manifest_hls import HlsEdition, read_hls
from matinee.screen.pathways import BadManifest

KEPT = 128
DASH_MANIFEST = "manifest.mpd"
HLS_PLAYLIST = "master.m3u8"

Read = TypeVar("Read", DashEdition, HlsEdition)


class Editions:
    """Keeps the manifests that were asked for last. Raises NoSuchBlob, BlobsUnavailable, BadManifest."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._dash: OrderedDict[EditionId, DashEdition] = OrderedDict()
        self._hls: OrderedDict[EditionId, HlsEdition] = OrderedDict()

    async def dash(self, edition_id: EditionId) -> DashEdition:
        return await self._read(self._dash, edition_id, DASH_MANIFEST, read_dash)

    async def hls(self, edition_id: EditionId) -> HlsEdition:
        return await self._read(self._hls, edition_id, HLS_PLAYLIST, lambda content: read_hls(content.decode()))

    async def _read(
        self, kept: OrderedDict[EditionId, Read], edition_id: EditionId, file: str, read: Callable[[bytes], Read]
    ) -> Read:
        if edition_id not in kept:
            name = f"films/{edition_id}/{file}"
            try:
                kept[edition_id] = read(await self._blobs.read(name))
            except ValueError as error:
                raise BadManifest(f"{name}: {error}") from error
            while len(kept) > KEPT:
                kept.popitem(last=False)
        kept.move_to_end(edition_id)
        return kept[edition_id]
