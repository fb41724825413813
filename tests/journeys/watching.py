"""A tap on Play, from the address bar to moving pictures, in a real browser on the real house."""

import re

import pytest
from playwright.sync_api import Page, expect

from running import House

pytestmark = pytest.mark.xdist_group("evening")

PLAYING_WITHIN_MS = 30_000
PASSWORD = "a quiet evening"
# Whether the sound that leaves the player is more than silence, heard for up to twenty seconds.
LISTEN = """async () => {
  const video = document.querySelector('video');
  window.ear ??= (() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaElementSource(video).connect(analyser);
    analyser.connect(context.destination);
    return { context, analyser };
  })();
  await window.ear.context.resume();
  const samples = new Float32Array(2048);
  let loudest = 0;
  for (let i = 0; i < 200 && loudest < 0.001; i++) {
    await new Promise(resolve => setTimeout(resolve, 100));
    window.ear.analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
  }
  return loudest;
}"""
# The picture now, as 32x18 grey values.
LOOK = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
  const pen = canvas.getContext('2d');
  pen.drawImage(document.querySelector('video'), 0, 0, 32, 18);
  return Array.from(pen.getImageData(0, 0, 32, 18).data).filter((_, i) => i % 4 === 1);
}"""
# Of a film that goes on in its middle the place is there before it plays, and may be set once more till then.
PLAYS = "() => { const v = document.querySelector('video'); return v && v.currentTime > 0.5 && !v.seeking && v.readyState > 2 }"
FRAMES = "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"


def come_in(page: Page, house: House, email: str) -> None:
    """Signs up, or in when that account exists, and says who watches."""
    for way in ("Sign up", "Sign in"):
        page.goto(f"{house.address}/{way.lower().replace(' ', '-')}")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name=way).click()
        who = page.get_by_role("heading", name="Who’s watching?")
        expect(who.or_(page.get_by_role("alert"))).to_be_visible()
        if who.is_visible():
            break
    say_who(page)
    page.wait_for_url(f"{house.address}/")


def say_who(page: Page) -> None:
    """Picks the first profile."""
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("button").click()


def stir(page: Page) -> None:
    """Moves the pointer over the picture, so that the controls show."""
    page.mouse.move(300, 300)
    page.mouse.move(310, 300)
    expect(page.get_by_role("group", name="Player")).to_be_visible()


def press_play(page: Page, name: str, manifest: str) -> None:
    """From home to the film's page to its picture, through the manifest asked for."""
    # A title appears by itself once the studio is done: on a new house this page may be open before the film is.
    link = page.get_by_role("link", name=re.compile(name)).first
    link.wait_for(timeout=PLAYING_WITHIN_MS)
    link.click()
    page.wait_for_url(re.compile(r"/title/\w+$"))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    button = page.get_by_role("button", name=re.compile("^(Play|Resume)")).first
    button.wait_for(timeout=PLAYING_WITHIN_MS)
    if manifest == "hls":
        page.goto(page.url.replace("/title/", "/watch/") + "?manifest=hls")
    else:
        button.click()
    page.wait_for_url(re.compile(r"/watch/\w+"))
    page.wait_for_function(PLAYS, timeout=PLAYING_WITHIN_MS)


def frames(page: Page) -> int:
    return page.evaluate(FRAMES)


def assert_moving(page: Page) -> None:
    """Two pictures a second and a half apart differ, frames are counted between them, and nothing went wrong."""
    before, counted, shot = page.evaluate(LOOK), frames(page), page.locator("video").screenshot()
    page.wait_for_timeout(1500)
    page.wait_for_function(f"() => ({FRAMES})() > {counted + 10}")
    after = page.evaluate(LOOK)
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) > 100, "the picture stands still"
    assert page.locator("video").screenshot() != shot
    assert page.evaluate("() => document.querySelector('video').error") is None


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_a_new_member_signs_up_and_watches_a_film(page: Page, house: House, manifest: str) -> None:
    """Whoever signs up can press Play and sees a moving picture with sound, through either kind of manifest."""
    come_in(page, house, f"{manifest}@example.org")
    press_play(page, "Clock", manifest)
    assert page.evaluate("() => window.matineePlayer.getManifestType()").lower() == manifest
    assert page.evaluate(LISTEN) > 0.001, "no sound"
    assert_moving(page)
    assert page.evaluate("() => document.querySelector('video').videoHeight") == 360


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_big_buck_bunny_plays_and_goes_on_from_the_middle(page: Page, house: House, manifest: str) -> None:
    """The whole ten-minute film can be sought to 5:00, and goes on from there with picture and sound."""
    come_in(page, house, f"{manifest}-bunny@example.org")
    press_play(page, "Big Buck Bunny", manifest)
    assert page.evaluate("() => window.matineePlayer.getManifestType()").lower() == manifest
    assert page.evaluate("() => document.querySelector('video').duration") == pytest.approx(596.5, abs=1)
    page.evaluate("() => { document.querySelector('video').currentTime = 300 }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 301", timeout=PLAYING_WITHIN_MS)
    assert page.evaluate("() => document.querySelector('video').currentTime") < 330
    assert page.evaluate(LISTEN) > 0.001, "no sound"
    assert_moving(page)


def test_nothing_is_asked_of_anybody_else(page: Page, house: House) -> None:
    """No page of Matinee asks another host for anything, and none breaks a rule of its own headers."""
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(re.sub(r"^(\w+:(?://[^/:]*)?).*", r"\1", request.url)))
    come_in(page, house, "curious@example.org")
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    press_play(page, "Clock", "dash")
    page.wait_for_timeout(1000)
    assert {host for host in hosts if host not in {"blob:", "data:"}} == {"http://localhost"}
    assert complaints == []


def test_who_is_signed_out_is_asked_to_come_in_and_led_back(page: Page, house: House) -> None:
    """A link to a film leads through the door and then to the film, and signing out ends it."""
    come_in(page, house, "returning@example.org")
    press_play(page, "Clock", "dash")
    watching = page.url
    page.goto(house.address)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    page.goto(watching)
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_label("Email").fill("returning@example.org")
    page.get_by_label("Password").fill("not my password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Check the email and the password")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    say_who(page)
    page.wait_for_url(watching)


def test_a_passport_that_ran_out_is_renewed_without_a_word(page: Page, house: House) -> None:
    """After ten minutes away the next click simply works: nobody is asked to sign in again."""
    come_in(page, house, "away@example.org")
    page.get_by_role("link", name=re.compile("Clock")).first.wait_for(timeout=PLAYING_WITHIN_MS)
    passport = next(cookie for cookie in page.context.cookies() if cookie["path"] == "/")
    page.context.clear_cookies(name=passport["name"])
    press_play(page, "Clock", "dash")
    assert passport["name"] in {cookie["name"] for cookie in page.context.cookies()}
