"""What plays when somebody taps on Play, and who is asked whether they may: a film itself, of a series the episode whose
turn it is.
"""

from matinee.contracts.catalog_pb2 import FAILED, SERIES, Audience, GetTitleRequest, ListTitlesRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.identity_pb2 import PermitUse, Profile, ProfileId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.playback_pb2 import PlayRequest
from matinee.ports.rpc import Call, Refused
from matinee.screen.bookmarks import Bookmark, Bookmarks
from matinee.screen.locked import is_locked
from matinee.screen.next_up import Episode, Watched, after, first, next_up
from matinee.screen.resume import is_finished

ASKS_FOR_PIN = Refused("forbidden", "This one asks for the PIN.", "It is above this profile's limit: enter the PIN.", field="pin")


class WhatPlays:
    def __init__(self, identity: IdentityClient, catalog: CatalogClient, bookmarks: Bookmarks) -> None:
        self._identity = identity
        self._catalog = catalog
        self._bookmarks = bookmarks

    async def profile(self, account_id: str, profile_id: str, call: Call) -> Profile:
        return await self._identity.get_profile(ProfileId(account_id=account_id, profile_id=profile_id), call)

    async def unlock(self, title: Title, profile: Profile, request: PlayRequest, call: Call) -> None:
        """Uses up the permit that a title above the profile's limit needs; one within it needs none."""
        if is_locked(title.maturity_years, title.maturity_label, profile.maturity_limit):
            if not request.permit:
                raise ASKS_FOR_PIN
            use = PermitUse(
                account_id=request.account_id,
                profile_id=request.profile_id,
                title_id=request.title_id,
                permit=request.permit,
            )
            await self._identity.use_permit(use, call)

    async def turn(self, title_id: str, profile_id: str, audience: Audience, call: Call) -> tuple[Title, Title | None]:
        """The title that plays, and of an episode the one after it."""
        title = await self._catalog.get_title(GetTitleRequest(title_id=title_id, audience=audience), call)
        series_id = title.title_id if title.kind == SERIES else title.series_id
        if not series_id:
            return _playable(title), None
        of_series = ListTitlesRequest(series_id=series_id, audience=audience)
        listed = {each.title_id: each for each in (await self._catalog.list_titles(of_series, call)).titles}
        episodes = [_episode(each) for each in listed.values()]
        if title.kind == SERIES:
            marks = await self._bookmarks.of_if_there(profile_id, list(listed))
            turn = next_up(episodes, {each.title_id: _watched(each) for each in marks or ()}) or first(episodes)
            if turn is None:
                raise Refused(
                    "not_yet", "Not quite yet.", f"No episode of {title.name} can be played yet. Try again in a moment."
                )
            title = listed[turn.title_id]
        following = after(episodes, title.title_id)
        return _playable(title), listed[following.title_id] if following else None


def audience_of(profile: Profile) -> Audience:
    return Audience(maturity_limit=profile.seen_limit, country=profile.country)


def _playable(title: Title) -> Title:
    if title.HasField("edition"):
        return title
    if title.state == FAILED:
        raise Refused("forbidden", "This film could not be prepared.", title.problem)
    raise Refused("not_yet", "Not quite yet.", f"{title.name} is still being prepared. It starts by itself in a moment.")


def _episode(title: Title) -> Episode:
    return Episode(title.title_id, title.season_number, title.episode_number, title.HasField("edition"))


def _watched(kept: Bookmark) -> Watched:
    return Watched(kept.mark.at_ms, is_finished(kept.mark.position_ms, kept.mark.runtime_ms))
