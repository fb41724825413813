"""Picking: a new profile says what it likes, before anything is known of what it watches."""

import strawberry

from matinee.contracts.recommend_pb2 import PicksChoice, PicksQuestion
from matinee.screen.schema.titles import Title
from matinee.screen.schema.viewing import Info

MOST_PICKED = 20


@strawberry.type(description="Titles to pick from.")
class Picks:
    titles: list[Title]
    picked: list[strawberry.ID] = strawberry.field(description="What was picked before; those are among the titles, too.")
    enough: int = strawberry.field(description="So many make rows useful.")


@strawberry.type
class PickingQuery:
    @strawberry.field
    async def picks(self, info: Info) -> Picks:
        viewing = info.context
        audience, who = await viewing.audience(), await viewing.asked_by()
        asked = PicksQuestion(account_id=who.account_id, profile_id=who.profile_id, audience=audience)
        offer = await viewing.desks.recommend.offer_picks(asked, viewing.call)
        found = [title for title in await viewing.titles.load_many(offer.title_ids) if title]
        shown = {title.title_id for title in found}
        picked = [strawberry.ID(each) for each in offer.picked if each in shown]
        return Picks(titles=await Title.all_of(viewing, found), picked=picked, enough=offer.enough)


@strawberry.type
class PickingMutation:
    @strawberry.mutation(description="All of the profile's picks anew; none takes them back.")
    async def keep_picks(self, info: Info, titles: list[strawberry.ID]) -> bool:
        viewing = info.context
        who = await viewing.asked_by()
        seen = [title for title in await viewing.titles.load_many(titles[:MOST_PICKED]) if title]
        choice = PicksChoice(account_id=who.account_id, profile_id=who.profile_id, title_ids=[title.title_id for title in seen])
        await viewing.desks.recommend.keep_picks(choice, viewing.call)
        return True
