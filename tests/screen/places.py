"""An account's places: who gets one, who has to wait, and when one is free again."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.catalog_pb2 import Title
from matinee.ports.rpc import Refused
from matinee.screen.places import all_taken
from screen.theatre import CALL, HERE, LEASE_S, Theatre


@pytest.fixture
async def theatre(tmp_path: Path) -> Theatre:
    theatre = await Theatre(tmp_path).open()
    theatre.shelf.put("film")
    return theatre


async def refused(play: object) -> Refused:
    with pytest.raises(Refused) as caught:
        await play
    return caught.value


async def test_of_a_thousand_screens_at_once_two_may_watch(theatre: Theatre) -> None:
    """However many press Play in the same moment, exactly as many watch as the account has places."""
    second = await theatre.another()

    async def press(number: int) -> pb.PlayGrant:
        asked = pb.PlayRequest(account_id="acc", profile_id="me", title_id="film", screen_id=f"screen-{number}", **HERE)
        return await (second if number % 2 else theatre.playback).play(asked, CALL)

    answers = await asyncio.gather(*(press(number) for number in range(1000)), return_exceptions=True)
    assert sum(isinstance(answer, pb.PlayGrant) for answer in answers) == 2
    assert {answer.kind for answer in answers if not isinstance(answer, pb.PlayGrant)} == {"busy"}
    assert len(await theatre.watching()) == 2


async def test_who_has_to_wait_is_told_for_whom(theatre: Theatre) -> None:
    """The third screen learns which two are watching."""
    await theatre.play(screen="one", device="Living room")
    await theatre.wait(1)
    await theatre.play(screen="two", device="Asha's phone")
    no = await refused(theatre.play(screen="three"))
    assert (no.kind, no.reason) == ("busy", "You can watch on two screens; both are busy: Living room, Asha's phone.")
    assert await theatre.watching() == ["Living room", "Asha's phone"]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (1, "You can watch on one screen; it is busy: TV."),
        (2, "You can watch on two screens; both are busy: TV."),
        (4, "You can watch on four screens; all four are busy: TV."),
        (12, "You can watch on 12 screens; all 12 are busy: TV."),
    ],
)
def test_the_reason_reads_well_for_any_number(limit: int, words: str) -> None:
    """One, both, all four: a person wrote that."""
    assert all_taken(limit, ["TV"]) == words


async def test_closing_the_player_frees_its_place_at_once(theatre: Theatre) -> None:
    """Who stops makes room in the same moment, and stopping again changes nothing."""
    first = await theatre.play(screen="one")
    await theatre.play(screen="two")
    await theatre.stop(first.view_id)
    await theatre.stop(first.view_id)
    await theatre.play(screen="three")
    assert (await refused(theatre.play(screen="four"))).kind == "busy"


async def test_a_heartbeat_that_comes_after_the_goodbye_takes_nothing_back(theatre: Theatre) -> None:
    """Whoever closed the player is not counted as watching because a message was late; pressing Play again is all it takes."""
    view = await theatre.play(screen="one")
    await theatre.stop(view.view_id)
    assert (await refused(theatre.heartbeat(view.view_id))).kind == "gone"
    assert await theatre.watching() == []
    await theatre.play(screen="one")


async def test_a_killed_browser_frees_its_place_within_the_lease(theatre: Theatre) -> None:
    """A screen that says nothing any more is given up after the lease's time, not a moment earlier."""
    await theatre.play(screen="one")
    await theatre.play(screen="two")
    await theatre.wait(LEASE_S - 1)
    assert (await refused(theatre.play(screen="three"))).kind == "busy"
    await theatre.wait(1)
    await theatre.play(screen="three")


async def test_a_screen_that_goes_on_watching_keeps_its_place(theatre: Theatre) -> None:
    """Heartbeats as often as the player was told to send them hold the place for as long as it likes, two lost in between."""
    view = await theatre.play(screen="one")
    await theatre.play(screen="two")
    assert view.heartbeat_s * 3 <= LEASE_S
    for _ in range(5):
        await theatre.wait(view.heartbeat_s * 3 - 1)
        answer = await theatre.heartbeat(view.view_id)
        assert answer.lease_until_ms == theatre.clock.now_ms() + LEASE_S * 1000
    assert len(await theatre.watching()) == 1


async def test_playing_again_on_a_screen_takes_no_second_place(theatre: Theatre) -> None:
    """Whoever reloads the page or starts another film on it is one viewer still; what played before is over."""
    first = await theatre.play(screen="one")
    await theatre.play(screen="one")
    await theatre.play(screen="one")
    await theatre.play(screen="two")
    assert len(await theatre.watching()) == 2
    assert (await refused(theatre.heartbeat(first.view_id))).kind == "gone"


async def test_a_screen_that_slept_goes_on_where_there_is_room(theatre: Theatre) -> None:
    """A laptop that was closed over night takes its place again, or is told who sits there now."""
    view = await theatre.play(screen="one", device="Laptop")
    await theatre.wait(LEASE_S * 100)
    await theatre.heartbeat(view.view_id)
    assert await theatre.watching() == ["Laptop"]
    await theatre.wait(LEASE_S + 1)
    await theatre.play(screen="two", device="TV")
    await theatre.play(screen="three", device="Phone")
    no = await refused(theatre.heartbeat(view.view_id))
    assert no.kind == "gone"
    assert "both are busy: TV, Phone" in no.reason or "both are busy: Phone, TV" in no.reason


async def test_nobody_moves_another_accounts_screen(theatre: Theatre) -> None:
    """Knowing the name of a view is worth nothing to another account: not its manifest, not its place, not its end."""
    view = await theatre.play(screen="one")
    assert (await refused(theatre.manifest(view.view_id, account="other"))).kind == "missing"
    assert (await refused(theatre.heartbeat(view.view_id, account="other"))).kind == "gone"
    await theatre.stop(view.view_id, 60_000, account="other")
    assert len(await theatre.watching()) == 1
    assert await theatre.bookmarks() == []


async def test_places_outlive_the_process(theatre: Theatre) -> None:
    """A restart of the house neither throws viewers out nor lets a third in."""
    first = await theatre.play(screen="one")
    await theatre.play(screen="two")
    await theatre.playback.close()
    theatre.playback = await theatre.another()
    await theatre.heartbeat(first.view_id)
    assert (await refused(theatre.play(screen="three"))).kind == "busy"


async def test_what_cannot_play_takes_no_place(theatre: Theatre) -> None:
    """A film still being prepared, or no box to play it from, leaves the account's places as they were."""
    theatre.shelf.put("unready", edition_id="")
    assert (await refused(theatre.play("unready", screen="one"))).kind == "not_yet"
    await theatre.clock.advance(60)
    assert (await refused(theatre.play("film", screen="one"))).kind == "not_yet"
    assert await theatre.watching() == []


async def test_a_child_cannot_play_what_it_does_not_see(theatre: Theatre) -> None:
    """The limit of who watches is asked on every play, whatever address was guessed."""
    theatre.shelf.titles["film"].MergeFrom(Title(maturity_years=16))
    assert (await refused(theatre.play(profile="kid"))).kind == "missing"
    assert (await refused(theatre.play(profile=""))).kind == "no_profile"
    assert (await theatre.play(profile="me")).view_id


async def test_the_log_is_told_of_every_beginning_and_every_end(theatre: Theatre) -> None:
    """Stopped, fallen silent or waking up again: the last word about a view is true, and its end is told once."""
    stopped = await theatre.play(screen="one")
    await theatre.wait(1)
    silent = await theatre.play(screen="two")
    await theatre.stop(stopped.view_id)
    telling = asyncio.create_task(theatre.playback.loops()[0][1]())
    told = [("granted", stopped.view_id), ("granted", silent.view_id), ("ended", stopped.view_id)]
    await comes_to_be_told(theatre, told, step_s=0)
    told += [("ended", silent.view_id)]
    await comes_to_be_told(theatre, told)
    for _ in range(10):
        await theatre.wait(1)
        await asyncio.sleep(0.02)
    assert await theatre.told() == told
    await theatre.heartbeat(silent.view_id)
    await comes_to_be_told(theatre, [*told, ("granted", silent.view_id), ("ended", silent.view_id)])
    telling.cancel()


async def comes_to_be_told(theatre: Theatre, told: list[tuple[str, str]], step_s: float = 1) -> None:
    """Time passes in steps, and the stores' threads take as long as they take to answer in between."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            while await theatre.told() != told:
                await theatre.wait(step_s)
                await asyncio.sleep(0.02)
    assert await theatre.told() == told
