"""Playback: a tap on Play, answered in one call: who, may they, which tracks, which boxes."""

import uuid
from collections.abc import Awaitable, Callable, Sequence

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.catalog_pb2 import FAILED, GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.events_pb2 import PlayGranted
from matinee.contracts.identity_pb2 import AccountId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.steering_pb2 import SteerRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.rpc import Call, Refused

DASH_MANIFEST = "manifest.mpd"
HLS_PLAYLIST = "master.m3u8"


class Playback:
    """Implements `PlaybackService`."""

    def __init__(
        self, *, log: Log, clock: Clock, identity: IdentityClient, catalog: CatalogClient, steering: SteeringClient
    ) -> None:
        self._log = log
        self._clock = clock
        self._identity = identity
        self._catalog = catalog
        self._steering = steering

    async def start(self) -> None:
        return

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        return

    async def play(self, request: pb.PlayRequest, call: Call) -> pb.PlayGrant:
        onward = call.from_("playback")
        account = await self._identity.whois(AccountId(account_id=request.account_id), onward)
        title = await self._catalog.get_title(GetTitleRequest(title_id=request.title_id), onward)
        _refuse_unplayable(title)
        view_id = uuid.uuid4().hex
        steered = await self._steering.steer(
            SteerRequest(
                edition_id=title.edition.edition_id,
                view_id=view_id,
                runtime_ms=title.runtime_ms,
                scheme=request.scheme,
                host=request.host,
            ),
            onward,
        )
        nearest = steered.bases[0]
        fact = PlayGranted(
            view_id=view_id,
            account_id=account.account_id,
            title_id=title.title_id,
            edition_id=title.edition.edition_id,
            at_ms=self._clock.now_ms(),
        )
        await self._log.append("plays", [Entry(view_id, fact.SerializeToString())])
        return pb.PlayGrant(
            view_id=view_id,
            dash_url=nearest + DASH_MANIFEST,
            hls_url=nearest + HLS_PLAYLIST,
            until_ms=steered.until_ms,
        )


def _refuse_unplayable(title: Title) -> None:
    if title.HasField("edition"):
        return
    if title.state == FAILED:
        raise Refused("forbidden", "This film could not be prepared.", title.problem)
    raise Refused("not_yet", "Not quite yet.", f"{title.name} is still being prepared. It starts by itself in a moment.")
