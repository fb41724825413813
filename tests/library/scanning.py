"""Looking at folders again and again: what counts as news, and what a look costs."""

import os
import time
from pathlib import Path

from library.place import CALL, GROWN_UP, LONG_AGO_NS, Place
from matinee.contracts.catalog_pb2 import PLAYABLE, ListTitlesRequest
from matinee.contracts.events_pb2 import TitleFact, TitleFailed
from matinee.library.scan import MOST_DEEP, Watch


def old(*paths: Path) -> None:
    for path in paths:
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))


async def test_a_subtitle_or_poster_put_beside_a_film_makes_it_news(tmp_path: Path) -> None:
    """Added, changed, taken away: the studio hears of the film anew, under another digest, and the old edition plays on."""
    place = Place(tmp_path)
    await place.catalog.start()
    film = place.film("Windfall (2019)/Windfall (2019).mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    await place.publish(title)
    for name in ("Windfall (2019).de.srt", "poster.jpg", "Subs/German.srt", "Sub/Windfall (2019)/2_English.srt"):
        path = film.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        old(path)
        await place.catalog.scan()
    old_srt = film.parent / "Windfall (2019).de.srt"
    old_srt.write_text("something else")
    old(old_srt)
    await place.catalog.scan()
    old_srt.unlink()
    await place.catalog.scan()
    facts = await place.found()
    assert [len(fact.sidecar_paths) for fact in facts] == [0, 1, 2, 3, 4, 4, 3]
    digests = [fact.sidecar_digest for fact in facts]
    assert len(set(digests)) == len(digests)
    assert all(digests)
    [still] = await place.titles()
    assert (still.state, still.edition.edition_id) == (PLAYABLE, "e1")
    assert [fact.finding for fact in facts] == [0, 1, 2, 3, 4, 5, 6]
    late = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, finding=5)
    late.published.edition.edition_id = "e2"
    await place.catalog.learn([late])
    assert [each.edition.edition_id for each in await place.titles()] == ["e1"]
    late.finding = 6
    await place.catalog.learn([late])
    assert [each.edition.edition_id for each in await place.titles()] == ["e2"]
    await place.close()


async def test_a_disk_pulled_out_while_a_new_subtitle_is_taken_in_costs_only_time(tmp_path: Path) -> None:
    """The film was whole before; what was to be made anew is made when the disk is back."""
    place = Place(tmp_path)
    await place.catalog.start()
    film = place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    await place.publish(title)
    film.with_suffix(".srt").write_text("x")
    old(film.with_suffix(".srt"))
    await place.catalog.scan()
    film.rename(tmp_path / "pulled.mkv")
    await place.catalog.scan()
    (tmp_path / "pulled.mkv").rename(film)
    await place.catalog.scan()
    assert [fact.finding for fact in await place.found()] == [0, 1, 2]
    await place.close()


async def test_what_lies_beside_another_film_is_no_news(tmp_path: Path) -> None:
    """In a folder of many films a side-car belongs to the film whose name it bears; a bare poster to none."""
    place = Place(tmp_path)
    await place.catalog.start()
    for name in ("Alpha.mkv", "Alpha.2.mkv"):
        place.film(name)
    for name in ("Alpha.2.en.srt", "Alpha-poster.jpg", "poster.jpg", "Beta.srt"):
        (place.films / name).write_text("x")
        old(place.films / name)
    await place.catalog.scan()
    names = {Path(fact.path).name: [Path(path).name for path in fact.sidecar_paths] for fact in await place.found()}
    assert names == {"Alpha.mkv": ["Alpha-poster.jpg"], "Alpha.2.mkv": ["Alpha.2.en.srt"]}
    await place.close()


async def test_the_newest_film_is_announced_first(tmp_path: Path) -> None:
    """Of a whole library the studio hears of the latest films first."""
    place = Place(tmp_path)
    await place.catalog.start()
    for number in range(150):
        place.film(f"{number:03}.mkv", modified_ns=LONG_AGO_NS + number)
    await place.catalog.scan()
    subscription = await place.log.subscribe("films", "all")
    first, rest = await subscription.poll(100, 0.2), await subscription.poll(100, 0.2)
    assert len(first) + len(rest) == 150
    assert [Path(fact.path).stem for fact in await place.found()][:3] == ["149", "148", "147"]
    await place.close()


async def test_a_page_of_titles_follows_the_other(tmp_path: Path) -> None:
    """Page by page every title comes once, newest first."""
    place = Place(tmp_path)
    await place.catalog.start()
    for number in range(7):
        place.film(f"{number}.mkv", modified_ns=LONG_AGO_NS + number)
    await place.catalog.scan()
    pages: list[str] = []
    for offset in (0, 3, 6, 9):
        page = ListTitlesRequest(audience=GROWN_UP, limit=3, offset=offset)
        pages += [title.name for title in (await place.catalog.list_titles(page, CALL)).titles]
    assert pages == ["6", "5", "4", "3", "2", "1", "0"]
    await place.close()


async def test_an_empty_library_is_a_library(tmp_path: Path) -> None:
    """No films, no genres, nothing found, nothing wrong."""
    place = Place(tmp_path)
    await place.catalog.start()
    await place.catalog.scan()
    assert await place.titles() == []
    assert await place.searched("anything") == []
    await place.close()


async def test_a_film_that_failed_is_tried_again_when_it_changes(tmp_path: Path) -> None:
    """A better subtitle, or a better file, is a new chance."""
    place = Place(tmp_path)
    await place.catalog.start()
    film = place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    failed = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, failed=TitleFailed(reason="no picture"))
    await place.catalog.learn([failed])
    assert [each.problem for each in await place.titles()] == ["no picture"]
    film.with_suffix(".srt").write_text("x")
    old(film.with_suffix(".srt"))
    await place.catalog.scan()
    assert [each.problem for each in await place.titles()] == [""]
    assert len(await place.found()) == 2
    await place.close()


def test_a_quiet_library_costs_next_to_nothing_to_look_at(tmp_path: Path) -> None:
    """Where nothing changed nothing is listed again: the same shelves come back, far cheaper than a thorough look."""
    for number in range(400):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for name in ("film.mkv", "film.nfo", "film.srt"):
            (folder / name).write_text("x")
            old(folder / name)
        old(folder)
    old(tmp_path)
    watch, now_ns = Watch([tmp_path]), time.time_ns()
    shelves = watch.look(now_ns, thorough=True)
    assert len(shelves.films) == 400
    quiet = min(cpu_of(watch, now_ns, thorough=False) for _ in range(5))
    thorough = min(cpu_of(watch, now_ns, thorough=True) for _ in range(5))
    assert watch.look(now_ns, thorough=True) is shelves
    assert quiet < thorough / 2


def cpu_of(watch: Watch, now_ns: int, *, thorough: bool) -> float:
    before = time.thread_time()
    watch.look(now_ns, thorough=thorough)
    return time.thread_time() - before


def test_a_file_rewritten_in_its_place_is_noticed_by_a_thorough_look(tmp_path: Path) -> None:
    """No folder says so; once a minute every file is looked at."""
    film = tmp_path / "Windfall.mkv"
    film.write_text("x")
    old(film, tmp_path)
    watch, now_ns = Watch([tmp_path]), time.time_ns()
    watch.look(now_ns, thorough=True)
    with film.open("a") as file:
        file.write("more")
    assert [found.size_bytes for found in watch.look(now_ns, thorough=False).films.values()] == [1]
    assert [found.size_bytes for found in watch.look(now_ns, thorough=True).films.values()] == [5]


def test_folders_in_folders_have_an_end(tmp_path: Path) -> None:
    """However deep somebody nests, the walk stops, and what lies above is found."""
    deep = tmp_path
    for number in range(MOST_DEEP + 10):
        deep = deep / f"{number}"
        deep.mkdir()
        (deep / f"{number}.mkv").write_text("x")
    found = Watch([tmp_path]).look(time.time_ns(), thorough=True)
    assert len(found.films) == MOST_DEEP
