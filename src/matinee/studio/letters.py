"""Bytes into letters: in which of the many codings a subtitle file was written. Nothing here opens a file.

A byte order mark settles it; so does UTF-8, which no other text fits by chance. What is left was written on an older machine.
When the file's name tells its language, that language's own codings are tried first, which is better evidence than statistics
of a few thousand letters; else charset-normalizer guesses from how the letters follow each other.
"""

import codecs

from charset_normalizer import from_bytes

from matinee.studio.languages import old_codings

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 64_000
# What subtitles of unknown language may be in: rarer codings are guessed wrongly more often than they occur.
USUAL = ("cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "euc_jp", "cp949", "gb18030", "big5")


class NotText(ValueError):
    """No coding makes text of it."""


def letters(content: bytes, language: str) -> str:
    """The text of a file; `language` is a code or "und". Raises NotText."""
    for mark, coding in MARKS:
        if content.startswith(mark):
            return content.decode(coding, "replace")
    candidates = [*_wide(content), "utf-8", *old_codings(language)]
    for coding in candidates:
        if (text := _decoded(content, coding)) is not None:
            return text
    guess = from_bytes(content[:SAMPLE_BYTES], cp_isolation=list(USUAL)).best()
    text = content.decode(guess.encoding, "replace") if guess else None
    if text is None or "\0" in text:
        raise NotText("no coding makes text of it")
    return text


def _wide(content: bytes) -> list[str]:
    """UTF-16 without a mark: of plain letters and line ends every second byte is zero."""
    evens, odds = content[0:2000:2].count(0), content[1:2000:2].count(0)
    if max(evens, odds) * 4 < min(len(content), 2000) // 2:
        return []
    return ["utf-16-le"] if odds > evens else ["utf-16-be"]


def _decoded(content: bytes, coding: str) -> str | None:
    try:
        text = content.decode(coding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
