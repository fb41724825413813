"""What GraphQL answers of titles, beside a small library: the right episode, nothing without end, and no question per card."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from matinee.contracts.home_pb2 import KeptRequest, KeptTitles
from matinee.contracts.identity_pb2 import Profile, ProfileId
from matinee.contracts.playback_pb2 import Bookmark
from matinee.engines.manual_clock import ManualClock
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Fallback
from matinee.screen.recommended import Recommended
from matinee.screen.schema import SCHEMA
from matinee.screen.schema.viewing import MOST_TITLES, Asker, Desks, Viewing
from screen.small_library import LIBRARY, Library, Places, Silent, film

CARD = "{ id inMyList bookmark { positionMs } upNext { id bookmark { finished } } series { name } nextEpisode { id } }"


class Everybody:
    async def get_profile(self, request: ProfileId, call: Call) -> Profile:
        if not request.profile_id:
            raise Refused("no_profile", "Who is watching?", "Pick one.")
        return Profile(profile_id=request.profile_id, maturity_limit=18, seen_limit=18)


@dataclass
class Lists:
    asked: int = 0

    async def kept(self, request: KeptRequest, call: Call) -> KeptTitles:
        self.asked += 1
        return KeptTitles(title_ids=[each for each in request.title_ids if each == "tide"])


@dataclass
class Answered:
    data: dict[str, Any] | None
    kinds: list[str]


class Room:
    def __init__(self, library: Library | None = None) -> None:
        self.library, self.places, self.lists = library or Library(LIBRARY), Places(), Lists()

    async def ask(self, question: str, *, profile_id: str = "asha", operator: bool = False) -> Answered:
        asker = Asker("account", profile_id, operator, "http", "localhost", "a browser")
        alone = Fallback("test", ManualClock())
        told = Recommended(Silent(), ManualClock(), "test")  # pyright: ignore
        others = (None, self.library, self.places, None, self.lists, None, 2, alone, None, None, told, Silent(), None)
        desks = Desks(Everybody(), *others)  # pyright: ignore
        result = await SCHEMA.execute(question, context_value=Viewing(asker, desks, Call("test", "test", 1e12)))
        causes = [error.original_error for error in result.errors or ()]
        return Answered(result.data, [cause.kind if isinstance(cause, Refused) else repr(cause) for cause in causes])

    async def title(self, title_id: str, fields: str) -> dict[str, Any]:
        answer = await self.ask(f'{{ title(id: "{title_id}") {fields} }}')
        assert answer.data is not None, answer.kinds
        return answer.data["title"]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], "e1"),
        ([Bookmark(title_id="e1", at_ms=1, finished=True)], "e2"),
        ([Bookmark(title_id="e2", at_ms=1)], "e2"),
        ([Bookmark(title_id="e2", at_ms=1, finished=True)], "e1"),
    ],
)
async def test_play_on_a_series_starts_the_right_episode(marks: list[Bookmark], expected: str) -> None:
    """The first, the one left unfinished or the one after; a series seen to its end begins anew."""
    room = Room()
    room.places.marks = marks
    assert (await room.title("show", "{ upNext { id } }"))["upNext"] == {"id": expected}


async def test_a_title_knows_its_relatives() -> None:
    """From a series to its episodes, from an episode to its series and the next one, and back."""
    room = Room()
    show = await room.title("show", "{ series { id } seasons { number name episodes { id series { id } nextEpisode { id } } } }")
    episodes = [
        {"id": "e1", "series": {"id": "show"}, "nextEpisode": {"id": "e2"}},
        {"id": "e2", "series": {"id": "show"}, "nextEpisode": None},
    ]
    assert show == {"series": None, "seasons": [{"number": 1, "name": "Season 1", "episodes": episodes}]}
    assert await room.title("tide", "{ upNext { id } seasons { number } inMyList }") == {
        "upNext": {"id": "tide"},
        "seasons": [],
        "inMyList": True,
    }
    assert await room.title("soon", "{ upNext { id } bookmark { at } }") == {"upNext": None, "bookmark": None}
    assert (await room.ask('{ title(id: "none") { id } }')).data == {"title": None}


async def test_a_page_of_cards_asks_once_and_not_once_a_card() -> None:
    """Forty films on a page cost their askers one question each, not forty."""
    room = Room(Library([film(f"film-{number}") for number in range(40)]))
    answer = await room.ask(f"{{ titles {CARD} }}")
    assert answer.data is not None
    assert len(answer.data["titles"]) == 40
    assert (room.places.asked, room.lists.asked, room.library.asked) == (1, 1, 0)


async def test_an_answer_without_end_is_refused_on_the_way() -> None:
    """Who nests lists in lists is told to ask for less, before the house has gathered it all."""
    room = Room(Library([film(f"film-{number}") for number in range(60)]))
    assert MOST_TITLES < 60 + 60 * 59
    answer = await room.ask("{ titles { similar { id } } }")
    assert answer.data is None
    assert set(answer.kinds) == {"invalid"}
    assert (await room.ask("{ titles { id } }")).kinds == []


async def test_several_questions_at_once_keep_apart() -> None:
    """Each question has its own memory: what one profile has seen never shows on another's page."""
    room = Room()
    room.places.marks = [Bookmark(title_id="tide", at_ms=1, position_ms=7)]
    asked, nobody = await asyncio.gather(
        room.ask('{ title(id: "tide") { bookmark { positionMs } } }'),
        room.ask('{ title(id: "tide") { bookmark { positionMs } } }', profile_id=""),
    )
    assert asked.data == {"title": {"bookmark": {"positionMs": 7}}}
    assert (nobody.data, nobody.kinds) == ({"title": None}, ["no_profile"])


async def test_the_operator_sees_the_library_without_picking_a_profile() -> None:
    """Running the house needs nobody to watch: episodes with their series, in one list, whose series are asked for at once."""
    room = Room()
    answer = await room.ask("{ operator { titles { id series { id } inMyList } } }", profile_id="", operator=True)
    assert answer.kinds == []
    assert answer.data is not None
    found = {title["id"]: title["series"] for title in answer.data["operator"]["titles"]}
    assert found == {**{title.title_id: None for title in LIBRARY}, "e1": {"id": "show"}, "e2": {"id": "show"}}
    assert room.library.asked == 1
