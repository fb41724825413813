"""What a profile watched: to look at, and to forget."""

import strawberry

from matinee.contracts.playback_pb2 import ActivityRequest, HideRequest
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.refused import Refused
from matinee.screen.schema.titles import Bookmark, Title
from matinee.screen.schema.viewing import Info


@strawberry.type
class Watched:
    title: Title
    bookmark: Bookmark


@strawberry.type
class Activity:
    watched: list[Watched]
    more: bool = strawberry.field(description="There is another page after these.")


@strawberry.type
class ActivityQuery:
    @strawberry.field(description="What this profile watched, the latest first. Not for a kids' profile.")
    async def activity(self, info: Info, limit: int = 40, offset: int = 0) -> Activity:
        viewing = info.context
        asked = ActivityRequest(
            account_id=viewing.asker.account_id,
            profile_id=(await viewing.profile()).profile_id,
            limit=max(1, limit),
            offset=max(0, offset),
        )
        page = await viewing.desks.playback.activity(asked, viewing.call)
        titles = await Title.all_of(viewing, [each.title for each in page.watched])
        marks = [Bookmark.of(each.bookmark) for each in page.watched]
        return Activity(
            watched=[Watched(title=title, bookmark=mark) for title, mark in zip(titles, marks, strict=True)], more=page.more
        )


@strawberry.type
class ActivityMutation:
    @strawberry.mutation(
        description="Out of what was watched: one title, a series with its episodes, or (no title) all. Null: it is done."
    )
    async def hide_watched(self, info: Info, title: strawberry.ID | None = None) -> Refused | None:
        viewing = info.context
        if title == "":
            return Refused.of(RefusedCall("invalid", "That names no title.", "Name one, or none at all to hide everything."))
        profile = await viewing.profile()
        asked = HideRequest(account_id=viewing.asker.account_id, profile_id=profile.profile_id, title_id=title or "")
        try:
            await viewing.desks.playback.hide_watched(asked, viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return None
