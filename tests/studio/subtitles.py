"""Subtitles: whatever they were written in, they are read; what cannot be read costs only itself."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.studio.captions import read_captions, webvtt
from matinee.studio.intake import FileChanged
from matinee.studio.letters import letters
from matinee.studio.probe import probe
from matinee.studio.sidecars import backdrop_beside, poster_beside, texts_beside
from matinee.studio.texts import keep_texts, make_texts
from matinee.studio.tools import Bench

from .conftest import Films

FILM = PurePosixPath("/films/Night Train (2019)/Night Train (2019).mkv")


def subrip(*said: str) -> str:
    """A line a second, from the first second on."""
    return "\n".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{text}\n" for n, text in enumerate(said, 1))


@pytest.mark.parametrize(
    ("coding", "language", "text"),
    [
        ("utf-8", "und", "Grüße, 今日は"),
        ("utf-8-sig", "de", "Grüße"),
        ("utf-16", "und", "Grüße, 今日は"),
        ("utf-16-le", "und", "Hello"),
        ("cp1252", "de", "„Schöne Grüße“ – Straße"),
        ("cp1250", "pl", "Zażółć gęślą jaźń"),
        ("cp1251", "ru", "Съешь ещё этих булок"),
        ("cp1253", "el", "Καλημέρα κόσμε"),
        ("cp1254", "tr", "Işık ve gölge"),
        ("shift_jis", "ja", "字幕です"),
        ("gb18030", "zh", "你好，世界"),
        ("cp949", "ko", "안녕하세요"),
        ("iso8859_1", "und", "Är det här möjligt? Ja, det är möjligt, sade hon. Vi åker på lördag. " * 4),
        ("cp1251", "und", "Привет, как дела? Всё хорошо, спасибо. Завтра мы поедем к морю. " * 4),
    ],
)
def test_subtitles_in_any_coding_are_read(coding: str, language: str, text: str) -> None:
    """My old subtitle files show their own letters, not others."""
    (cue,) = read_captions(letters(subrip(text).encode(coding), language))
    assert cue.text == text.strip()


def test_what_a_subtitle_says_is_kept_and_what_would_break_it_is_not() -> None:
    """Italics stay, colours go, and nothing that was meant as a letter is taken for markup."""
    said = ["<font color=red>A &amp; B</font> < C", "<i>never closed", "{\\an8}above", "plain {\\i1}slanted{\\i0}"]
    cues = read_captions(subrip(*said).replace("\n", "\r\n"))
    assert [cue.text for cue in cues] == ["A &amp; B &lt; C", "<i>never closed</i>", "above", "plain <i>slanted</i>"]
    assert [cue.on_top for cue in cues] == [False, False, True, False]


def test_substation_is_read_by_its_own_account_of_its_fields() -> None:
    """Styled subtitles of animated films keep their words, commas and all; drawings are left out."""
    lines = [
        "[Script Info]",
        "[Events]",
        "Format: Start, End, Style, Text",
        r"Dialogue: 0:00:01.50,0:00:03.00,Sign,{\an8\pos(1,2)}Station,\Nplatform 2",
        r"Dialogue: 0:00:01.50,0:00:03.00,Draw,{\p1}m 0 0 l 10 10{\p0}",
    ]
    (cue,) = read_captions("\n".join(lines))
    assert (cue.start_ms, cue.end_ms, cue.text, cue.on_top) == (1500, 3000, "Station,\nplatform 2", True)


def test_subtitles_stay_inside_the_film_and_in_order() -> None:
    """Neither a cue after the end, nor one that ends before it begins, nor disorder troubles a player."""
    tangled = "00:00:08.000 --> 00:00:07.000\nB\n\n00:00:01.000 --> 00:00:02.000\nA\n\n00:00:59.000 --> 00:01:00.000\nafter\n"
    assert webvtt(read_captions(tangled), 10_000) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA\n\n00:00:08.000 --> 00:00:08.200\nB\n"
    )


@given(st.binary(max_size=400))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    """Whatever calls itself subtitles, the film goes on."""
    try:
        text = letters(content, "und")
    except ValueError:
        return
    assert webvtt(read_captions(text), 10_000).startswith("WEBVTT\n")


@pytest.mark.parametrize(
    ("name", "language", "forced", "deaf", "title"),
    [
        ("Night Train (2019).srt", "und", False, False, ""),
        ("Night Train (2019).en.srt", "en", False, False, ""),
        ("Night Train (2019).de.forced.srt", "de", True, False, ""),
        ("Night Train (2019).eng.sdh.vtt", "en", False, True, ""),
        ("Night Train (2019).hi.srt", "hi", False, False, ""),
        ("Night Train (2019).en.hi.srt", "en", False, True, ""),
        ("Night Train (2019).pt-BR.ass", "pt-BR", False, False, ""),
        ("Night Train (2019).Director.English.srt", "en", False, False, "Director"),
        ("Subs/2_English.srt", "en", False, False, ""),
        ("Subs/Night Train (2019)/German.srt", "de", False, False, ""),
    ],
)
def test_a_side_cars_name_is_read_from_the_right(name: str, language: str, forced: bool, deaf: bool, title: str) -> None:
    """However my files are named after the usual habits, their language and role are known."""
    (text,) = texts_beside(FILM, [FILM.parent / name])
    assert (text.language, text.forced, text.hearing_impaired, text.title) == (language, forced, deaf, title)


def test_a_poster_of_the_owners_is_found_by_the_usual_names() -> None:
    """The film's own name wins over a bare one."""
    bare, own, back = (FILM.parent / name for name in ("poster.jpg", "Night Train (2019)-poster.PNG", "fanart.webp"))
    assert poster_beside(FILM, [bare, own, back]) == own
    assert poster_beside(FILM, [bare, back]) == bare
    assert backdrop_beside(FILM, [bare, back]) == back


def test_broken_subtitles_cost_only_themselves(bench: Bench, films: Films, tmp_path: Path) -> None:
    """One good file among an empty one, a heap of bytes, an endless one and bitmaps: the good one is shown, the rest named."""
    film = tmp_path / "Film.mp4"
    film.write_bytes(films.silent.read_bytes())
    (tmp_path / "Film.en.srt").write_text(subrip("Hello"))
    (tmp_path / "Film.fr.srt").touch()
    (tmp_path / "Film.es.srt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "Film.de.sup").write_bytes(b"PG")
    (tmp_path / "Film.it.srt").write_text(subrip("Ciao") + "\n" * 10_000_000)
    found = make_texts(bench, film, probe(bench, film), tmp_path, sorted(tmp_path.glob("Film.*.*")))
    assert [(text.language, text.label) for text in found.tracks] == [("en", "English")]
    assert (tmp_path / "t1.vtt").read_text() == "WEBVTT\n\n00:00:01.000 --> 00:00:01.900\nHello\n"
    for name in ("Film.fr.srt", "Film.es.srt", "Film.de.sup", "Film.it.srt is larger than 10 MB"):
        assert any(name in reason for reason in found.left_out), name


def test_an_edition_never_holds_other_words_than_it_is_named_after(bench: Bench, films: Films, tmp_path: Path) -> None:
    """I mend my subtitles while the film is being made: it is made anew with the mended ones, not with some of each."""
    source, said = probe(bench, films.silent), tmp_path / "silent.en.srt"
    said.write_text(subrip("Helo"))
    planned = make_texts(bench, films.silent, source, tmp_path, [said]).tracks
    (tmp_path / "t1.vtt").unlink()
    keep_texts(bench, films.silent, source, tmp_path, [said], planned)
    assert "Helo" in (tmp_path / "t1.vtt").read_text()
    (tmp_path / "t1.vtt").unlink()
    said.write_text(subrip("Hello"))
    for _ in range(2):
        with pytest.raises(FileChanged, match="found again"):
            keep_texts(bench, films.silent, source, tmp_path, [said], planned)
