"""Playing: asking for a film, saying that it is still watched, and leaving."""

import re
from typing import Annotated, Self

import strawberry

from matinee.contracts.identity_pb2 import TitleKey
from matinee.contracts.playback_pb2 import (
    HeartbeatAnswer as HeartbeatMessage,
)
from matinee.contracts.playback_pb2 import (
    HeartbeatRequest,
    PlayGrant,
    PlayRequest,
    StopRequest,
)
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.titles import Title
from matinee.screen.schema.viewing import PLACES, Info, Viewing

SCREEN = re.compile(r"[A-Za-z0-9_-]{8,40}")


@strawberry.type
class Chapter:
    start_ms: int
    name: str


@strawberry.type(description="A granted play of the title's newest edition.")
class Play:
    id: strawberry.ID = strawberry.field(description="The view: one watching of one title.")
    title: Title = strawberry.field(description="What plays: of a series the episode.")
    next: Title | None = strawberry.field(description="The episode after it.")
    dash: str = strawberry.field(description="The DASH manifest's address.")
    hls: str = strawberry.field(description="The HLS multivariant playlist's address.")
    edition: strawberry.ID
    token: str = strawberry.field(description="The first part of every segment's path, on every box.")
    until: str = strawberry.field(description="When the token stops working, as ISO 8601 in UTC.")
    position_ms: int = strawberry.field(description="Where to begin.")
    heartbeat_seconds: int = strawberry.field(description="How often to say that it is still watched.")
    chapters: list[Chapter]

    @classmethod
    async def of(cls, viewing: Viewing, grant: PlayGrant) -> Self:
        if grant.without_place:
            viewing.without.add(PLACES)
        following = [grant.next] if grant.HasField("next") else []
        title, *rest = await Title.all_of(viewing, [grant.title, *following])
        return cls(
            id=strawberry.ID(grant.view_id),
            title=title,
            next=rest[0] if rest else None,
            dash=grant.dash_url,
            hls=grant.hls_url,
            edition=strawberry.ID(grant.edition_id),
            token=grant.token,
            until=iso(grant.until_ms),
            position_ms=grant.position_ms,
            heartbeat_seconds=grant.heartbeat_s,
            chapters=[Chapter(start_ms=each.start_ms, name=each.name) for each in grant.title.chapters],
        )


@strawberry.type
class Heartbeat:
    token: str = strawberry.field(description="A fresh one, for the segments to come.")
    until: str
    better_edition: strawberry.ID | None = strawberry.field(
        description="Change over at the next pause, seek or visit to the quality menu, by playing anew at the same position."
    )

    @classmethod
    def of(cls, answer: HeartbeatMessage) -> Self:
        better = strawberry.ID(answer.better_edition_id) if answer.better_edition_id else None
        return cls(token=answer.token, until=iso(answer.until_ms), better_edition=better)


@strawberry.type(description="For Mutation.play, of this title by this profile, once.")
class Permit:
    permit: str
    until: str


PermitAnswer = Annotated[Permit | Refused, strawberry.union("PermitAnswer")]
PlayAnswer = Annotated[Play | Refused, strawberry.union("PlayAnswer")]
HeartbeatAnswer = Annotated[Heartbeat | Refused, strawberry.union("HeartbeatAnswer")]


@strawberry.type
class PlayingMutation:
    @strawberry.mutation(
        description="Ask to watch a title: everything a player needs, or why not. The screen is a name the browser tab keeps."
    )
    async def play(self, info: Info, title: strawberry.ID, screen: str, permit: str | None = None) -> PlayAnswer:
        viewing = info.context
        if not SCREEN.fullmatch(screen):
            reason = "A screen's name is 8 to 40 letters, digits, - or _."
            return Refused.of(RefusedCall("invalid", "That screen has no name.", reason, field="screen"))
        request = PlayRequest(
            account_id=viewing.asker.account_id,
            profile_id=(await viewing.profile()).profile_id,
            title_id=title,
            scheme=viewing.asker.scheme,
            host=viewing.asker.host,
            screen_id=screen,
            device=viewing.asker.device,
            permit=permit or "",
        )
        try:
            return await Play.of(viewing, await viewing.desks.playback.play(request, viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="A permit to play a locked title once, for the profile's PIN or the account's password.")
    async def open_title(self, info: Info, title: strawberry.ID, pin: str = "", password: str = "") -> PermitAnswer:
        viewing = info.context
        profile_id = (await viewing.profile()).profile_id
        key = TitleKey(account_id=viewing.asker.account_id, profile_id=profile_id, title_id=title, pin=pin, password=password)
        try:
            opened = await viewing.desks.identity.open_title(key, viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return Permit(permit=opened.permit, until=iso(opened.until_ms))

    @strawberry.mutation(description='Still watching. Refused of kind "gone": the screen lost its place and others have it.')
    async def heartbeat(self, info: Info, play: strawberry.ID, position_ms: int) -> HeartbeatAnswer:
        viewing = info.context
        request = HeartbeatRequest(
            view_id=play,
            account_id=viewing.asker.account_id,
            profile_id=viewing.asker.profile_id,
            position_ms=max(0, position_ms),
            scheme=viewing.asker.scheme,
            host=viewing.asker.host,
        )
        try:
            return Heartbeat.of(await viewing.desks.playback.heartbeat(request, viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="Leaving: frees the screen at once.")
    async def stop(self, info: Info, play: strawberry.ID, position_ms: int) -> bool:
        viewing = info.context
        request = StopRequest(view_id=play, account_id=viewing.asker.account_id, position_ms=max(0, position_ms))
        await viewing.desks.playback.stop(request, viewing.call)
        return True
