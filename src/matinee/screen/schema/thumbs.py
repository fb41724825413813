"""Thumbs: what a profile said of titles, in whichever browser it did, as far as the figures have heard of it."""

from enum import Enum

import strawberry

from matinee.contracts.events_pb2 import Thumbed
from matinee.contracts.figures_pb2 import TasteRequest
from matinee.screen.schema.viewing import Info


@strawberry.enum
class Thumb(Enum):
    DOWN = Thumbed.DOWN
    UP = Thumbed.UP
    LOVE = Thumbed.LOVE


@strawberry.type(description="What a profile said of one title.")
class ThumbOf:
    title: strawberry.ID
    thumb: Thumb


@strawberry.type
class ThumbsQuery:
    @strawberry.field(description="All of the profile's own. Null: they cannot be asked for now.")
    async def thumbs(self, info: Info) -> list[ThumbOf] | None:
        viewing = info.context
        asked = TasteRequest(profile_id=(await viewing.profile()).profile_id)
        taste = await viewing.desks.without_thumbs.instead(lambda: viewing.desks.figures.taste(asked, viewing.call))
        if taste is None:
            return None
        return [ThumbOf(title=strawberry.ID(each), thumb=Thumb(said)) for each, said in sorted(taste.thumbs.items())]
