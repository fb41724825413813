"""What the studio has to tell of a film. The service's front file turns it into facts on the topic "titles"."""

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.studio.sounds import Sound
from matinee.studio.streams import ChapterMark
from matinee.studio.subtitles import Text


@dataclass(frozen=True)
class Probed:
    runtime_ms: int


@dataclass(frozen=True)
class Published:
    edition_id: str
    complete: bool
    heights_px: Sequence[int]
    tracks: Sequence[Sound | Text] = ()
    chapters: Sequence[ChapterMark] = ()


@dataclass(frozen=True)
class ArtMade:
    art_id: str
    glow: str


@dataclass(frozen=True)
class Failed:
    """Why the film cannot be played, in words for its owner."""

    reason: str


News = Probed | Published | ArtMade | Failed
