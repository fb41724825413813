"""What the packager does not write: thumbnails in both manifests, chapters in HLS. Nothing here opens a file.

Thumbnails in HLS are the EXT-X-IMAGE-STREAM-INF that Roku began and Shaka reads; in DASH an image AdaptationSet after DASH-IF's
guidelines (IOP 4.3, 6.2.6). Chapters in HLS are Apple's `com.apple.hls.chapters`; DASH has none, the catalogue tells them too.
"""

import json
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from matinee.studio.sheets import COLUMNS, ROWS, Sheets
from matinee.studio.streams import ChapterMark

THUMBNAIL_TILE = "http://dashif.org/guidelines/thumbnail_tile"
PLAYLIST = "main.m3u8"


def images_playlist(sheets: Sheets, film_ms: int) -> str:
    """The HLS playlist of the sheets, beside them."""
    tiles = f"RESOLUTION={sheets.width_px}x{sheets.height_px},LAYOUT={COLUMNS}x{ROWS},DURATION={sheets.interval_ms / 1000:.3f}"
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{-(-sheets.sheet_ms // 1000)}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines.append("#EXT-X-IMAGES-ONLY")
    for number in range(sheets.count):
        lasts_ms = min(sheets.sheet_ms, film_ms - number * sheets.sheet_ms)
        lines += [f"#EXTINF:{lasts_ms / 1000:.3f},", f"#EXT-X-TILES:{tiles}", f"{number + 1}.jpg"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def finished_hls(playlist: str, folder: str, sheets: Sheets, bandwidth_bps: int, *, chapters_file: str) -> str:
    """The main playlist with its last lines; `chapters_file` is "" for a film without any. The first sound is the default."""
    lines = playlist.splitlines()
    sounds = [number for number, line in enumerate(lines) if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO")]
    for number in sounds:
        lines[number] = lines[number].replace(",DEFAULT=YES", ",DEFAULT=NO")
    for number in sounds[:1]:
        lines[number] = lines[number].replace(",DEFAULT=NO", ",DEFAULT=YES")
    if chapters_file:
        lines += ["", f'#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="{chapters_file}"']
    size = f"RESOLUTION={sheets.width_px}x{sheets.height_px}"
    lines += ["", f'#EXT-X-IMAGE-STREAM-INF:BANDWIDTH={bandwidth_bps},{size},CODECS="jpeg",URI="{folder}/{PLAYLIST}"']
    return "\n".join([*lines, ""])


def finished_dash(manifest: str, folder: str, sheets: Sheets, bandwidth_bps: int) -> str:
    """The MPD with an AdaptationSet of images at the end of its only Period."""
    before, mark, after = manifest.rpartition("  </Period>")
    template = f'media="{folder}/$Number$.jpg" startNumber="1" timescale="1000" duration="{sheets.sheet_ms}"'
    size = f'width="{COLUMNS * sheets.width_px}" height="{ROWS * sheets.height_px}"'
    lines = [
        '    <AdaptationSet id="100" contentType="image" mimeType="image/jpeg">',
        f"      <SegmentTemplate {template}/>",
        f'      <Representation id="{folder}" bandwidth="{bandwidth_bps}" {size}>',
        f"        <EssentialProperty schemeIdUri={quoteattr(THUMBNAIL_TILE)} value={quoteattr(f'{COLUMNS}x{ROWS}')}/>",
        "      </Representation>",
        "    </AdaptationSet>",
        "",
    ]
    return before + "\n".join(lines) + mark + after


def chapters_json(chapters: Sequence[ChapterMark], film_ms: int) -> str:
    """Apple's list of chapters."""
    ends_ms = [*(chapter.start_ms for chapter in chapters[1:]), film_ms]
    rows = [
        {
            "chapter": number,
            "start-time": chapter.start_ms / 1000,
            "duration": (end_ms - chapter.start_ms) / 1000,
            "titles": [{"language": "und", "title": chapter.name}],
        }
        for number, (chapter, end_ms) in enumerate(zip(chapters, ends_ms, strict=True), 1)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
