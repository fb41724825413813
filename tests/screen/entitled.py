"""What a membership gives is what plays: whether at all, how tall, on how many screens; also while the cashier is away."""

from pathlib import Path

import m3u8
import pytest
from defusedxml import ElementTree

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.cashier_pb2 import Entitlement, Standing
from matinee.ports.rpc import Refused
from matinee.ports.unavailable import TAKEN
from matinee.screen.entitlements import BELIEVED_MS
from screen.theatre import CashDesk, Theatre

HEIGHTS = (1080, 720, 360)
REPRESENTATION = "{urn:mpeg:dash:schema:mpd:2011}Representation"


def hls() -> str:
    rungs = "".join(
        f'#EXT-X-STREAM-INF:BANDWIDTH={each}000,RESOLUTION=16x{each},AUDIO="audio"\nv{each}-{each}k/main.m3u8\n'
        f'#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={each},RESOLUTION=16x{each},URI="v{each}-{each}k/keys.m3u8"\n'
        for each in HEIGHTS
    )
    return f'#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",URI="a1/main.m3u8"\n{rungs}'


def dash(heights: tuple[int, ...] = HEIGHTS) -> str:
    """Two rungs in one set, the tallest in a set of its own, and a sound."""

    def rung(folder: str) -> str:
        return (
            f'<Representation id="{folder}" bandwidth="1"><SegmentTemplate initialization="{folder}/init.mp4">'
            '<SegmentTimeline><S t="0" d="1"/></SegmentTimeline></SegmentTemplate></Representation>'
        )

    sets = [[f"v{each}-copy" for each in heights[:1]], [f"v{each}-{each}k" for each in heights[1:]], ["a1"]]
    said = "".join(f"<AdaptationSet><Role/>{''.join(map(rung, each))}</AdaptationSet>" for each in sets if each)
    return f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>{said}</Period></MPD>'


async def theatre(folder: Path, **says: object) -> Theatre:
    desk = CashDesk()
    desk.says = Entitlement(**{"standing": Standing.WELCOME, **says})  # pyright: ignore[reportArgumentType]
    opened = await Theatre(folder, cash_desk=desk).open()
    opened.shelf.put("film", heights=HEIGHTS)
    staged = folder / "staged"
    staged.mkdir()
    (staged / "manifest.mpd").write_text(dash())
    (staged / "master.m3u8").write_text(hls())
    await opened.blobs.put_tree("films/ed1", staged)
    return opened


async def shown(theatre: Theatre, view_id: str) -> tuple[list[str], list[str]]:
    """The rungs and sounds of a view's two manifests, on its first box."""
    root = ElementTree.fromstring(await theatre.manifest(view_id, pb.DASH))
    playlist = m3u8.M3U8(await theatre.manifest(view_id, pb.HLS), strict=True)
    first = playlist.playlists[0].stream_info.pathway_id
    listed = [each for each in playlist.playlists if each.stream_info.pathway_id == first]
    folders = [each.uri.split("/")[-2] for each in listed] + ["a1"] * bool(playlist.media)
    assert {each.uri.split("/")[-2] for each in playlist.iframe_playlists} == set(folders) - {"a1"}
    return [each.get("id", "") for each in root.iter(REPRESENTATION)], folders


async def refusal(theatre: Theatre) -> Refused:
    with pytest.raises(Refused) as refused:
        await theatre.play()
    return refused.value


@pytest.mark.parametrize(
    ("standing", "way"),
    [("NO_PLAN", "Choose"), ("UNPAID", "Mend it"), ("PAUSED", "Resume"), ("ENDED", "Choose"), ("CLOSED", "write to")],
)
async def test_who_may_not_watch_hears_why_and_how_to_mend_it(tmp_path: Path, standing: str, way: str) -> None:
    """Play is refused by its own kind, in the cashier's words where he has some, and no place is taken."""
    house = await theatre(tmp_path, standing=Standing.Value(standing), note="")
    no = await refusal(house)
    assert (no.kind, way in no.reason) == ("lapsed", True)
    assert house.cash_desk is not None
    house.cash_desk.says = Entitlement(standing=Standing.Value(standing), note="So it is until the third of May.")
    assert (await refusal(house)).reason.startswith("So it is until the third of May.")
    assert await house.watching() == []


@pytest.mark.parametrize(
    ("height", "rungs"),
    [
        (0, ["v1080", "v720", "v360"]),
        (2160, ["v1080", "v720", "v360"]),
        (1080, ["v1080", "v720", "v360"]),
        (720, ["v720", "v360"]),
        (480, ["v360"]),
        (240, ["v360"]),
    ],
)
async def test_the_picture_is_as_tall_as_the_plan_gives(tmp_path: Path, height: int, rungs: list[str]) -> None:
    """Both manifests name no rung above, every sound, and at least the smallest rung; the token says as much to the boxes."""
    house = await theatre(tmp_path, height=height)
    grant = await house.play()
    for folders in await shown(house, grant.view_id):
        assert [each.partition("-")[0] for each in folders] == [*rungs, "a1"]
    least = max(height, 360) if height else 0
    assert grant.token.split(".")[2] == grant.view_id + (f"~{least}" if least else "")
    assert (await house.heartbeat(grant.view_id)).token.split(".")[2] == grant.token.split(".")[2]


async def test_a_plan_says_how_many_watch_at_once(tmp_path: Path) -> None:
    """With one screen the second waits, with three the third plays, whatever the house gives others."""
    house = await theatre(tmp_path, screens=1)
    await house.play(screen="one", device="Television")
    no = await refusal(house)
    assert (no.kind, no.reason) == ("busy", "You can watch on one screen; it is busy: Television.")
    assert house.cash_desk is not None
    house.cash_desk.says = Entitlement(standing=Standing.WELCOME, screens=3)
    await house.play(screen="two")
    await house.play(screen="three")
    assert len(await house.watching()) == 3


async def test_what_plays_goes_on_to_its_end_and_an_upgrade_counts_at_the_next_play(tmp_path: Path) -> None:
    """Who lapses in the midst of a film sees its end; who pays for more has it when they press Play again."""
    house = await theatre(tmp_path, height=720)
    view = (await house.play(screen="mine1")).view_id
    assert house.cash_desk is not None
    house.cash_desk.says = Entitlement(standing=Standing.UNPAID)
    await house.wait(30)
    assert (await house.heartbeat(view)).lease_until_ms > house.clock.now_ms()
    assert (await shown(house, view))[0][0].startswith("v720")
    house.cash_desk.says = Entitlement(standing=Standing.WELCOME, height=1080)
    assert (await shown(house, view))[0][0].startswith("v720")
    assert (await shown(house, (await house.play(screen="mine1")).view_id))[0][0].startswith("v1080")


async def test_a_place_is_taken_again_by_the_plan_it_was_granted_by(tmp_path: Path) -> None:
    """A screen that fell silent comes back into one of as many places as there were when it began."""
    house = await theatre(tmp_path, screens=1)
    view = (await house.play(screen="mine1", device="Television")).view_id
    await house.wait(120)
    await house.play(screen="other", device="Tablet")
    with pytest.raises(Refused, match="one screen; it is busy: Tablet"):
        await house.heartbeat(view)


async def test_while_the_cashier_is_away_his_last_word_counts(tmp_path: Path) -> None:
    """For an hour it is as he said; after that who was welcome watches as the house gives it, and who was not does not."""
    house = await theatre(tmp_path, height=480, screens=1)
    await house.play(screen="mine1")
    assert house.cash_desk is not None
    house.cash_desk.says = None
    fallback = TAKEN.labels("playback: as the cashier last said")
    before = fallback._value.get()
    assert (await house.play(screen="mine1")).token.split(".")[2].endswith("~480")
    assert fallback._value.get() == before + 1
    await house.wait(BELIEVED_MS / 1000)
    assert "~" not in (await house.play(screen="mine1")).token
    house.cash_desk.says = Entitlement(standing=Standing.ENDED)
    await house.wait(2)
    assert (await refusal(house)).kind == "lapsed"
    house.cash_desk.says = None
    await house.wait(2 * BELIEVED_MS / 1000)
    assert (await refusal(house)).kind == "lapsed"


async def test_who_was_never_asked_about_watches_while_the_cashier_is_away(tmp_path: Path) -> None:
    """A house that was started while its cashier was out does not keep everybody waiting for him."""
    house = await theatre(tmp_path)
    assert house.cash_desk is not None
    house.cash_desk.says = None
    await house.play(screen="mine1")
    await house.play(screen="mine2")
    with pytest.raises(Refused, match="You can watch on two screens"):
        await house.play(screen="mine3")
