"""The way from a granted play to the bytes of a film, on the whole running house."""

import json
import re
from typing import Any

import m3u8
import pytest

from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")


@pytest.fixture
def member(house: House, request: pytest.FixtureRequest) -> Visitor:
    """A new account for each test: places are an account's."""
    member = Visitor(house)
    member.sign_up(f"{request.node.name[:60]}@example.org")
    member.wait_for_film("Clock")
    member.wait_for_film("Big Buck Bunny")
    return member


def bases_of(member: Visitor, play: dict[str, Any]) -> list[str]:
    """The addresses the DASH manifest names, one for each box."""
    status, manifest = member.ask(play["dash"])
    assert (status, manifest[:5]) == (200, b"<?xml")
    return re.findall(r"<BaseURL serviceLocation=\"\w+\">([^<]+)</BaseURL>", manifest.decode())


def test_a_granted_play_leads_to_every_byte_and_not_one_further(member: Visitor, house: House) -> None:
    """Both manifests name both boxes, whose first segment comes from each; another film under the same token does not."""
    titles = member.titles()
    clock, bunny = (member.play(titles[name]["id"], screen=f"screen-{name[:3]}") for name in ("Clock", "Big Buck Bunny"))
    bases = bases_of(member, clock)
    assert {re.match(r"http://localhost:(\d+)/", base)[1] for base in bases} == {str(house.port + 1), str(house.port + 2)}
    init = re.search(rb'initialization="([^"]+)"', member.ask(clock["dash"])[1])[1].decode()
    other = re.search(r"/films/([\w-]+)/", bases_of(member, bunny)[0])[1]
    for base in bases:
        assert member.ask(base + init)[0] == 200
        edition = re.search(r"/films/([\w-]+)/", base)[1]
        assert member.ask(base.replace(edition, other) + "manifest.mpd")[0] == 403
        assert member.ask(re.sub(r"(:\d+)/[^/]+/films", r"\1/films", base) + init)[0] == 403
        mac = re.search(r"\.([\w-]{43})/films", base)[1]
        flipped = mac[:-2] + ("A" if mac[-2] != "A" else "B") + mac[-1]
        assert member.ask(base.replace(mac, flipped) + init)[0] == 403
        later = re.sub(r"\.(\d{10})\.", lambda exp: f".{int(exp[1]) + 1}.", base)
        assert later != base
        assert member.ask(later + init)[0] == 403


def test_an_hls_player_finds_every_media_playlist(member: Visitor) -> None:
    """Every address of the multivariant playlist answers with a playlist whose first segment is there, on both boxes."""
    play = member.play(member.titles()["Clock"]["id"])
    text = member.ask(play["hls"])[1].decode()
    playlist = m3u8.M3U8(text, strict=True)
    assert {rung.stream_info.pathway_id for rung in playlist.playlists} == {"a", "b"}
    for uri in [*(rung.uri for rung in playlist.playlists), *(media.uri for media in playlist.media)]:
        status, media = member.ask(uri)
        assert status == 200
        first = next(line for line in media.decode().splitlines() if line and not line.startswith("#"))
        assert member.ask(f"{uri.rpartition('/')[0]}/{first}")[0] == 200


def test_only_who_plays_gets_the_manifest_and_everybody_the_order_of_boxes(member: Visitor, house: House) -> None:
    """A stranger with the address of a view reads boxes' names and nothing else; another member not even the manifest."""
    play = member.play(member.titles()["Clock"]["id"])
    stranger, other = Visitor(house), Visitor(house)
    other.sign_up("another@example.org")
    steering = f"/play/{play['id']}/steering.json"
    for path in (play["dash"], play["hls"]):
        assert (stranger.ask(path)[0], other.ask(path)[0]) == (401, 404)
    assert stranger.ask(f"/play/{play['id']}/x/../manifest.mpd")[0] == 401
    status, body = stranger.ask(f"{steering}?_DASH_pathway=a&_DASH_throughput=1")
    order = json.loads(body)
    assert (status, sorted(order.pop("PATHWAY-PRIORITY"))) == (200, ["a", "b"])
    assert order == {"VERSION": 1, "TTL": order["TTL"], "RELOAD-URI": house.address + steering}
    assert order["TTL"] > 0
    assert stranger.ask("/play/no-such-view/steering.json")[0] == 404


def test_two_screens_watch_and_a_third_waits_for_one_to_close(member: Visitor) -> None:
    """The third is told whom it waits for; closing one lets it in at once."""
    title = member.titles()["Clock"]["id"]
    first, _ = (member.play(title, screen=f"family-{name}") for name in ("one", "two"))
    answer = member.play(title, screen="family-three")
    assert (answer["__typename"], answer["kind"]) == ("Refused", "busy")
    assert "both are busy" in answer["reason"]
    assert member.graphql("mutation($id: ID!) { stop(play: $id, positionMs: 0) }", id=first["id"]) == {"stop": True}
    assert member.play(title, screen="family-three")["__typename"] == "Play"
    assert member.ask(first["dash"])[0] == 410


def test_two_plays_have_tokens_of_their_own(member: Visitor) -> None:
    """Each view is told apart, so that one can be followed, or ended, without the other."""
    title = member.titles()["Clock"]["id"]
    assert member.play(title)["dash"] != member.play(title)["dash"]


def test_the_front_door_shows_pictures_and_no_films(member: Visitor, house: House) -> None:
    """What the door serves of the boxes' store are the three pictures, whatever is asked for."""
    wait_until(lambda: member.titles()["Clock"]["art"] is not None, 30, "the pictures are cut")
    art = member.titles()["Clock"]["art"]
    status, picture = member.ask(art["card"])
    assert (status, picture[:4], picture[8:12]) == (200, b"RIFF", b"WEBP")
    edition = re.search(r"/films/([\w-]+)/", bases_of(member, member.play(member.titles()["Clock"]["id"]))[0])[1]
    for path in (
        f"/films/{edition}/manifest.mpd",
        f"/art/../films/{edition}/manifest.mpd",
        f"/art/%2e%2e/films/{edition}/manifest.mpd",
    ):
        body = member.ask(path)[1]
        assert b"<MPD" not in body
