"""Cuts the rungs into segments and writes the two manifests: one set of CMAF files, read by HLS and DASH players alike."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from matinee.studio.ladder import Plan, Rung
from matinee.studio.languages import UNNAMED
from matinee.studio.manifests import PLAYLIST, chapters_json, finished_dash, finished_hls, images_playlist
from matinee.studio.sheets import Sheets
from matinee.studio.sounds import Sound
from matinee.studio.sprites import SHEETS_FOLDER, make_sheets
from matinee.studio.subtitles import Text
from matinee.studio.tools import Bench

HLS = "master.m3u8"
DASH = "manifest.mpd"
CHAPTERS = "chapters.json"
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
        streams = [*_pictures(rungs, attempt.name), *_sounds(sounds, attempt.name), *_texts(plan.texts, attempt.name)]
        bench.packager([*streams, *_flags(plan, sounds, attempt.name)], folder)
        _finish(attempt, plan, make_sheets(bench, folder, rungs, plan.film_ms, attempt / SHEETS_FOLDER))
        attempt.replace(final)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)
    return final


def _finish(tree: Path, plan: Plan, sheets: Sheets) -> None:
    """Adds to both manifests what the packager does not know."""
    folder = tree / SHEETS_FOLDER
    largest_bytes = max(path.stat().st_size for path in folder.iterdir())
    bandwidth_bps = largest_bytes * 8000 // min(sheets.sheet_ms, plan.film_ms)
    chapters = CHAPTERS if plan.chapters else ""
    if chapters:
        (tree / CHAPTERS).write_text(chapters_json(plan.chapters, plan.film_ms), "utf-8")
    (folder / PLAYLIST).write_text(images_playlist(sheets, plan.film_ms))
    hls, dash = tree / HLS, tree / DASH
    hls.write_text(finished_hls(hls.read_text("utf-8"), SHEETS_FOLDER, sheets, bandwidth_bps, chapters_file=chapters), "utf-8")
    dash.write_text(finished_dash(dash.read_text("utf-8"), SHEETS_FOLDER, sheets, bandwidth_bps), "utf-8")


def _pictures(rungs: Sequence[Rung], out: str) -> list[str]:
    return [
        _descriptor(
            {
                "in": f"{rung.name}.mp4",
                "stream": "video",
                # One init segment and numbered segments: addresses that can be cached and guessed ahead.
                "init_segment": f"{out}/{rung.name}/init.mp4",
                "segment_template": f"{out}/{rung.name}/$Number$.m4s",
                # The rung's HLS playlist lies beside its segments.
                "playlist_name": f"{rung.name}/{PLAYLIST}",
                # Where its keyframes are, for Apple's players to show while somebody seeks.
                "iframe_playlist_name": f"{rung.name}/keyframes.m3u8",
            }
        )
        for rung in rungs
    ]


def _sounds(sounds: Sequence[Sound], out: str) -> list[str]:
    return [_sound(sound, out) for sound in sounds]


def _sound(sound: Sound, out: str) -> str:
    return _descriptor(
        {
            "in": f"{sound.name}.mp4",
            "stream": "audio",
            # Left out when the source does not say: the packager refuses "und".
            **({"language": sound.language} if sound.language != UNNAMED else {}),
            "init_segment": f"{out}/{sound.name}/init.mp4",
            "segment_template": f"{out}/{sound.name}/$Number$.m4s",
            "playlist_name": f"{sound.name}/{PLAYLIST}",
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


def _texts(texts: Sequence[Text], out: str) -> list[str]:
    return [_text(text, out) for text in texts]


def _text(text: Text, out: str) -> str:
    return _descriptor(
        {
            "in": text.file,
            "stream": "text",
            **({"language": text.language} if text.language != UNNAMED else {}),
            # In fMP4 (wvtt): DASH players stumble over bare WebVTT in segments.
            "format": "vtt+mp4",
            "init_segment": f"{out}/{text.name}/init.mp4",
            "segment_template": f"{out}/{text.name}/$Number$.m4s",
            "playlist_name": f"{text.name}/{PLAYLIST}",
            # One group for all rungs.
            "hls_group_id": "subtitles",
            "hls_name": _word(text.label),
            "dash_label": _word(text.label),
            **_roles(text),
        }
    )


def _roles(text: Text) -> dict[str, str]:
    if text.forced:
        # Shown without being asked for: signs, and speech in a language the film's people do not understand.
        return {"forced_subtitle": "1"}
    if text.hearing_impaired:
        # Tells of noises too: Apple's two words for it, and DASH's.
        deaf = "public.accessibility.transcribes-spoken-dialog;public.accessibility.describes-music-and-sound"
        return {"hls_characteristics": deaf, "dash_roles": "caption"}
    return {"dash_roles": "subtitle"}


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
        # No subtitles are shown to anybody who did not ask: "no linguistic content" is the language of none.
        "--default_text_language",
        "zxx",
    ]


def _descriptor(fields: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in fields.items())


def _word(text: str) -> str:
    """A name as the packager can read it: commas and equals signs part its descriptors, quotes end an HLS attribute."""
    return " ".join(text.translate(FORBIDDEN).split()) or "Original"
