"""What a viewer does with a film that plays: its sizes, voices, subtitles, small pictures, places and episodes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from films import SAID, TONES_HZ, series, whole_film
from journeys.access import WIDTHS, assert_accessible
from journeys.watching import PLAYING_WITHIN_MS, assert_moving, come_in, press_play, stir
from letterbox import the_operator
from running import OPERATOR, House, asked_freely, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("cinema")

WHOLE_WITHIN_S = 90
# The pitch of what is heard, in Hz: the loudest of the analyser's bands.
PITCH = """async () => {
  window.tuner ??= (() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaElementSource(document.querySelector('video')).connect(analyser);
    analyser.connect(context.destination);
    return { context, analyser };
  })();
  const { context, analyser } = window.tuner;
  await context.resume();
  const video = document.querySelector('video');
  if (video.ended) video.currentTime = 1;
  // A film that is just then loaded afresh is listened to the next time.
  await video.play().catch(() => undefined);
  await new Promise(resolve => setTimeout(resolve, 300));
  const bands = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bands);
  return bands.indexOf(Math.max(...bands)) * context.sampleRate / analyser.fftSize;
}"""
# A player that stopped fetching is helped after eight seconds: that would not be arriving.
HASTY_WITHIN_MS = 7_000
CHOOSE_AND_SEEK = "(choice, at) => { choice.click(); document.querySelector('video').currentTime = at }"
TIME = "() => document.querySelector('video').currentTime"


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with one film that has everything, its whole ladder made, and a series of two episodes."""
    folder = tmp_path_factory.mktemp("cinema")
    whole_film(folder / "films" / "Voices (2026)", "Voices")
    series(folder / "films", "Two Evenings")
    flags = ("--library", str(folder / "films"), "--topology", str(asked_freely(folder)))
    house = House(folder / "state", flags=flags)
    house.up()
    visitor = Visitor(house)
    visitor.sign_up(OPERATOR)
    wait_until(lambda: visitor.titles().get("Voices", {}).get("complete"), WHOLE_WITHIN_S, "all rungs of Voices are made")
    yield house
    house.down()


def watch(page: Page, house: House, email: str, name: str, manifest: str) -> None:
    come_in(page, house, email)
    press_play(page, name, manifest)


def choose(page: Page, menu: str, choice: str, group: str = "") -> None:
    """Opens a menu and picks from it, as a hand does."""
    stir(page)
    page.get_by_role("button", name=menu, exact=True).click()
    page.get_by_role("group", name=group or menu).get_by_role("menuitemradio", name=re.compile(rf"^{choice}\b")).click()


def hold(page: Page, at_s: float, within_ms: int = PLAYING_WITHIN_MS) -> None:
    """The film paused at a place."""
    page.evaluate("at => { const v = document.querySelector('video'); v.pause(); v.currentTime = at }", at_s)
    arrived = "() => { const v = document.querySelector('video'); return !v.seeking && v.readyState >= 2 }"
    page.wait_for_function(arrived, timeout=within_ms)


def plays_from(page: Page, at_s: float, within_ms: int = PLAYING_WITHIN_MS) -> None:
    """The film is at that place, give or take a moment, and goes on."""
    page.wait_for_function(f"() => document.querySelector('video')?.currentTime > {at_s}", timeout=within_ms)
    assert page.evaluate(TIME) < at_s + 5


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_the_picture_changes_its_size_when_asked_to(page: Page, cinema: House, manifest: str) -> None:
    """Every height on offer can be chosen, arrives, and the menu tells which one is on."""
    watch(page, cinema, f"size-{manifest}@example.org", "Voices", manifest)
    for height in (234, 360):
        hold(page, 1)
        choose(page, "Quality", f"{height}p")
        hold(page, 8)
        page.wait_for_function(f"() => document.querySelector('video').videoHeight === {height}", timeout=PLAYING_WITHIN_MS)
    choose(page, "Quality", "Auto")
    page.get_by_role("button", name="Quality", exact=True).click()
    expect(page.get_by_role("menuitemradio", name=re.compile("^Auto"))).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("menuitemradio", name=re.compile("^Auto"))).to_contain_text(re.compile(r"\d+p · \d\.\d Mb/s"))


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_a_seek_right_after_a_choice_of_quality_arrives(page: Page, cinema: House, manifest: str) -> None:
    """Whoever picks a size and seeks before its first piece has come, or in the same instant, sees that place in that size."""
    watch(page, cinema, f"hasty-{manifest}@example.org", "Voices", manifest)

    def dawdle(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    hold(page, 1)
    page.route(re.compile(r"/films/.*/v234.*/init\.mp4"), dawdle)
    choose(page, "Quality", "234p")
    page.wait_for_timeout(100)
    hold(page, 9, HASTY_WITHIN_MS)
    page.wait_for_function("() => document.querySelector('video').videoHeight === 234", timeout=HASTY_WITHIN_MS)
    hold(page, 9)
    page.evaluate("() => document.querySelector('video').play()")
    stir(page)
    page.get_by_role("button", name="Quality", exact=True).click()
    page.get_by_role("menuitemradio", name=re.compile(r"^360p\b")).evaluate(CHOOSE_AND_SEEK, 1)
    plays_from(page, 1.1, HASTY_WITHIN_MS)
    page.wait_for_function("() => document.querySelector('video').videoHeight === 360", timeout=HASTY_WITHIN_MS)


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_another_language_is_heard(page: Page, cinema: House, manifest: str) -> None:
    """Choosing a language changes what comes out of the loudspeaker, and back."""
    watch(page, cinema, f"voice-{manifest}@example.org", "Voices", manifest)
    for name, language in (("Deutsch", "deu"), ("English", "eng")):
        choose(page, "Audio and subtitles", name, "Audio")
        page.evaluate("() => { const v = document.querySelector('video'); v.currentTime = 1; v.play() }")
        wait_until(lambda tone=TONES_HZ[language]: abs(page.evaluate(PITCH) - tone) < 30, 30, f"{name} is heard")


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_subtitles_are_read_and_remembered(page: Page, cinema: House, manifest: str) -> None:
    """Subtitles stand on the picture in the language chosen, a key turns them off and on, and a reload keeps them."""
    watch(page, cinema, f"words-{manifest}@example.org", "Voices", manifest)
    expect(page.get_by_text(SAID["en"])).to_have_count(0)
    choose(page, "Audio and subtitles", "Deutsch", "Subtitles")
    hold(page, 4)
    expect(page.get_by_text(SAID["de"]).first).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text(SAID["de"])).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_text(SAID["de"]).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(SAID["de"]).first).to_be_visible(timeout=PLAYING_WITHIN_MS)


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_the_seek_bar_shows_where_a_seek_would_lead(page: Page, cinema: House, manifest: str) -> None:
    """Pointing at the bar shows that moment's picture, its time and its chapter; a click leads there."""
    watch(page, cinema, f"seek-{manifest}@example.org", "Voices", manifest)
    page.evaluate("() => document.querySelector('video').pause()")  # while it plays the bar leaves the picture alone after 3 s
    stir(page)
    bar = page.get_by_role("slider", name="Seek")
    box = bar.bounding_box()
    assert box
    pictures: list[bytes] = []
    for share, told in ((0.15, "0:01 · Morning"), (0.79, "0:09 · Evening")):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        expect(bar).to_contain_text(told)
        picture = bar.get_by_role("presentation").or_(bar.locator("img")).first
        page.wait_for_function("picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle())
        frame = picture.locator("..")
        wait_until(lambda frame=frame: frame.screenshot() not in pictures, 20, "two moments look different")
        pictures.append(frame.screenshot())
    page.mouse.down()
    page.mouse.up()
    page.evaluate("() => document.querySelector('video').play()")
    plays_from(page, 8.5)


def test_a_film_goes_on_where_it_was_left(page: Page, cinema: House, chromium: Browser) -> None:
    """After a reload, and in another browser, the film begins at the bookmark."""
    watch(page, cinema, "bookmark@example.org", "Voices", "dash")
    page.evaluate("() => { document.querySelector('video').currentTime = 5 }")
    plays_from(page, 5.2)
    page.reload()
    plays_from(page, 5.2)
    left_at_s = page.evaluate(TIME)  # before the pause, at which a player may change over to a better edition
    page.evaluate("() => document.querySelector('video').pause()")
    page.wait_for_timeout(500)
    elsewhere = chromium.new_context().new_page()
    watch(elsewhere, cinema, "bookmark@example.org", "Voices", "hls")
    plays_from(elsewhere, left_at_s - 1)
    elsewhere.context.close()


@pytest.mark.parametrize("manifest", ["dash", "hls"])
def test_the_next_episode_begins_by_itself(page: Page, cinema: House, manifest: str) -> None:
    """In an episode's last seconds a card tells of the next one, which then begins; no means no."""
    watch(page, cinema, f"evenings-{manifest}@example.org", "Two Evenings", manifest)
    first = page.url
    expect(page.get_by_text("Season 1 · Episode 1")).to_have_count(1)
    page.evaluate("() => { const v = document.querySelector('video'); v.pause(); v.currentTime = 7 }")
    card = page.get_by_role("region", name="Next episode")
    expect(card).to_contain_text(re.compile(r"Next in [1-3]"))
    card.get_by_role("button", name="Cancel").click()
    expect(card).to_have_count(0)
    page.evaluate("() => document.querySelector('video').play()")
    page.wait_for_function("() => document.querySelector('video').ended", timeout=PLAYING_WITHIN_MS)
    assert page.url == first
    page.evaluate("() => { const v = document.querySelector('video'); v.currentTime = 1; v.play() }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1.2")
    page.evaluate("() => { document.querySelector('video').currentTime = 8 }")
    page.wait_for_url(lambda url: url != first, timeout=PLAYING_WITHIN_MS)
    expect(page.get_by_text("Season 1 · Episode 2")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.3", timeout=PLAYING_WITHIN_MS)
    assert page.evaluate("() => window.matineePlayer.getManifestType()").lower() == manifest


def test_a_third_screen_is_told_who_watches_and_plays_once_one_leaves(cinema: House, chromium: Browser) -> None:
    """Two screens may watch; the third reads why not, and its button works as soon as one of them closes."""
    pages = [chromium.new_context(reduced_motion="reduce").new_page() for _ in range(3)]
    for screen in pages[:2]:
        watch(screen, cinema, "family@example.org", "Voices", "dash")
    come_in(pages[2], cinema, "family@example.org")
    pages[2].goto(pages[0].url)
    expect(pages[2].get_by_role("alert")).to_contain_text("screens")
    pages[0].goto(cinema.address)
    operator, watching = the_operator(cinema), "{ operator { screens { profile } } }"
    wait_until(lambda: str(operator.graphql(watching)).count("Family") == 1, 30, "the house has heard that one has left")
    pages[2].get_by_role("button", name="Try again").click()
    pages[2].wait_for_function("() => document.querySelector('video')?.currentTime > 0.3", timeout=PLAYING_WITHIN_MS)
    for screen in pages:
        screen.context.close()


def test_a_token_that_runs_out_is_renewed_without_a_word(page: Page, cinema: House) -> None:
    """Boxes that say 410 to an old token are asked again with a new one; the film goes on and tells nothing."""
    watch(page, cinema, "patient@example.org", "Voices", "dash")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        url = route.request.url
        token = url.split("/")[3]
        if not refused or token == refused[0]:
            refused.append(token)
            route.fulfill(status=410, headers={"access-control-allow-origin": "*"}, body="")
        else:
            route.continue_()

    page.evaluate("() => { window.errors = 0; document.querySelector('video').addEventListener('error', () => window.errors++) }")
    hold(page, 1)
    # Tokens count in whole seconds: the one that a pause has just brought must be older than its successor.
    page.wait_for_timeout(1500)
    page.route(re.compile(r"/films/.*\.m4s"), refuse_once)
    choose(page, "Quality", "234p")
    hold(page, 8)
    page.wait_for_function("() => document.querySelector('video').videoHeight === 234", timeout=PLAYING_WITHIN_MS)
    assert refused, "no box was asked with the old token"
    page.evaluate("() => document.querySelector('video').play()")
    assert_moving(page)
    assert page.get_by_role("alert").count() == 0
    assert page.evaluate("() => window.errors") == 0


def test_every_key_on_the_card_is_at_hand(page: Page, cinema: House) -> None:
    """? shows the keys; they seek, change speed and sound, and say so."""
    watch(page, cinema, "keys@example.org", "Voices", "dash")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Picture in picture")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("() => document.querySelector('video').pause()")
    page.keyboard.press("5")
    page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 6) < 1")
    page.keyboard.press(">")
    expect(page.get_by_text("Speed: 1.25×")).to_be_visible()
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 1.25
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Volume 90 %")).to_be_visible()
    page.keyboard.press("m")
    assert page.evaluate("() => document.querySelector('video').muted")
    # A video tells of its volume a moment after it has changed.
    page.wait_for_function("() => JSON.parse(localStorage.getItem('matinee.watching'))?.muted")
    page.reload()
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.5", timeout=PLAYING_WITHIN_MS)
    assert page.evaluate("() => [document.querySelector('video').volume, document.querySelector('video').muted]") == [0.9, True]


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_the_languages_and_the_next_episode(page: Page, cinema: House, width: int, height: int) -> None:
    """The menu of languages and subtitles, and the card that counts down to the next episode, work for all."""
    page.set_viewport_size({"width": width, "height": height})
    watch(page, cinema, f"all-of-us-{width}@example.org", "Voices", "dash")
    page.evaluate("() => document.querySelector('video').pause()")
    for menu in ("Audio and subtitles", "Quality"):
        stir(page)
        page.get_by_role("button", name=menu, exact=True).click()
        page.get_by_role("menu", name=menu).wait_for()
        assert_accessible(page, menu)
        page.keyboard.press("Escape")
    page.goto(cinema.address)
    press_play(page, "Two Evenings", "dash")
    page.evaluate("() => { const v = document.querySelector('video'); v.currentTime = 7; v.pause() }")
    page.get_by_role("region", name="Next episode").wait_for()
    assert_accessible(page, "the next episode")
