"""What a profile watched, as a file to take along: written while it is read, however long it is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from matinee.contracts.playback_pb2 import ActivityPage, ActivityRequest, WatchedTitle
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of
from matinee.screen.csv_lines import line

AT_ONCE = 200
HEADINGS = ("When (UTC)", "Title", "Series", "Season", "Episode", "Watched to (s)", "Length (s)", "Finished")
HEADERS = {
    "cache-control": "no-store",
    "content-disposition": 'attachment; filename="matinee-activity.csv"',
    "x-content-type-options": "nosniff",
}
SIGN_IN = Refused("unauthenticated", "You are signed out.", "Sign in to see what was watched.")


class ActivityCsv:
    def __init__(self, playback: PlaybackClient, clock: Clock) -> None:
        self._playback = playback
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        if not request.headers.get("x-matinee-account"):
            raise SIGN_IN
        # The first page is asked for before the answer begins: a refusal is an answer of its own.
        first = await self._page(request, 0)
        return StreamingResponse(self._lines(request, first), headers=HEADERS, media_type="text/csv; charset=utf-8")

    async def _lines(self, request: Request, page: ActivityPage) -> AsyncIterator[str]:
        yield line(HEADINGS)
        offset = AT_ONCE
        while True:
            yield "".join(line(_cells(each)) for each in page.watched)
            if not page.more:
                return
            page = await self._page(request, offset)
            offset += AT_ONCE

    async def _page(self, request: Request, offset: int) -> ActivityPage:
        asked = ActivityRequest(
            account_id=request.headers["x-matinee-account"],
            profile_id=request.headers.get("x-matinee-profile", ""),
            limit=AT_ONCE,
            offset=offset,
        )
        return await self._playback.activity(asked, call_of(request, self._clock))


def _cells(watched: WatchedTitle) -> tuple[str, ...]:
    title, mark = watched.title, watched.bookmark
    episode = (str(title.season_number), str(title.episode_number)) if title.series_id else ("", "")
    return (
        datetime.fromtimestamp(mark.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        title.name,
        title.series_name,
        *episode,
        str(mark.position_ms // 1000),
        str(mark.runtime_ms // 1000),
        "yes" if mark.finished else "no",
    )
