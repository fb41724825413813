"""Cuts the rungs into segments and writes the two manifests: one set of CMAF files, read by HLS and DASH players alike."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from matinee.studio.ladder import Plan, Rung
from matinee.studio.languages import UNNAMED
from matinee.studio.sounds import Sound
from matinee.studio.tools import Bench

HLS = "master.m3u8"
DASH = "manifest.mpd"
FORBIDDEN = {ord(sign): " " for sign in ",=\"'"}


def package(bench: Bench, folder: Path, rungs: Sequence[Rung], plan: Plan, name: str) -> Path:
    """The edition `name` made of the rungs' files in `folder`: a tree in it, whole or absent. Raises ToolFailed, Stopped."""
    final = folder / name
    if final.exists():
        return final
    sounds = plan.sounds_beside(rungs)
    attempt = folder / f".{name}-{uuid.uuid4().hex[:8]}"
    attempt.mkdir()
    try:
        # Names relative to the folder: commas in the state's path would end a field of the packager's descriptors.
        bench.packager([*_streams(rungs, sounds, attempt.name), *_flags(plan, sounds, attempt.name)], folder)
        attempt.replace(final)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)
    return final


def _streams(rungs: Sequence[Rung], sounds: Sequence[Sound], out: str) -> list[str]:
    pictures = [
        _descriptor(
            {
                "in": f"{rung.name}.mp4",
                "stream": "video",
                # One init segment and numbered segments: addresses that can be cached and guessed ahead.
                "init_segment": f"{out}/{rung.name}/init.mp4",
                "segment_template": f"{out}/{rung.name}/$Number$.m4s",
                # The rung's HLS playlist lies beside its segments.
                "playlist_name": f"{rung.name}/main.m3u8",
            }
        )
        for rung in rungs
    ]
    return [*pictures, *(_sound_stream(sound, out) for sound in sounds)]


def _sound_stream(sound: Sound, out: str) -> str:
    return _descriptor(
        {
            "in": f"{sound.name}.mp4",
            "stream": "audio",
            # Left out when the source does not say: the packager refuses "und".
            **({"language": sound.language} if sound.language != UNNAMED else {}),
            "init_segment": f"{out}/{sound.name}/init.mp4",
            "segment_template": f"{out}/{sound.name}/$Number$.m4s",
            "playlist_name": f"{sound.name}/main.m3u8",
            # One group for all rungs: any picture goes with this sound.
            "hls_group_id": "audio",
            # What a player's menu shows, in HLS
            "hls_name": _word(sound.label),
            # and in DASH,
            "dash_label": _word(sound.label),
            # where it also says what the sound is for.
            "dash_roles": "commentary" if sound.commentary else "main" if sound.name == "a1" else "alternate",
        }
    )


def _flags(plan: Plan, sounds: Sequence[Sound], out: str) -> list[str]:
    segment_s = f"{float(plan.grid.segment_s):.6f}"
    return [
        # Cuts at the first keyframe on or after each multiple of this.
        "--segment_duration",
        segment_s,
        # One fragment per segment: nobody reads half of one in a film that is finished.
        "--fragment_duration",
        segment_s,
        # Without it, numbered segments would make the DASH manifest a live one.
        "--generate_static_live_mpd",
        "--mpd_output",
        f"{out}/{DASH}",
        "--hls_master_playlist_output",
        f"{out}/{HLS}",
        # The film is finished: players may seek anywhere and need not ask again.
        "--hls_playlist_type",
        "VOD",
        # Else one sound segment of 4.011 s would make every playlist announce 5 s.
        "--per_playlist_target_duration",
        # No creation time in the init segments: the same rungs make the same bytes.
        "--use_fake_clock_for_muxer",
        # One stream after the other: on several threads, whichever is first gets the first id in the DASH manifest.
        "--single_threaded",
        # Marks the first sound as the one to play; here too the packager knows no language called "und".
        *(("--default_language", sounds[0].language) if sounds and sounds[0].language != UNNAMED else ()),
    ]


def _descriptor(fields: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in fields.items())


def _word(text: str) -> str:
    """A name as the packager can read it: commas and equals signs part its descriptors, quotes end an HLS attribute."""
    return " ".join(text.translate(FORBIDDEN).split()) or "Original"
