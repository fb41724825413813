"""Series: made of their folders, as far as somebody may see them."""

from pathlib import Path

from library.place import CALL, GROWN_UP, LONG_AGO_NS, OPERATOR, Place
from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.events_pb2 import ArtCut, TitleFact, TitlePublished

SHOW = """<?xml version="1.0"?><tvshow><title>Lessons!</title><plot>About light.</plot><genre>Sci-Fi</genre>
<mpaa>{rated}</mpaa></tvshow>"""
CHILD = pb.Audience(maturity_limit=6)


async def lessons(folder: Path, rated: str = "G") -> Place:
    """Two seasons of a series and its specials, beside a film."""
    place = Place(folder)
    await place.catalog.start()
    for episode in (
        "Season 1/Lessons S01E02 Green",
        "Season 1/Lessons S01E01 Red",
        "Season 2/Lessons S02E01-E02",
        "Specials/S00E01",
    ):
        place.film(f"Lessons (2026)/{episode}.mkv")
    (place.films / "Lessons (2026)" / "tvshow.nfo").write_text(SHOW.format(rated=rated))
    place.film("Windfall.mkv", notes="<movie><mpaa>R</mpaa></movie>")
    await place.catalog.scan()
    return place


async def test_a_series_is_one_title_and_its_episodes_come_in_order(tmp_path: Path) -> None:
    """Beside the films stands the series, once; its episodes follow season by season, the specials last."""
    place = await lessons(tmp_path)
    series = next(title for title in await place.titles() if title.kind == pb.SERIES)
    assert sorted(title.name for title in await place.titles()) == ["Lessons!", "Windfall"]
    assert (series.year, series.plot, list(series.genres)) == (2026, "About light.", ["Science Fiction"])
    assert (series.season_count, series.episode_count, series.state) == (2, 4, pb.PREPARING)
    episodes = await place.episodes(series.title_id)
    assert [(each.season_number, list(each.episode_numbers), each.name) for each in episodes] == [
        (1, [1], "Red"),
        (1, [2], "Green"),
        (2, [1, 2], "Episodes 1–2"),
        (0, [1], "Episode 1"),
    ]
    assert {(each.series_id, each.series_name, each.kind) for each in episodes} == {(series.title_id, "Lessons!", pb.EPISODE)}
    await place.close()


async def test_a_series_keeps_its_id_through_restart_and_unplugging(tmp_path: Path) -> None:
    """A link to a series goes on working when its disk was away for a while; meanwhile it is not shown."""
    place = await lessons(tmp_path)
    [before] = [title.title_id for title in await place.titles() if title.kind == pb.SERIES]
    (place.films / "Lessons (2026)").rename(tmp_path / "away")
    await place.catalog.scan()
    assert [title.name for title in await place.titles()] == ["Windfall"]
    await place.catalog.close()
    place.catalog = place.another((place.films,))
    await place.catalog.start()
    (tmp_path / "away").rename(place.films / "Lessons (2026)")
    await place.catalog.scan()
    assert [title.title_id for title in await place.titles() if title.kind == pb.SERIES] == [before]
    await place.close()


async def test_what_a_series_is_rated_holds_for_its_episodes(tmp_path: Path) -> None:
    """An episode nobody rated is for whom its series is for, and never for anybody younger."""
    place = await lessons(tmp_path)
    [series] = await place.titles(CHILD)
    assert len(await place.episodes(series.title_id, CHILD)) == 4
    path = place.films / "Lessons (2026)" / "Season 1" / "Lessons S01E01 Red.nfo"
    path.write_text("<episodedetails><title>Red</title><mpaa>FSK 16</mpaa></episodedetails>")
    await place.catalog.scan()
    [series] = await place.titles(CHILD)
    assert series.episode_count == 3
    assert "Red" not in [each.name for each in await place.episodes(series.title_id, CHILD)]
    (place.films / "Lessons (2026)" / "tvshow.nfo").write_text(SHOW.format(rated="TV-14"))
    await place.catalog.scan()
    assert await place.titles(CHILD) == []
    assert await place.episodes(series.title_id, CHILD) == []
    assert "Lessons!" in [title.name for title in await place.titles()]
    await place.close()


async def test_a_series_is_playable_and_pictured_as_soon_as_an_episode_is(tmp_path: Path) -> None:
    """The first episode that can be played lends the series its pictures."""
    place = await lessons(tmp_path)
    series = next(title for title in await place.titles() if title.kind == pb.SERIES)
    green = next(each for each in await place.episodes(series.title_id) if each.name == "Green")
    about = {"title_id": green.title_id, "modified_ns": LONG_AGO_NS}
    await place.catalog.learn([TitleFact(**about, art_cut=ArtCut(art=pb.Art(art_id="a1", glow="#102030")))])
    await place.publish(green)
    whole = await place.catalog.get_title(pb.GetTitleRequest(title_id=series.title_id, audience=GROWN_UP), CALL)
    assert (whole.state, whole.art.art_id, whole.HasField("edition")) == (pb.PLAYABLE, "a1", False)
    await place.close()


async def test_notes_of_two_episodes_in_one_file_speak_of_both(tmp_path: Path) -> None:
    """A side-car with a root for each episode names them both, and one without a number names the file's."""
    place = await lessons(tmp_path)
    block = "<episodedetails><title>{}</title><season>2</season><episode>{}</episode><plot>{}</plot></episodedetails>\n"
    notes = place.films / "Lessons (2026)" / "Season 2" / "Lessons S02E01-E02.nfo"
    notes.write_text("".join(block.format(name, number, f"{name}.") for number, name in ((3, "Grey"), (1, "Blue"), (2, "Pink"))))
    await place.catalog.scan()
    series = next(title for title in await place.titles() if title.kind == pb.SERIES)
    third = (await place.episodes(series.title_id))[2]
    assert (third.name, third.plot) == ("Blue / Pink", "Blue. Pink.")
    await place.close()


async def test_tracks_and_chapters_are_those_of_the_newest_edition(tmp_path: Path) -> None:
    """A title says which languages it speaks and where its chapters begin, and a better edition replaces both."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv")
    await place.catalog.scan()
    [title] = await place.titles()
    for edition_id, language in (("e1", "en"), ("e2", "de")):
        track = pb.Track(kind=pb.SUBTITLES, language=language, name="T", hearing_impaired=True)
        chapter = pb.Chapter(start_ms=1000, name=language)
        edition = pb.Edition(edition_id=edition_id, heights_px=[720], tracks=[track], chapters=[chapter])
        fact = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, published=TitlePublished(edition=edition))
        await place.catalog.learn([fact, fact])
        [shown] = await place.titles(OPERATOR)
        assert shown.edition == edition
        assert (list(shown.tracks), list(shown.chapters)) == ([track], [chapter])
    await place.close()


async def test_more_like_this_shares_what_is_rare(tmp_path: Path) -> None:
    """A director in common weighs more than a genre that every film has; of a series no episode is like itself."""
    place = Place(tmp_path)
    await place.catalog.start()
    notes = "<movie><title>{}</title><genre>Drama</genre><genre>{}</genre><director>{}</director></movie>"
    for name, genre, director in (
        ("One", "War", "Ada"),
        ("Same hand", "Music", "Ada"),
        ("Same war", "War", "Bo"),
        ("Drama only", "Crime", "Cy"),
        ("Not ready", "War", "Ada"),
    ):
        place.film(f"{name}.mkv", notes=notes.format(name, genre, director))
    place.film("Nothing in common.mkv", notes="<movie><genre>Western</genre></movie>")
    place.film("Show/Season 1/S01E01.mkv", notes="<episodedetails><genre>War</genre></episodedetails>")
    await place.catalog.scan()
    titles = {title.name: title for title in await place.titles()}
    for name, title in titles.items():
        if name != "Not ready" and title.kind == pb.FILM:
            await place.publish(title)
    [episode] = await place.episodes(titles["Show"].title_id)
    await place.publish(episode)

    async def like(title: pb.Title) -> list[str]:
        found = await place.catalog.similar(pb.GetTitleRequest(title_id=title.title_id, audience=GROWN_UP), CALL)
        return [each.name for each in found.titles]

    assert await like(titles["One"]) == ["Same hand", "Same war", "Show", "Drama only"]
    assert set(await like(episode)) == set(await like(titles["Show"])) == {"One", "Same war"}
    await place.close()
