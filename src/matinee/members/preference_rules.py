"""How somebody likes to watch: in which language, with which subtitles, and whether the next episode begins by itself."""

import re
from dataclasses import dataclass

SIZES = ("small", "medium", "large")
STYLES = ("shadow", "box", "yellow")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
LONGEST_LANGUAGE = 20


@dataclass(frozen=True)
class Preferences:
    """A language is a tag of BCP 47; empty: whatever the film was made in, and for subtitles the one that is heard."""

    language: str = ""
    autoplay_next: bool = True
    subtitles: bool = False
    subtitle_language: str = ""
    subtitle_size: str = "medium"
    subtitle_style: str = "shadow"


NEVER_SAID = Preferences()


@dataclass(frozen=True)
class Odd:
    """What cannot be kept, and why, in words for the person."""

    field: str  # as the form calls it
    reason: str


def problem_with(wish: Preferences) -> Odd | None:
    for field, tag in (("language", wish.language), ("subtitleLanguage", wish.subtitle_language)):
        if tag and (len(tag) > LONGEST_LANGUAGE or not LANGUAGE.fullmatch(tag)):
            return Odd(field, 'Name a language as "en" or "pt-BR".')
    if wish.subtitle_size not in SIZES:
        return Odd("subtitleSize", f"Choose one of the sizes: {', '.join(SIZES)}.")
    if wish.subtitle_style not in STYLES:
        return Odd("subtitleStyle", f"Choose one of the styles: {', '.join(STYLES)}.")
    return None
