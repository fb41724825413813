"""The catalog: films found, changed and gone; what the studio says of them learnt once."""

import os
from pathlib import Path

from library.place import CALL, GROWN_UP, LONG_AGO_NS, NOW_MS, Place
from matinee.contracts.catalog_pb2 import (
    FAILED,
    PLAYABLE,
    PREPARING,
    Art,
    Edition,
    GetTitleRequest,
    ListTitlesRequest,
    MarkRequest,
)
from matinee.contracts.events_pb2 import ArtCut, TitleFact, TitleFailed, TitleProbed, TitlePublished


async def test_a_film_is_found_and_the_studio_told_once(tmp_path: Path) -> None:
    """A film in the folder becomes a title under its owner's name for it; looking again changes nothing, and its mark says so."""
    place = Place(tmp_path)
    await place.catalog.start()
    path = place.film("Windfall (2019)/Windfall (2019).mkv")
    path.with_suffix(".nfo").write_text("<movie><title>Windfall!</title><plot>A leaf.</plot><genre>Drama</genre></movie>")
    bare = await place.catalog.mark(MarkRequest(), CALL)
    await place.catalog.scan()
    mark = await place.catalog.mark(MarkRequest(), CALL)
    for _ in range(2):
        await place.catalog.scan()
    assert bare != mark == await place.catalog.mark(MarkRequest(), CALL)
    [title] = await place.titles()
    assert (title.name, title.year, title.plot, list(title.genres), title.state) == (
        "Windfall!",
        2019,
        "A leaf.",
        ["Drama"],
        PREPARING,
    )
    [fact] = await place.found()
    assert (fact.title_id, fact.path, fact.size_bytes, fact.modified_ns) == (title.title_id, str(path), 1, LONG_AGO_NS)
    await place.close()


async def test_a_film_being_copied_can_wait(tmp_path: Path) -> None:
    """A file that still grows is left alone until it holds still."""
    place = Place(tmp_path)
    await place.catalog.start()
    just_now = NOW_MS * 10**6
    place.film("Windfall.mkv", "x", just_now)
    await place.catalog.scan()
    place.film("Windfall.mkv", "xx", just_now + 1)
    await place.catalog.scan()
    assert await place.titles() == []
    await place.catalog.scan()
    assert [title.name for title in await place.titles()] == ["Windfall"]
    assert [fact.size_bytes for fact in await place.found()] == [2]
    await place.close()


async def test_a_film_that_leaves_is_hidden_and_comes_back_as_it_was(tmp_path: Path) -> None:
    """Unplugging a disk hides its titles; plugging it in shows them again, playable and with nothing to prepare anew."""
    place = Place(tmp_path)
    await place.catalog.start()
    path = place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    whole = TitlePublished(edition=Edition(edition_id="e1", complete=True, heights_px=[720]))
    fact = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, published=whole)
    await place.catalog.learn([fact])
    path.rename(tmp_path / "elsewhere.mkv")
    await place.catalog.scan()
    assert await place.titles() == []
    (tmp_path / "elsewhere.mkv").rename(path)
    await place.catalog.scan()
    assert [each.title_id for each in await place.titles()] == [title.title_id]
    assert len(await place.found()) == 1
    place.film("Newer.mkv")
    await place.catalog.scan()
    what_plays = ListTitlesRequest(audience=GROWN_UP, limit=1, playable_only=True)
    assert [each.name for each in (await place.catalog.list_titles(what_plays, CALL)).titles] == ["Windfall"]
    await place.close()


async def test_a_replaced_film_is_prepared_again_and_old_news_of_it_ignored(tmp_path: Path) -> None:
    """After a better copy is put in place, what the studio still says of the old one no longer counts."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    place.film("Windfall.mkv", "better", LONG_AGO_NS + 5)
    await place.catalog.scan()
    assert [fact.modified_ns for fact in await place.found()] == [LONG_AGO_NS, LONG_AGO_NS + 5]
    late = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, failed=TitleFailed(reason="the old file is broken"))
    await place.catalog.learn([late])
    assert [each.state for each in await place.titles()] == [PREPARING]
    await place.close()


async def test_what_the_studio_says_is_learnt_however_often_it_says_it(tmp_path: Path) -> None:
    """Probed, failed, published, pictured: the title shows each, and a repeated fact changes nothing."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    about = {"title_id": title.title_id, "modified_ns": LONG_AGO_NS}
    published = TitlePublished(edition=Edition(edition_id="e1", complete=True, heights_px=[720, 360]))
    for fact, state in [
        (TitleFact(**about, probed=TitleProbed(runtime_ms=1000)), PREPARING),
        (TitleFact(**about, failed=TitleFailed(reason="ffmpeg fell over")), FAILED),
        (TitleFact(**about, published=published), PLAYABLE),
        (TitleFact(**about, art_cut=ArtCut(art=Art(art_id="a1", glow="#102030"))), PLAYABLE),
    ]:
        for _ in range(2):
            await place.catalog.learn([fact])
        assert [each.state for each in await place.titles()] == [state]
    known = await place.catalog.get_title(GetTitleRequest(title_id=title.title_id, audience=GROWN_UP), CALL)
    assert (known.runtime_ms, known.problem, list(known.edition.heights_px), known.art.glow) == (1000, "", [720, 360], "#102030")
    await place.close()


async def test_a_folder_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    """A vanished library, a hidden folder, a link in a circle: the other films are found all the same."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv")
    place.film("off/.ignore", "")
    place.film("off/Secret.mkv")
    (place.films / "circle").symlink_to(place.films)
    catalog = place.another((tmp_path / "unplugged", place.films))
    await catalog.start()
    await catalog.scan()
    assert [title.name for title in await place.titles()] == ["Windfall"]
    await catalog.close()
    await place.close()


async def test_one_bad_name_or_side_car_costs_no_other_film(tmp_path: Path) -> None:
    """A name that is no text, a pipe, a booby-trapped side-car: the other films appear, and the bad name says what to do."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Alpha.mkv").with_suffix(".nfo").write_text('<?xml version="1.0" encoding="foo-bar"?><movie/>')
    bad = Path(os.fsdecode(os.fsencode(place.films) + b"/bad\xff.mkv"))
    bad.write_text("x")
    os.utime(bad, ns=(LONG_AGO_NS, LONG_AGO_NS))
    os.mkfifo(place.films / "pipe.mkv")
    place.film("Zeta.mkv")
    await place.catalog.scan()
    shown = {title.name: title for title in await place.titles()}
    assert {"Alpha", "Zeta"} <= set(shown)
    [odd] = [title for name, title in shown.items() if name not in {"Alpha", "Zeta"}]
    assert odd.state == FAILED
    assert "Rename the file" in odd.problem
    assert len(await place.found()) == 2
    await place.close()


async def test_a_film_unplugged_half_prepared_is_prepared_when_it_comes_back(tmp_path: Path) -> None:
    """A disk pulled out in mid-work costs nothing but time: back again, the film is announced anew, its old failure forgotten."""
    place = Place(tmp_path)
    await place.catalog.start()
    path = place.film("Windfall.mkv")
    await place.catalog.scan()
    [first] = await place.found()
    path.rename(tmp_path / "pulled.mkv")
    await place.catalog.scan()
    gone = TitleFact(title_id=first.title_id, modified_ns=LONG_AGO_NS, failed=TitleFailed(reason="cannot be read any more"))
    await place.catalog.learn([gone])
    (tmp_path / "pulled.mkv").rename(path)
    await place.catalog.scan()
    [title] = await place.titles()
    assert (title.title_id, title.state) == (first.title_id, PREPARING)
    assert [fact.finding for fact in await place.found()] == [0, 1]
    await place.close()


async def test_another_film_of_the_same_age_under_the_same_name_is_prepared(tmp_path: Path) -> None:
    """A copy that keeps its date is noticed by its size."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv", "x")
    await place.catalog.scan()
    place.film("Windfall.mkv", "another")
    await place.catalog.scan()
    assert [fact.size_bytes for fact in await place.found()] == [1, 7]
    await place.close()


async def test_a_movie_nfo_speaks_for_a_film_that_has_its_folder_to_itself(tmp_path: Path) -> None:
    """One `movie.nfo` at the top of a library does not rename every film in it."""
    place = Place(tmp_path)
    await place.catalog.start()
    notes = "<movie><title>One Name</title></movie>"
    for name in ("Alpha.mkv", "Beta.mkv", "Gamma/Gamma.mkv"):
        place.film(name)
    (place.films / "movie.nfo").write_text(notes)
    (place.films / "Gamma" / "movie.nfo").write_text(notes)
    await place.catalog.scan()
    assert sorted(title.name for title in await place.titles()) == ["Alpha", "Beta", "One Name"]
    await place.close()
