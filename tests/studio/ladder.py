"""Which rungs a film gets."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.studio.ladder import LADDER, Plan, can_be_copied, plan_film, steady_rate
from matinee.studio.source import SourceFacts, VideoFacts
from matinee.studio.streams import AudioFacts

AAC = AudioFacts("aac", 2, 128_000, "en")


def film(
    width: int, height: int, bitrate_bps: int, codec: str = "h264", gap_ms: float = 4000, fps: Fraction = Fraction(24)
) -> SourceFacts:
    keyframes = tuple(gap_ms * number for number in range(int(60_000 // gap_ms)))
    video = VideoFacts(
        codec, "High", "yuv420p", width, height, fps.numerator, fps.denominator, bitrate_bps, 90_000, keyframes, True, False
    )
    return SourceFacts("mov,mp4", 60_000, video, sounds=(AAC,))


def sizes(plan: Plan) -> list[tuple[int, int, int]]:
    return [(rung.width_px, rung.height_px, round(rung.bitrate_bps / 1000)) for rung in plan.full]


def test_a_full_hd_film_for_encoding_gets_apples_rungs() -> None:
    """The ladder of a 1080p film is the published one."""
    assert sizes(plan_film(film(1920, 1080, 40_000_000, "hevc"))) == [
        (1920, 1080, 7800),
        (1920, 1080, 6000),
        (1280, 720, 4500),
        (1280, 720, 3000),
        (960, 540, 2000),
        (768, 432, 1100),
        (768, 432, 730),
        (640, 360, 365),
        (416, 234, 145),
    ]


def test_a_film_browsers_decode_is_copied_and_gets_only_cheaper_rungs_beside_it() -> None:
    """A squeezed 720p film is shown as it is; a larger encode would be larger and worse."""
    plan = plan_film(film(1280, 720, 542_000))
    assert [rung.copied for rung in plan.first] == [True]
    assert sizes(plan) == [(1280, 720, 542), (640, 360, 365), (416, 234, 145)]
    assert plan.full[0] == plan.first[0]
    assert plan.grid.follows_source


@pytest.mark.parametrize(
    ("width", "height", "most_bps"),
    [(640, 360, 3_000_000), (1920, 1080, 11_700_000), (3840, 2160, 33_000_000), (7680, 4320, 33_000_000)],
)
def test_a_film_too_heavy_for_any_line_is_not_shown_as_it_is(width: int, height: int, most_bps: int) -> None:
    """A disc's 40 Mbit/s do not stall me until lighter rungs are made: a small one comes first, and none is that heavy."""
    assert can_be_copied(film(width, height, most_bps))
    plan = plan_film(film(width, height, most_bps + 1))
    assert [(rung.copied, rung.preset) for rung in plan.first] == [(False, "veryfast")]
    assert all(rung.bitrate_bps < most_bps for rung in plan.full)


def test_a_film_that_must_be_encoded_starts_with_one_quick_rung() -> None:
    """I can watch it soon, if small; the rest follows."""
    plan = plan_film(film(3840, 2160, 60_000_000, "hevc"))
    assert [(rung.label_px, rung.preset) for rung in plan.first] == [(432, "veryfast")]
    assert plan.full[0].label_px == 2160
    assert plan.first[0].name not in {rung.name for rung in plan.full}


def test_a_wide_film_is_measured_by_its_box() -> None:
    """A film 1920 pixels across is a 1080p film, however low its picture, and keeps its shape at every size."""
    plan = plan_film(film(1920, 800, 40_000_000, "hevc"))
    assert [(rung.label_px, rung.width_px, rung.height_px) for rung in plan.full][:3] == [
        (1080, 1920, 800),
        (1080, 1920, 800),
        (720, 1280, 534),
    ]


def test_a_film_nearly_full_hd_is_sold_as_full_hd() -> None:
    """A few trimmed lines cost nobody the best rung."""
    best = plan_film(film(1916, 1076, 40_000_000, "hevc")).full[0]
    assert (best.label_px, best.width_px, best.height_px) == (1080, 1916, 1076)


@pytest.mark.parametrize(
    ("why", "source"),
    [
        ("another codec", film(1280, 720, 3_000_000, "hevc")),
        ("keyframes too far apart", film(1280, 720, 3_000_000, gap_ms=8_500)),
        (
            "10 bits",
            replace(film(1280, 720, 3_000_000), video=replace(film(1280, 720, 3_000_000).video, pixel_format="yuv420p10le")),
        ),
        ("interlaced", replace(film(720, 576, 3_000_000), video=replace(film(720, 576, 3_000_000).video, interlaced=True))),
        ("turned", replace(film(720, 576, 3_000_000), video=replace(film(720, 576, 3_000_000).video, upright_and_square=False))),
        (
            "a late first keyframe",
            replace(film(720, 576, 3_000_000), video=replace(film(720, 576, 3_000_000).video, keyframes_ms=(40.0, 4000.0))),
        ),
    ],
)
def test_what_a_browser_cannot_show_or_cut_is_encoded(why: str, source: SourceFacts) -> None:
    """A copy is only made where it plays everywhere and can be cut."""
    assert not can_be_copied(source), why
    assert not any(rung.copied for rung in plan_film(source).full)


def test_a_film_below_the_whole_ladder_still_gets_a_rung() -> None:
    """Even the smallest film plays."""
    (only,) = plan_film(film(160, 120, 60_000, "mpeg4")).full
    assert (only.width_px, only.height_px, only.bitrate_bps) == (160, 120, 60_000)


@pytest.mark.parametrize(
    ("fps", "steady", "gop_frames"),
    [
        (Fraction(24_000, 1001), Fraction(24_000, 1001), 48),
        (Fraction(2398, 100), Fraction(24_000, 1001), 48),
        (Fraction(2997, 100), Fraction(30_000, 1001), 60),
        (Fraction(25), Fraction(25), 50),
        (Fraction(120), Fraction(60), 120),
        (Fraction(145, 10), Fraction(14), 28),
    ],
)
def test_frame_rates_become_steady(fps: Fraction, steady: Fraction, gop_frames: int) -> None:
    """Whatever a film's rate, its pictures come evenly and a keyframe every two seconds."""
    assert steady_rate(fps) == steady
    assert plan_film(film(1280, 720, 3_000_000, "hevc", fps=fps)).grid.gop_frames == gop_frames


@given(
    width=st.integers(2, 8192),
    height=st.integers(2, 8192),
    bitrate_bps=st.integers(1_000, 100_000_000),
    codec=st.sampled_from(["h264", "hevc", "mpeg4"]),
)
def test_no_rung_ever_exceeds_its_film(width: int, height: int, bitrate_bps: int, codec: str) -> None:
    """No film, however odd, is blown up, distorted or given bits it does not have; and every one can be watched."""
    source = film(width, height, bitrate_bps, codec)
    plan = plan_film(source)
    assert plan.first
    assert plan.full
    assert len({rung.name for rung in (*plan.first, *plan.full)}) == len(set((*plan.first, *plan.full)))
    for rung in (*plan.first, *plan.full):
        assert rung.width_px % 2 == rung.height_px % 2 == 0
        assert 2 <= rung.width_px <= max(2, width)
        assert 2 <= rung.height_px <= max(2, height)
        assert 0 < rung.bitrate_bps <= bitrate_bps
        assert rung.copied or 0 < rung.most_bps <= bitrate_bps
        # Even dimensions allow two pixels of error on the shorter side.
        assert abs(rung.width_px * height - rung.height_px * width) <= 2 * max(width, height) + 2 * min(width, height)
        assert rung.label_px <= max(height, width) * 1.06
    assert [rung.bitrate_bps for rung in plan.full] == sorted((rung.bitrate_bps for rung in plan.full), reverse=True)


def test_the_ladder_rises() -> None:
    """Each row of the table costs more than the one before and shows at least as much."""
    assert list(LADDER) == sorted(LADDER, key=lambda row: (row[1], row[2]))


def test_two_rows_of_one_size_differ_even_for_an_easy_film() -> None:
    """Where the picture does not grow, the higher quality looks finer, however few bits a film needs."""
    pairs = [(lower, upper) for lower, upper in pairwise(LADDER) if lower[1] == upper[1]]
    assert pairs
    assert all(upper[3] <= lower[3] - 2 for lower, upper in pairs)
