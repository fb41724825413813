"""Playback: a tap on Play, answered in one call, and all that follows until the screen goes dark.

Who asks, may they, is it paid, what plays, which boxes; and last whether a screen is free, so that nothing is given back.
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.catalog_pb2 import Audience, GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.identity_pb2 import Profile
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.ids import AccountId, BoxId, EditionId, ProfileId, TitleId
from matinee.contracts.steering_pb2 import RankRequest, SteerAnswer, SteerRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.ports.blobs import Blobs, NoSuchBlob
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rows import Rows
from matinee.ports.rpc import Call, Refused, Unavailable
from matinee.ports.sql import Sql
from matinee.screen import leases, telling
from matinee.screen.activity import FOR_GROWN_UPS, Activity, page_of
from matinee.screen.bookmarks import Bookmark, Bookmarks, Mark
from matinee.screen.editions import DASH_MANIFEST, HLS_PLAYLIST, Editions
from matinee.screen.entitlements import Entitlements
from matinee.screen.forgetting import Forgetting
from matinee.screen.leases import Lease
from matinee.screen.manifest_dash import view_of_dash
from matinee.screen.manifest_hls import view_of_hls
from matinee.screen.may_play import Allowed
from matinee.screen.migrations import MIGRATIONS
from matinee.screen.pathways import BadManifest, Pathway, bounded
from matinee.screen.places import all_taken
from matinee.screen.resume import begins_at_ms, is_finished
from matinee.screen.what_plays import WhatPlays, audience_of

HEARTBEATS_PER_LEASE = 3  # two may be lost on the way before a place is
SCREEN_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
LONGEST_DEVICE = 80


@dataclass(frozen=True)
class PlaybackSettings:
    screens: int  # of one account at once
    lease_s: int


class Playback:
    """Implements `PlaybackService`."""

    def __init__(
        self,
        *,
        sql: Sql,
        rows: Rows,
        log: Log,
        blobs: Blobs,
        clock: Clock,
        identity: IdentityClient,
        catalog: CatalogClient,
        steering: SteeringClient,
        cashier: CashierClient | None = None,
        settings: PlaybackSettings,
    ) -> None:
        self._sql = sql
        self._clock = clock
        self._catalog = catalog
        self._steering = steering
        self._settings = settings
        self._editions = Editions(blobs)
        self._bookmarks = Bookmarks(rows, clock)
        self._telling = telling.Telling(sql, log, clock)
        self._forgetting = Forgetting(sql, rows, log, clock)
        self._entitlements = Entitlements(cashier, clock)
        self._what_plays = WhatPlays(identity, catalog, self._bookmarks)
        self._activity = Activity(sql, catalog, self._bookmarks, clock)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("playback.ends", self._telling.keep_telling), ("playback.forgetting", self._forgetting.keep_hearing))

    async def close(self) -> None:
        await self._sql.close()

    async def play(self, request: pb.PlayRequest, call: Call) -> pb.PlayGrant:
        onward = call.from_("playback")
        profile = await self._what_plays.profile(request.account_id, request.profile_id, onward)
        allowed = await self._entitlements.allowed(request.account_id, self._settings.screens, onward)
        title, following = await self._what_plays.turn(request.title_id, request.profile_id, audience_of(profile), onward)
        now_ms = self._clock.now_ms()
        lease = _new_lease(request, title, allowed, now_ms, now_ms + self._settings.lease_s * 1000)
        steered = await self._steer(lease, request.scheme, request.host, onward)
        marks = await self._bookmarks.of_if_there(request.profile_id, [title.title_id])
        if not await self._sql.read(lambda db: leases.plays_already(db, lease)):
            await self._what_plays.unlock(title, profile, request, onward)
        try:
            await self._sql.transact(lambda db: telling.take(db, lease, allowed.screens, now_ms))
        except leases.AllTaken as taken:
            raise Refused("busy", "Every screen is taken.", all_taken(allowed.screens, taken.devices)) from None
        address = _address(request.scheme, request.host, lease.view_id)
        return pb.PlayGrant(
            view_id=lease.view_id,
            dash_url=address + DASH_MANIFEST,
            hls_url=address + HLS_PLAYLIST,
            until_ms=steered.until_ms,
            edition_id=lease.edition_id,
            token=steered.token,
            position_ms=begins_at_ms(marks[0].mark.position_ms, title.runtime_ms) if marks else 0,
            heartbeat_s=max(1, self._settings.lease_s // HEARTBEATS_PER_LEASE),
            lease_until_ms=lease.until_ms,
            title=title,
            next=following,
            without_place=marks is None,
        )

    async def manifest(self, request: pb.ManifestRequest, call: Call) -> pb.Manifest:
        lease = await self._sql.read(lambda db: leases.find(db, request.view_id))
        # A view is its profile's, or a child could look on at what a grown-up began.
        if lease is None or (lease.account_id, lease.profile_id) != (request.account_id, request.profile_id):
            raise _no_such_view()
        if lease.until_ms <= self._clock.now_ms():
            raise _gone("This screen fell silent and its place was freed: press Play again.")
        steered = await self._steer(lease, request.scheme, request.host, call.from_("playback"))
        pathways = [Pathway(BoxId(each.box_id), each.base) for each in steered.pathways]
        height = lease.height or 0
        steering_url = _address(request.scheme, request.host, lease.view_id) + "steering.json"
        try:
            if request.format == pb.HLS:
                text = view_of_hls(await self._editions.hls(lease.edition_id), pathways, steering_url, height)
            else:
                text = view_of_dash(await self._editions.dash(lease.edition_id), pathways, steering_url, height).decode()
        except (BadManifest, NoSuchBlob) as error:
            raise Unavailable(f"the edition {lease.edition_id} cannot be shown: {error}; retry its job in the studio") from error
        return pb.Manifest(text=text)

    async def steering(self, request: pb.SteeringRequest, call: Call) -> pb.SteeringOrder:
        lease = await self._sql.read(lambda db: leases.find(db, request.view_id))
        if lease is None:
            raise _no_such_view()
        ranking = await self._steering.rank(RankRequest(edition_id=lease.edition_id), call.by_house("playback"))
        return pb.SteeringOrder(box_ids=ranking.box_ids, ttl_s=ranking.ttl_s)

    async def heartbeat(self, request: pb.HeartbeatRequest, call: Call) -> pb.HeartbeatAnswer:
        onward = call.from_("playback")
        now_ms = self._clock.now_ms()
        held = await self._sql.read(lambda db: leases.find(db, request.view_id))
        if held and held.account_id == request.account_id and held.profile_id != request.profile_id:
            raise _gone("Somebody else watches here now: press Play again.")
        lease = await self._renew(request.view_id, request.account_id, now_ms)
        await self._keep_bookmark(lease, request.position_ms, now_ms)
        steered = await self._steer(lease, request.scheme, request.host, onward)
        return pb.HeartbeatAnswer(
            token=steered.token,
            until_ms=steered.until_ms,
            lease_until_ms=lease.until_ms,
            better_edition_id=await self._better_edition(lease, onward),
        )

    async def stop(self, request: pb.StopRequest, call: Call) -> pb.Stopped:
        now_ms = self._clock.now_ms()
        lease = await self._sql.transact(lambda db: leases.close(db, request.view_id, request.account_id, now_ms))
        # What ended before has said where it was; a late goodbye would undo what another screen has seen since.
        if lease:
            await self._keep_bookmark(lease, request.position_ms, now_ms)
        return pb.Stopped()

    async def bookmarks(self, request: pb.BookmarksRequest, call: Call) -> pb.BookmarkList:
        if request.title_ids:
            found = await self._bookmarks.of(request.profile_id, request.title_ids)
        else:
            found = await self._bookmarks.all_of(request.profile_id)
        return pb.BookmarkList(bookmarks=[_bookmark(each) for each in found])

    async def activity(self, request: pb.ActivityRequest, call: Call) -> pb.ActivityPage:
        onward = call.from_("playback")
        profile = await self._grown_up(request.account_id, request.profile_id, onward)
        first, audience = max(0, request.offset), audience_of(profile)
        found, more = await self._activity.page(request.profile_id, audience, first, request.limit, onward)
        return page_of([(title, _bookmark(mark)) for title, mark in found], more=more)

    async def hide_watched(self, request: pb.HideRequest, call: Call) -> pb.WatchedHidden:
        onward = call.from_("playback")
        await self._grown_up(request.account_id, request.profile_id, onward)
        if request.title_id:
            await self._activity.hide(request.account_id, request.profile_id, request.title_id, onward)
        else:
            await self._activity.hide_all(request.account_id, request.profile_id)
        return pb.WatchedHidden()

    async def list_screens(self, request: pb.ListScreensRequest, call: Call) -> pb.ScreenList:
        now_ms = self._clock.now_ms()
        held = await self._sql.read(lambda db: leases.holding(db, request.account_id, now_ms))
        return pb.ScreenList(screens=[_screen(lease) for lease in held])

    async def _steer(self, lease: Lease, scheme: str, host: str, call: Call) -> SteerAnswer:
        request = SteerRequest(
            edition_id=lease.edition_id,
            view_id=lease.view_id,
            runtime_ms=lease.runtime_ms,
            scheme=scheme,
            host=re.sub(r":\d+$", "", host),
            height=lease.height or 0,
        )
        return await self._steering.steer(request, call.by_house("playback"))

    async def _grown_up(self, account_id: str, profile_id: str, call: Call) -> Profile:
        profile = await self._what_plays.profile(account_id, profile_id, call)
        if profile.kids:
            raise FOR_GROWN_UPS
        return profile

    async def _renew(self, view_id: str, account_id: str, now_ms: int) -> Lease:
        until_ms, usual = now_ms + self._settings.lease_s * 1000, self._settings.screens
        try:
            return await self._sql.transact(lambda db: telling.renew(db, view_id, account_id, usual, until_ms, now_ms))
        except leases.ViewOver:
            raise _gone("It was closed here, or something else was started on this screen: press Play again.") from None
        except leases.AllTaken as taken:
            raise _gone(all_taken(taken.limit, taken.devices)) from None

    async def _keep_bookmark(self, lease: Lease, position_ms: int, now_ms: int) -> None:
        within_ms = max(0, min(position_ms, lease.runtime_ms or position_ms))
        await self._bookmarks.keep_if_there(lease.profile_id, lease.title_id, Mark(within_ms, lease.runtime_ms, now_ms))

    async def _better_edition(self, lease: Lease, call: Call) -> str:
        """The title's newest edition if it is another. What may be seen now is not asked: a play goes on to its end."""
        try:
            request = GetTitleRequest(title_id=lease.title_id, audience=Audience(operator=True))
            newest = (await self._catalog.get_title(request, call.by_house("playback"))).edition.edition_id
        except Refused:  # the title has left the library
            return ""
        return newest if newest != lease.edition_id else ""


def _new_lease(request: pb.PlayRequest, title: Title, allowed: Allowed, now_ms: int, until_ms: int) -> Lease:
    view_id = uuid.uuid4().hex
    if request.screen_id and not SCREEN_ID.fullmatch(request.screen_id):
        reason = "Its name takes 8 to 40 letters, digits, '-' or '_': reload the page."
        raise Refused("invalid", "This screen cannot be told apart.", reason, field="screen")
    return Lease(
        view_id=view_id,
        account_id=AccountId(request.account_id),
        profile_id=ProfileId(request.profile_id),
        title_id=TitleId(title.title_id),
        edition_id=EditionId(title.edition.edition_id),
        runtime_ms=title.runtime_ms,
        screen_id=request.screen_id or view_id,
        device=request.device[:LONGEST_DEVICE] or "A screen",
        since_ms=now_ms,
        until_ms=until_ms,
        height=bounded(allowed.height, title.edition.heights_px) or None,
        screens=allowed.screens,
    )


def _address(scheme: str, host: str, view_id: str) -> str:
    return f"{scheme}://{host}/play/{view_id}/"


def _no_such_view() -> Refused:
    return Refused("missing", "Nothing plays here.", "This address belongs to a view that is over: press Play again.")


def _gone(reason: str) -> Refused:
    return Refused("gone", "This screen lost its place.", reason)


def _bookmark(kept: Bookmark) -> pb.Bookmark:
    mark = kept.mark
    return pb.Bookmark(
        title_id=kept.title_id,
        position_ms=mark.position_ms,
        runtime_ms=mark.runtime_ms,
        at_ms=mark.at_ms,
        finished=is_finished(mark.position_ms, mark.runtime_ms),
    )


def _screen(lease: Lease) -> pb.Screen:
    return pb.Screen(
        view_id=lease.view_id,
        account_id=lease.account_id,
        profile_id=lease.profile_id,
        title_id=lease.title_id,
        edition_id=lease.edition_id,
        device=lease.device,
        since_ms=lease.since_ms,
    )
