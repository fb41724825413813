"""The way from a granted play to the bytes of a film, on the whole running house."""

import re

import pytest

from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")


@pytest.fixture(scope="module")
def member(house: House) -> Visitor:
    member = Visitor(house)
    member.sign_up("films@example.org")
    member.wait_for_film("Clock")
    member.wait_for_film("Big Buck Bunny")
    return member


def test_a_granted_play_leads_to_every_byte_and_not_one_further(member: Visitor) -> None:
    """Both manifests and the first segment come from the box; another film under the same token does not."""
    titles = member.titles()
    clock, bunny = (member.play(titles[name]["id"]) for name in ("Clock", "Big Buck Bunny"))
    status, manifest = member.ask(clock["dash"])
    assert (status, manifest[:5]) == (200, b"<?xml")
    assert member.ask(clock["hls"])[1].startswith(b"#EXTM3U")
    base, edition = re.fullmatch(r"(.*/films/)([\w-]+)/manifest\.mpd", clock["dash"]).groups()
    other = re.search(r"/films/([\w-]+)/", bunny["dash"])[1]
    media = re.search(rb'initialization="([^"]+)"', manifest)[1].decode()
    assert member.ask(f"{base}{edition}/{media}")[0] == 200
    assert member.ask(f"{base}{other}/manifest.mpd")[0] == 403
    assert member.ask(re.sub(r"(:\d+)/[^/]+/films", r"\1/films", clock["dash"]))[0] == 403
    kid_exp_view, mac = re.search(r":\d+/([^/]+)\.([\w-]{43})/films", clock["dash"]).groups()
    flipped = mac[:-2] + ("A" if mac[-2] != "A" else "B") + mac[-1]
    assert member.ask(clock["dash"].replace(f"{kid_exp_view}.{mac}", f"{kid_exp_view}.{flipped}"))[0] == 403
    later = re.sub(r"\.(\d{10})\.", lambda exp: f".{int(exp[1]) + 1}.", clock["dash"])
    assert later != clock["dash"]
    assert member.ask(later)[0] == 403


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
    edition = re.search(r"/films/([\w-]+)/", member.play(member.titles()["Clock"]["id"])["dash"])[1]
    for path in (
        f"/films/{edition}/manifest.mpd",
        f"/art/../films/{edition}/manifest.mpd",
        f"/art/%2e%2e/films/{edition}/manifest.mpd",
    ):
        body = member.ask(path)[1]
        assert b"<MPD" not in body
