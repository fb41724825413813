"""Looks into a file with ffprobe: what it is, and where every keyframe lies."""

import json
from pathlib import Path
from typing import Any, cast

from matinee.studio.source import NotAFilm, SourceFacts, main_video, read_source
from matinee.studio.tools import Bench, ToolFailed

# Containers films come in. What is not here (playlists, pictures, text, scripts of ffmpeg's own) is not opened at all.
CONTAINERS = "mov,mp4,m4a,3gp,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,rm,wtv,dv,mp3,flac,wav,aac"

DAMAGED = "This film is damaged. Copy it again from where it came."


def reading(film: Path) -> list[str]:
    """ffmpeg's and ffprobe's arguments for opening a film that nobody has vouched for."""
    return [
        # A film is a file: nothing inside one may send us to the network.
        "-protocol_whitelist",
        "file",
        # Nor may a text that calls itself a film name other files to read.
        "-format_whitelist",
        CONTAINERS,
        # The prefix keeps a colon or a dash in a file's name from meaning anything.
        "-i",
        f"file:{film}",
    ]


def probe(bench: Bench, film: Path) -> SourceFacts:
    """Raises NotAFilm, in words for the file's owner."""
    if film.stat().st_size == 0:
        raise NotAFilm("This file is empty. Copy the film again from where it came.")
    try:
        # What is in the container, for a program to read.
        report = json.loads(bench.ffprobe(["-of", "json", "-show_format", "-show_streams", "-show_chapters", *reading(film)]))
    except ToolFailed as failure:
        raise NotAFilm("This is not a video file, or it is damaged or cut off. Copy it again from where it came.") from failure
    video = main_video(cast("list[dict[str, Any]]", report.get("streams", [])))
    try:
        packets = _packets(bench, film, int(video["index"]))
        entries = _entries(bench, film) if video.get("codec_name") == "h264" else None
        return read_source(report, packets, entries, lambda: _packets(bench, film))
    except (ValueError, LookupError, ArithmeticError) as nonsense:
        # What the file says of itself is not even a number.
        raise NotAFilm(DAMAGED) from nonsense


def _packets(bench: Bench, film: Path, index: int | None = None) -> str:
    arguments = [
        # Only the picture, where one is meant: the sound's packets cut nothing.
        *(["-select_streams", str(index)] if index is not None else []),
        # Packets are read, not decoded, so a long film takes seconds; the order of these is fixed by ffprobe, not by us.
        "-show_entries",
        "packet=pts_time,dts_time,duration_time,size,flags",
        # One line each, values only.
        "-of",
        "csv=print_section=0",
    ]
    try:
        return bench.ffprobe([*arguments, *reading(film)]).decode()
    except ToolFailed as failure:
        raise NotAFilm(DAMAGED) from failure


def _entries(bench: Bench, film: Path) -> str:
    """The moments at which H.264 can be entered for certain: its IDR pictures."""
    arguments = [
        # The coded pictures as they are, at the moments the container gives them,
        "-copyts",
        *reading(film),
        "-map",
        "0:V:0",
        "-c",
        "copy",
        # less all but their IDR slices (type 5 of ITU-T H.264, table 7-1): other pictures become empty and are dropped.
        "-bsf:v",
        "filter_units=pass_types=5",
        # A line for each that is left, with its time.
        "-f",
        "framecrc",
        "-",
    ]
    try:
        return bench.ffmpeg(arguments).decode()
    except ToolFailed as failure:
        raise NotAFilm(DAMAGED) from failure
