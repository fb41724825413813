"""Which sounds an edition gets, and how each is made.

Every sound of the film becomes a track: copied when it is AAC that every browser plays as it is, else encoded in stereo. The
source's default comes first, and the first is what plays when nobody chose. A sound must lie exactly as it lay beside the
picture, so a copy is made only of one that begins with the picture; an encoded one is cut, or led in by silence, to begin there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.studio.languages import all_different, own_name
from matinee.studio.streams import AudioFacts

AAC_BPS = 128_000
PLAIN_RATES_HZ = frozenset({32_000, 44_100, 48_000})
# A frame of AAC lasts 21 ms: sound that near is as near as sound can be cut.
TOGETHER_MS = 22.0


@dataclass(frozen=True)
class Sound:
    """One track. `index` counts the sounds of the source, `begins_s` is when its picture begins in its own count."""

    name: str
    index: int
    copied: bool
    bitrate_bps: int
    language: str
    label: str
    commentary: bool = False
    channels: int = 2
    begins_s: float = 0.0


def plan_sounds(sounds: Sequence[AudioFacts], begins_s: float) -> tuple[Sound, ...]:
    """The default first, commentaries last, the others as the film has them."""
    ordered = sorted(sounds, key=lambda sound: (sound.commentary, not sound.default, sound.index))
    labels = all_different([_label(sound) for sound in ordered])
    return tuple(
        _sound(number, facts, label, begins_s) for number, (facts, label) in enumerate(zip(ordered, labels, strict=True), 1)
    )


def soonest(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """Those that nobody has to wait for: the first, and what is only copied."""
    return tuple(sound for number, sound in enumerate(sounds) if number == 0 or sound.copied)


def sound_filters(sound: Sound) -> str:
    """ffmpeg's filters for a sound that is encoded, its times being those of the source."""
    filters = [
        # What is heard before the first picture has nothing to be seen with,
        f"atrim=start={sound.begins_s:.6f}",
        # the first picture is time zero,
        f"asetpts=PTS-{sound.begins_s:.6f}/TB",
        # and a gap, there or later, stays a gap, or sound and picture part ways.
        "aresample=48000:async=1:first_pts=0",
    ]
    if sound.channels > 2:
        filters += [
            # The usual sum of ITU-R BS.775, in which speech keeps its level (at 16 bits ffmpeg would turn all of it down),
            "aformat=sample_fmts=fltp:channel_layouts=stereo",
            # and what the sum drives past full scale is held there instead of crackling; the limiter's delay is taken back.
            "alimiter=limit=0.95:level=false:latency=true",
        ]
    return ",".join(filters)


def _sound(number: int, facts: AudioFacts, label: str, begins_s: float) -> Sound:
    copied = _plays_as_it_is(facts)
    return Sound(
        name=f"a{number}",
        index=facts.index,
        copied=copied,
        bitrate_bps=facts.bitrate_bps if copied else AAC_BPS,
        language=facts.language,
        label=label,
        commentary=facts.commentary,
        channels=facts.channels,
        begins_s=begins_s,
    )


def _plays_as_it_is(facts: AudioFacts) -> bool:
    plain = facts.codec == "aac" and facts.profile in {"LC", ""} and facts.sample_rate_hz in PLAIN_RATES_HZ
    return plain and facts.channels <= 2 and abs(facts.late_ms) <= TOGETHER_MS


def _label(facts: AudioFacts) -> str:
    """What a menu shows: the language as its speakers call it, with what tells two of one language apart."""
    spoken = own_name(facts.language)
    if facts.commentary:
        return f"{spoken or 'Original'} (commentary)"
    if not facts.title or facts.title.lower() in {spoken.lower(), "stereo", "surround", "mono"}:
        return spoken or "Original"
    return f"{spoken} ({facts.title})" if spoken and spoken.lower() not in facts.title.lower() else facts.title
