"""Short films for tests, made once per run with ffmpeg's generators."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

NFO = """<movie><title>{name}</title><year>2026</year><plot>{plot}</plot><genre>Test</genre>
<licence url="https://creativecommons.org/publicdomain/zero/1.0/">CC0 1.0</licence></movie>"""


def short_film(folder: Path, name: str, seconds: int = 12, sound: bool = True) -> Path:
    """A colourful film of a moving clock with a steady tone, H.264 and AAC, which every browser decodes."""
    folder.mkdir(parents=True, exist_ok=True)
    film = folder / f"{name} (2026).mp4"
    argv = [get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=24:duration={seconds}"]
    if sound:
        argv += ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={seconds}", "-c:a", "aac", "-b:a", "96k"]
    argv += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "48", "-b:v", "800k", str(film)]
    subprocess.run(argv, check=True, timeout=120)
    film.with_suffix(".nfo").write_text(NFO.format(name=name, plot=f"{seconds} seconds of a clock that means nothing."))
    return film
