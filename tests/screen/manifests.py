"""Manifests made for one view: what the studio wrote, with every box in it."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import m3u8
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.ids import BoxId
from matinee.ports.rpc import Refused, Unavailable
from matinee.screen.manifest_dash import read_dash, view_of_dash
from matinee.screen.manifest_hls import read_hls, view_of_hls
from matinee.screen.pathways import BadManifest, Pathway
from screen.theatre import CALL, Theatre

STEERING = "http://localhost:8080/play/view-0001/steering.json"
SPACE = "{urn:mpeg:dash:schema:mpd:2011}"

HLS = """#EXTM3U
## Generated with a packager

#EXT-X-INDEPENDENT-SEGMENTS

#EXT-X-MEDIA:TYPE=AUDIO,URI="a1/main.m3u8",GROUP-ID="audio",LANGUAGE="en",NAME="English, loud",DEFAULT=YES,AUTOSELECT=YES
#EXT-X-MEDIA:TYPE=AUDIO,URI="a2/main.m3u8",GROUP-ID="audio",LANGUAGE="pt-BR",NAME="Ambiente",DEFAULT=NO,AUTOSELECT=YES
#EXT-X-MEDIA:TYPE=SUBTITLES,URI="t1/main.m3u8",GROUP-ID="subs",LANGUAGE="de",NAME="Deutsch",DEFAULT=NO,AUTOSELECT=YES

#EXT-X-STREAM-INF:BANDWIDTH=747149,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,AUDIO="audio",SUBTITLES="subs",CLOSED-CAPTIONS=NONE
v360/main.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1747149,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="audio",SUBTITLES="subs",CLOSED-CAPTIONS=NONE
v720/main.m3u8

#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=42560,CODECS="avc1.64001e",RESOLUTION=640x360,URI="v360/iframe.m3u8"
#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=12460,RESOLUTION=160x90,CODECS="jpeg",URI="thumbs/main.m3u8"
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="chapters.json"
"""
DASH = b"""<?xml version="1.0" encoding="UTF-8"?>
<!--Generated with a packager-->
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" type="static" mediaPresentationDuration="PT10S">
  <ProgramInformation><Title>A &amp; B &gt; C</Title></ProgramInformation>
  <Period id="0">
    <AdaptationSet id="4" contentType="video"><!-- Period -->
      <Representation id="0" bandwidth="674232" codecs="avc1.64001e" mimeType="video/mp4">
        <SegmentTemplate timescale="12288" initialization="v/init.mp4" media="v/$Number$.m4s" startNumber="1"/>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
"""

boxes = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True), min_size=1, max_size=4, unique=True)
hosts = st.sampled_from(["http://localhost:8081", "https://box.example.org", "http://[::1]:9000"])


def ways(names: list[str], host: str) -> list[Pathway]:
    return [Pathway(BoxId(name), f"{host}/k1.1800000000.view-{name}.mac/films/ed1/") for name in names]


@given(boxes, hosts)
def test_an_hls_view_names_every_rung_and_sound_on_every_box(names: list[str], host: str) -> None:
    """A strict reader finds each rung once for each box, its sounds and subtitles beside it, and no relative address."""
    pathways = ways(names, host)
    text = view_of_hls(read_hls(HLS), pathways, STEERING)
    playlist = m3u8.M3U8(text, strict=True)
    rungs = [(each.stream_info.bandwidth, each.stream_info.pathway_id, each.uri) for each in playlist.playlists]
    assert rungs == [
        (bandwidth, way.box_id, f"{way.base}{folder}/main.m3u8")
        for way in pathways
        for bandwidth, folder in ((747149, "v360"), (1747149, "v720"))
    ]
    for rung in playlist.playlists:
        base = next(way.base for way in pathways if way.box_id == rung.stream_info.pathway_id)
        beside = {(media.type, media.language, media.uri) for media in rung.media}
        assert beside == {
            ("AUDIO", "en", f"{base}a1/main.m3u8"),
            ("AUDIO", "pt-BR", f"{base}a2/main.m3u8"),
            ("SUBTITLES", "de", f"{base}t1/main.m3u8"),
        }
    assert [each.uri for each in playlist.image_playlists] == [f"{pathways[0].base}thumbs/main.m3u8"]
    assert [each.uri for each in playlist.session_data] == [f"{pathways[0].base}chapters.json"]
    assert {each.uri for each in playlist.iframe_playlists} == {f"{way.base}v360/iframe.m3u8" for way in pathways}
    addresses = re.findall(r'URI="([^"]*)"', text) + [line for line in text.splitlines() if line and line[0] != "#"]
    assert all(address.startswith(("http://", "https://")) for address in addresses)


@given(boxes, hosts)
def test_lines_of_two_boxes_differ_only_in_what_a_player_leaves_out(names: list[str], host: str) -> None:
    """Players keep the lines together that agree in all but these: else each box would look like another quality."""
    text = view_of_hls(read_hls(HLS), ways(names, host), STEERING)
    lines = [re.sub(r',?(URI|AUDIO|SUBTITLES|GROUP-ID|PATHWAY-ID)="[^"]*"', "", line) for line in text.splitlines()]
    for kind, once in (("#EXT-X-MEDIA:", 3), ("#EXT-X-STREAM-INF:", 2), ("#EXT-X-I-FRAME-STREAM-INF:", 1)):
        alike = [line for line in lines if line.startswith(kind)]
        assert (len(alike), len(set(alike))) == (once * len(names), once)


@given(boxes, hosts)
def test_a_dash_view_names_every_box_and_is_the_edition_otherwise(names: list[str], host: str) -> None:
    """The boxes stand before the film's parts in their order; without them the manifest is the studio's, byte for byte."""
    pathways = ways(names, host)
    content = view_of_dash(read_dash(DASH), pathways, STEERING)
    root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    kinds = [child.tag.removeprefix(SPACE) for child in root]
    assert kinds == ["ProgramInformation", *["BaseURL"] * len(names), *["ContentSteering"] * (len(names) > 1), "Period"]
    found = [(each.get("serviceLocation"), each.text) for each in root.findall(f"{SPACE}BaseURL")]
    assert found == [(way.box_id, way.base) for way in pathways]
    ours = re.compile(rb"<(BaseURL|ContentSteering) .*?</\1>\n  ")
    assert ours.sub(b"", content) == DASH


@given(boxes, hosts)
def test_players_are_steered_only_where_there_is_a_choice(names: list[str], host: str) -> None:
    """With one box nobody asks for directions; with more, both manifests say where, and name the boxes in their order."""
    pathways = ways(names, host)
    root = ElementTree.fromstring(view_of_dash(read_dash(DASH), pathways, STEERING))
    steering = root.find(f"{SPACE}ContentSteering")
    tag = re.search(r"#EXT-X-CONTENT-STEERING:(.*)", view_of_hls(read_hls(HLS), pathways, STEERING))
    if len(names) == 1:
        assert steering is None
        assert tag is None
    else:
        assert (steering.text, steering.get("defaultServiceLocation")) == (STEERING, ",".join(names))
        assert tag[1] == f'SERVER-URI="{STEERING}",PATHWAY-ID="{",".join(names)}"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "#EXTM3U\n",
        "#EXTM3U\nv360/main.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n\nv/main.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://elsewhere.example/main.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/etc/passwd",
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,NAME="half\nv/main.m3u8',
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,BANDWIDTH=2\nv/main.m3u8",
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="x"\nv/main.m3u8',
        '#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="x"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/main.m3u8',
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/main.m3u8',
    ],
)
def test_a_playlist_that_is_not_the_studios_is_refused(text: str) -> None:
    """Half a playlist, or one that leads elsewhere, is told apart from a film rather than sent to players."""
    with pytest.raises(BadManifest):
        read_hls(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        DASH[:400],
        DASH.replace(b'"static"', b'"dynamic"'),
        DASH.replace(b"<Period id", b"<BaseURL>http://elsewhere.example/</BaseURL><Period id"),
        DASH.replace(b"<MPD", b'<!DOCTYPE MPD [<!ENTITY a "aaaa">]><MPD'),
        DASH.replace(b"urn:mpeg:dash:schema:mpd:2011", b"urn:something:else"),
        DASH.replace(b"Period", b"Pause"),
    ],
)
def test_a_manifest_that_is_not_the_studios_is_refused(content: bytes) -> None:
    """Half a manifest, a live one, or one with addresses of its own is told apart from a film."""
    with pytest.raises(BadManifest):
        read_dash(content)


@given(st.data())
def test_a_damaged_manifest_never_does_more_than_be_refused(data: st.DataObject) -> None:
    """Whatever bytes lie where a manifest should: it is either readable or refused."""
    whole = data.draw(st.sampled_from([HLS.encode(), DASH]))
    at, size = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
    damaged = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + size :]
    for read in (read_dash, lambda content: read_hls(content.decode(errors="replace"))):
        try:
            read(damaged)
        except BadManifest as error:
            assert str(error)


@pytest.fixture
async def theatre(tmp_path: Path) -> Theatre:
    theatre = await Theatre(tmp_path).open()
    theatre.shelf.put("film")
    edition = tmp_path / "edition"
    edition.mkdir()
    (edition / "manifest.mpd").write_bytes(DASH)
    (edition / "master.m3u8").write_text(HLS)
    await theatre.blobs.put_tree("films/ed1", edition)
    return theatre


async def test_a_granted_view_has_both_manifests_signed_for_it(theatre: Theatre) -> None:
    """What Play says leads to manifests whose every address carries the view's token, on every box."""
    view = await theatre.play()
    assert view.dash_url == f"http://localhost:8080/play/{view.view_id}/manifest.mpd"
    assert view.hls_url == f"http://localhost:8080/play/{view.view_id}/master.m3u8"
    for form in (pb.DASH, pb.HLS):
        text = await theatre.manifest(view.view_id, form)
        bases = set(re.findall(r"http://localhost:(\d+)/([^/]+)/films/ed1/", text))
        assert bases == {("9001", view.token), ("9002", view.token)}
        assert f"http://localhost:8080/play/{view.view_id}/steering.json" in text
    order = await theatre.playback.steering(pb.SteeringRequest(view_id=view.view_id), CALL)
    assert sorted(order.box_ids) == ["a", "b"]
    assert order.ttl_s > 0


async def test_a_view_that_lost_its_place_gets_no_more_addresses(theatre: Theatre) -> None:
    """The manifest of a view that was stopped is not to be had: it would be a place beside the account's own."""
    view = await theatre.play()
    await theatre.stop(view.view_id)
    with pytest.raises(Refused) as no:
        await theatre.manifest(view.view_id)
    assert no.value.kind == "gone"
    with pytest.raises(Refused, match="press Play again"):
        await theatre.playback.steering(pb.SteeringRequest(view_id="unknown-view"), CALL)


async def test_a_view_stays_with_its_edition_and_hears_of_a_better_one(theatre: Theatre) -> None:
    """While a new edition serves others, a running view plays the old one to its end, and may change over when it likes."""
    old = await theatre.play(screen="one")
    assert (await theatre.heartbeat(old.view_id)).better_edition_id == ""
    theatre.shelf.put("film", edition_id="ed2")
    new = await theatre.play(screen="two")
    assert (old.edition_id, new.edition_id) == ("ed1", "ed2")
    assert (await theatre.heartbeat(old.view_id)).better_edition_id == "ed2"
    assert (await theatre.heartbeat(new.view_id)).better_edition_id == ""
    assert "/films/ed1/" in await theatre.manifest(old.view_id)
    del theatre.shelf.titles["film"]
    assert (await theatre.heartbeat(old.view_id)).better_edition_id == ""


async def test_a_broken_edition_says_what_to_do(theatre: Theatre) -> None:
    """When the files of an edition are lost, the log says which and where to have them made anew."""
    theatre.shelf.put("film", edition_id="lost")
    view = await theatre.play()
    with pytest.raises(Unavailable, match="retry its job in the studio"):
        await theatre.manifest(view.view_id)


async def test_a_heartbeat_brings_a_token_that_lives_longer(theatre: Theatre) -> None:
    """Who watches on never runs out of addresses: each heartbeat's token outlives the one before."""
    view = await theatre.play()
    await theatre.wait(30)
    answer = await theatre.heartbeat(view.view_id)
    assert answer.until_ms == view.until_ms + 30_000
    assert answer.token != view.token
    assert answer.token.split(".")[2] == view.view_id
