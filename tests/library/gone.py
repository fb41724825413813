"""A film that is taken out of the library, and one that only seems to be."""

import os
from pathlib import Path

import pytest

from library.place import CALL, GROWN_UP, LONG_AGO_NS, Place
from matinee.contracts.catalog_pb2 import PLAYABLE, PREPARING, Art, GetTitleRequest, Title
from matinee.contracts.events_pb2 import ArtCut, FilmFact, TitleFact, TitleWithdrawn


def said(facts: list[FilmFact]) -> list[tuple[str, int]]:
    return [(what := str(fact.WhichOneof("what")), getattr(fact, what).finding) for fact in facts]


async def published(place: Place, *names: str) -> Title:
    """A library of these films, all of them made; the title of the first."""
    await place.catalog.start()
    for name in names:
        place.film(name)
    await place.catalog.scan()
    titles = {title.name: title for title in await place.titles()}
    for title in titles.values():
        await place.publish(title)
    return titles[Path(names[0]).stem]


async def test_a_film_that_is_taken_away_and_put_back_is_told_of_once_each(tmp_path: Path) -> None:
    """The studio hears that it is gone, and that it is back under a later finding; back, it plays at once."""
    place = Place(tmp_path)
    windfall = await published(place, "Windfall.mkv", "Other.mkv")
    path = place.films / "Windfall.mkv"
    path.rename(tmp_path / "elsewhere.mkv")
    for _ in range(3):
        await place.catalog.scan()
    assert [title.name for title in await place.titles()] == ["Other"]
    (tmp_path / "elsewhere.mkv").rename(path)
    await place.catalog.scan()
    assert [title.state for title in await place.titles()] == [PLAYABLE, PLAYABLE]
    of_it = [fact for fact in await place.told() if windfall.title_id in (fact.found.title_id, fact.gone.title_id)]
    assert said(of_it) == [("found", 0), ("gone", 0), ("found", 1)]
    await place.close()


async def test_a_death_before_the_studio_is_told_only_delays_the_word(tmp_path: Path) -> None:
    """Whatever was noticed is told after a restart, though the folder has not changed since."""
    place = Place(tmp_path)
    await published(place, "Windfall.mkv", "Other.mkv")
    (place.films / "Windfall.mkv").unlink()
    await place.catalog._keeping.look()  # pyright: ignore[reportPrivateUsage]  # noticed, and dead before it is told
    again = place.another((place.films,))
    await again.start()
    await again.scan()
    assert said(await place.told())[2:] == [("gone", 0)]
    await again.close()
    await place.close()


async def test_a_film_that_is_back_after_a_death_in_the_telling_is_told_to_be_back(tmp_path: Path) -> None:
    """The studio heard that it is gone, and nobody noted that it did: unless it hears the rest, it deletes what is wanted."""
    place = Place(tmp_path)
    await published(place, "Windfall.mkv", "Other.mkv")
    path = place.films / "Windfall.mkv"
    path.rename(tmp_path / "elsewhere.mkv")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("matinee.library.catalog.titles.mark_announced", lambda db, told: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await place.catalog.scan()
    (tmp_path / "elsewhere.mkv").rename(path)
    again = place.another((place.films,))
    await again.start()
    await again.scan()
    assert said(await place.told())[2:] == [("gone", 0), ("found", 1)]
    await again.close()
    await place.close()


@pytest.mark.parametrize("away", ["unmounted", "empty mount point", "no longer named", "only what is no film"])
async def test_a_whole_library_that_is_away_is_no_reason_to_clear_anything(tmp_path: Path, away: str) -> None:
    """A disk that is not there hides its films, for however long; the studio never hears that they are gone."""
    place = Place(tmp_path)
    await published(place, "Windfall.mkv", "series/Show S01E01.mkv")
    place.films.rename(tmp_path / "the disk")
    if away in ("empty mount point", "only what is no film"):
        place.films.mkdir()
    if away == "only what is no film":
        (place.films / "mount me here.txt").write_text("x")
    second = tmp_path / "second"
    second.mkdir()
    (second / "Another.mkv").write_text("x")
    os.utime(second / "Another.mkv", ns=(LONG_AGO_NS, LONG_AGO_NS))
    later = place.another((second,) if away == "no longer named" else (place.films, second))
    await later.start()
    await later.scan()
    await place.clock.advance(30 * 86_400)
    await later.scan()
    assert [title.name for title in await place.titles()] == ["Another"]
    assert {what for what, _ in said(await place.told())} == {"found"}
    await later.close()
    await place.close()


async def test_a_film_that_cannot_be_reached_is_not_gone(tmp_path: Path) -> None:
    """A link to a disk that is away, and an empty folder on which a disk may be mounted: hidden, but not taken away."""
    place = Place(tmp_path)
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "Linked.mkv").write_text("x")
    os.utime(disk / "Linked.mkv", ns=(LONG_AGO_NS, LONG_AGO_NS))
    (place.films / "Linked.mkv").symlink_to(disk / "Linked.mkv")
    await published(place, "Other.mkv", "mounted/Far.mkv")
    assert len(await place.titles()) == 3
    disk.rename(tmp_path / "unplugged")
    (place.films / "mounted/Far.mkv").unlink()
    await place.clock.advance(61)
    await place.catalog.scan()
    assert {title.name for title in await place.titles()} == {"Other"}
    assert {what for what, _ in said(await place.told())} == {"found"}
    (place.films / "mounted").rmdir()
    await place.catalog.scan()
    assert said(await place.told())[-1] == ("gone", 0)
    await place.close()


async def test_a_film_taken_away_while_its_disk_was_out_is_told_of_when_the_disk_is_back(tmp_path: Path) -> None:
    """Nobody can tell while all is away; afterwards what is missing is what was taken."""
    place = Place(tmp_path)
    await published(place, "Windfall.mkv", "Other.mkv")
    place.films.rename(tmp_path / "the disk")
    await place.catalog.scan()
    assert await place.titles() == []
    (tmp_path / "the disk" / "Windfall.mkv").unlink()
    (tmp_path / "the disk").rename(place.films)
    await place.catalog.scan()
    assert [title.name for title in await place.titles()] == ["Other"]
    assert said(await place.told())[2:] == [("gone", 0)]
    await place.close()


async def test_what_was_cleared_is_not_offered_when_the_film_comes_back(tmp_path: Path) -> None:
    """Long gone and back again, a film is being prepared: nothing promises an edition or a picture that is deleted."""
    place = Place(tmp_path)
    windfall = await published(place, "Windfall.mkv", "Other.mkv")
    about = {"title_id": windfall.title_id, "modified_ns": LONG_AGO_NS}
    await place.catalog.learn([TitleFact(**about, art_cut=ArtCut(art=Art(art_id="a1", glow="#102030")))])
    path = place.films / "Windfall.mkv"
    path.rename(tmp_path / "elsewhere.mkv")
    await place.catalog.scan()
    of_others = [TitleWithdrawn(edition_id="e0"), TitleWithdrawn(art_id="a0")]
    await place.catalog.learn([TitleFact(title_id=windfall.title_id, withdrawn=each) for each in of_others])
    (tmp_path / "elsewhere.mkv").rename(path)
    await place.catalog.scan()

    async def shown() -> tuple[int, str]:
        title = await place.catalog.get_title(GetTitleRequest(title_id=windfall.title_id, audience=GROWN_UP), CALL)
        return title.state, title.art.art_id

    assert await shown() == (PLAYABLE, "a1")
    of_it = [TitleWithdrawn(edition_id="e1"), TitleWithdrawn(art_id="a1")]
    await place.catalog.learn([TitleFact(title_id=windfall.title_id, withdrawn=each) for each in of_it])
    assert await shown() == (PREPARING, "")
    await place.close()
