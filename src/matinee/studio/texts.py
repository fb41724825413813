"""A film's subtitles: those inside it and those beside it, each as a clean WebVTT file on the bench.

Subtitles never cost the film: what cannot be read is left out, and said.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matinee.studio.captions import Cue, read_captions, webvtt
from matinee.studio.intake import FileChanged
from matinee.studio.languages import all_different, own_name
from matinee.studio.letters import NotText, letters
from matinee.studio.making import made_whole
from matinee.studio.probe import reading
from matinee.studio.sidecars import TextFile, pictured_texts_beside, texts_beside
from matinee.studio.source import SourceFacts
from matinee.studio.streams import TextFacts
from matinee.studio.subtitles import Text, Texts
from matinee.studio.tools import Bench, ToolFailed

LARGEST_BYTES = 10_000_000


@dataclass(frozen=True)
class _Read:
    """What was found, before it is known how it is to be called among the others."""

    described: TextFile | TextFacts
    cues: list[Cue]


def make_texts(bench: Bench, film: Path, source: SourceFacts, folder: Path, beside: Sequence[Path] = ()) -> Texts:
    """Leaves `t1.vtt`, `t2.vtt`, … in `folder`. Side-cars (`beside`) come first: their owner chose them. Raises Stopped."""
    left_out = list(source.left_out)
    read = [*_beside(film, beside, left_out), *_inside(bench, film, source, left_out, folder)]
    chosen = list({_role(each.described): each for each in reversed(read)}.values())[::-1]
    labels = all_different([_label(each.described) for each in chosen])
    tracks = [
        _kept(each, number, label, source.duration_ms, folder)
        for number, (each, label) in enumerate(zip(chosen, labels, strict=True), 1)
    ]
    return Texts(tuple(tracks), tuple(left_out))


def keep_texts(
    bench: Bench, film: Path, source: SourceFacts, folder: Path, beside: Sequence[Path], planned: Sequence[Text]
) -> None:
    """Makes the planned ones again where they are gone. Raises FileChanged when they would say something else, Stopped."""
    if not _say_the_same(planned, folder):
        make_texts(bench, film, source, folder, beside)
        if not _say_the_same(planned, folder):
            raise FileChanged(f"The subtitles of {film.name} have changed since it was found: it will be found again with them")


def _say_the_same(planned: Sequence[Text], folder: Path) -> bool:
    files = [folder / text.file for text in planned]
    return all(file.exists() and _digest(file.read_bytes()) == text.digest for file, text in zip(files, planned, strict=True))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def _beside(film: Path, beside: Sequence[Path], left_out: list[str]) -> Iterator[_Read]:
    left_out += pictured_texts_beside(beside)
    for found in texts_beside(film, beside):
        try:
            content = _bytes_of(Path(found.path))
            if len(content) > LARGEST_BYTES:
                left_out.append(
                    f"{found.path.name} is larger than {LARGEST_BYTES // 1_000_000} MB, so no subtitles, and is left out."
                )
                continue
            cues = read_captions(letters(content, found.language))
        except (OSError, NotText) as error:
            left_out.append(f"{found.path.name} cannot be read as text ({error}) and is left out: save it as UTF-8.")
            continue
        if cues:
            yield _Read(found, cues)
        else:
            left_out.append(f"{found.path.name} holds no subtitle that can be read, and is left out.")


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def _inside(bench: Bench, film: Path, source: SourceFacts, left_out: list[str], folder: Path) -> Iterator[_Read]:
    for facts, text in _written_out(bench, film, source.texts, folder):
        begins_ms = round(source.begins_s * 1000)
        cues = [
            replace(cue, start_ms=max(0, cue.start_ms - begins_ms), end_ms=cue.end_ms - begins_ms)
            for cue in read_captions(text)
            if cue.end_ms > begins_ms
        ]
        if cues:
            yield _Read(facts, cues)
        else:
            left_out.append(f"The {facts.language} subtitles inside the film are empty or damaged, and are left out.")


def _written_out(bench: Bench, film: Path, texts: Sequence[TextFacts], scratch: Path) -> Iterator[tuple[TextFacts, str]]:
    """Each text as SubRip: all in one reading of the film; one by one when any of them is damaged."""
    with tempfile.TemporaryDirectory(prefix=".texts-", dir=scratch) as place:
        folder = Path(place)
        try:
            _write_out(bench, film, texts, folder)
        except ToolFailed:
            for facts in texts if len(texts) > 1 else ():
                try:
                    _write_out(bench, film, [facts], folder)
                except ToolFailed:
                    continue
        for facts in texts:
            written = folder / f"{facts.index}.srt"
            yield facts, _bytes_of(written).decode("utf-8", "replace") if written.exists() else ""


def _write_out(bench: Bench, film: Path, texts: Sequence[TextFacts], folder: Path) -> None:
    if not texts:
        return
    outputs: list[str] = []
    for facts in texts:
        outputs += [
            # This text,
            "-map",
            f"0:s:{facts.index}",
            # in the form that says least beside the words.
            "-c:s",
            "srt",
            "-f",
            "srt",
            str(folder / f"{facts.index}.srt"),
        ]
    # Times as the film counts them: its first picture may not be at zero.
    bench.ffmpeg(["-copyts", *reading(film), *outputs])


def _kept(read: _Read, number: int, label: str, film_ms: int, folder: Path) -> Text:
    content = webvtt(read.cues, film_ms)
    text = Text(
        name=f"t{number}",
        language=read.described.language,
        label=label,
        forced=read.described.forced,
        hearing_impaired=read.described.hearing_impaired,
        digest=_digest(content.encode()),
    )
    (folder / text.file).unlink(missing_ok=True)
    made_whole(folder / text.file, lambda into: into.write_text(content, "utf-8"))
    return text


def _role(described: TextFile | TextFacts) -> tuple[object, ...]:
    return (described.language, described.forced, described.hearing_impaired, described.title.lower())


def _label(described: TextFile | TextFacts) -> str:
    """What a menu shows: "English", "Deutsch (forced)", "English (SDH)"."""
    spoken, title = own_name(described.language), described.title
    role = "forced" if described.forced else "SDH" if described.hearing_impaired else title
    if not spoken:
        return title or (f"Subtitles ({role})" if role else "Subtitles")
    return f"{spoken} ({role})" if role and role.lower() != spoken.lower() else spoken
