"""What an edition knows of its subtitles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One track, in the file `<name>.vtt`; `digest` is of its words, so that an edition's name is a true one."""

    name: str
    language: str
    label: str
    forced: bool
    hearing_impaired: bool
    digest: str

    @property
    def file(self) -> str:
        return f"{self.name}.vtt"


@dataclass(frozen=True)
class Texts:
    """`left_out` says in words which subtitles there were besides, and why they are not shown."""

    tracks: tuple[Text, ...] = ()
    left_out: tuple[str, ...] = ()
