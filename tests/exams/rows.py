"""The exam of the port `rows`: what is written all the time, by many, in any order, and must still come out the same."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from exams.neighbour import heard, neighbour
from exams.sitters import ROWS, sitters_of
from matinee.ports.rows import LATEST_MS, LONGEST_TTL_S, MOST_BYTES, MOST_NAME_BYTES, MOST_ROWS, Rows, RowsUnavailable

BRIEFLY_S = 4
"""Long enough for a busy machine to see that it is there."""


@pytest.fixture(params=sitters_of(ROWS))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def rows(engine: str, tmp_path: Path) -> AsyncIterator[Rows]:
    sitter = ROWS[engine](tmp_path)
    yield sitter
    await sitter.close()


async def held(rows: Rows, partition: str = "asha") -> dict[str, Mapping[str, bytes]]:
    return {row.key: dict(row.cells) for row in await rows.page("lists", partition, MOST_ROWS)}


async def test_what_was_put_is_there_after_reopening(rows: Rows, engine: str, tmp_path: Path) -> None:
    """Where I stopped watching is remembered when the service starts again."""
    await rows.put("lists", "asha", "film", {"at": b"41", "of": b"90"}, at_ms=1)
    await rows.close()
    again = ROWS[engine](tmp_path)
    assert await held(again) == {"film": {"at": b"41", "of": b"90"}}
    await again.close()


async def test_the_latest_write_wins_in_whatever_order_they_arrive(rows: Rows) -> None:
    """A heartbeat that was held up on its way does not take me back to where I was."""
    await rows.put("lists", "asha", "film", {"at": b"new"}, at_ms=20)
    await rows.put("lists", "asha", "film", {"at": b"old", "device": b"phone"}, at_ms=10)
    assert await held(rows) == {"film": {"at": b"new", "device": b"phone"}}


async def test_cells_are_written_one_by_one(rows: Rows) -> None:
    """Changing one thing about a film leaves what else is known of it alone."""
    await rows.put("lists", "asha", "film", {"at": b"1", "liked": b"yes"}, at_ms=1)
    await rows.put("lists", "asha", "film", {"at": b"2"}, at_ms=2)
    assert await held(rows) == {"film": {"at": b"2", "liked": b"yes"}}


async def test_what_was_dropped_stays_dropped(rows: Rows) -> None:
    """What I took off my list does not come back by an old message, and can be put on anew."""
    await rows.put("lists", "asha", "film", {"added": b"1"}, at_ms=1)
    await rows.drop("lists", "asha", "film", at_ms=5)
    await rows.put("lists", "asha", "film", {"added": b"4", "by": b"late"}, at_ms=4)
    await rows.put("lists", "asha", "film", {"added": b"5"}, at_ms=5)
    assert await held(rows) == {}
    assert await rows.get("lists", "asha", ["film"]) == {}
    await rows.put("lists", "asha", "film", {"added": b"6"}, at_ms=6)
    await rows.drop("lists", "asha", "film", at_ms=3)
    assert await held(rows) == {"film": {"added": b"6"}}


async def test_a_partition_is_nobody_elses(rows: Rows) -> None:
    """My list is mine, my bookmarks are no list, and emptying one leaves the others."""
    await rows.put("lists", "asha", "film", {"x": b"asha's"}, at_ms=1)
    await rows.put("lists", "ben", "film", {"x": b"ben's"}, at_ms=1)
    await rows.put("bookmarks", "asha", "film", {"x": b"bookmark"}, at_ms=1)
    await rows.drop("lists", "asha", "film", at_ms=2)
    assert await held(rows) == {}
    assert await held(rows, "ben") == {"film": {"x": b"ben's"}}
    assert (await rows.get("bookmarks", "asha", ["film"]))["film"].cells == {"x": b"bookmark"}


async def test_a_partition_is_dropped_with_all_its_rows(rows: Rows) -> None:
    """Who is removed leaves nothing, not even by a late word of theirs; others keep theirs, and a new word counts."""
    for number in range(30):
        await rows.put("lists", "asha", f"{number:02}", {"a": b"1", "b": b"2"}, at_ms=3)
    await rows.put("lists", "asha", "later", {"a": b"1"}, at_ms=6)
    await rows.put("lists", "ben", "film", {"x": b"ben's"}, at_ms=1)
    await rows.put("bookmarks", "asha", "film", {"x": b"bookmark"}, at_ms=1)
    for _ in range(2):
        await rows.drop_partition("lists", "asha", at_ms=5)
    await rows.drop_partition("lists", "asha", at_ms=2)
    await rows.put("lists", "asha", "never seen", {"a": b"late"}, at_ms=4)
    await rows.put("lists", "asha", "00", {"a": b"same time"}, at_ms=5)
    assert await held(rows) == {"later": {"a": b"1"}}
    assert await rows.get("lists", "asha", ["00", "never seen"]) == {}
    assert await held(rows, "ben") == {"film": {"x": b"ben's"}}
    assert set(await rows.get("bookmarks", "asha", ["film"])) == {"film"}
    await rows.put("lists", "asha", "00", {"a": b"new"}, at_ms=7)
    assert set(await held(rows)) == {"00", "later"}


async def test_pages_follow_each_other_without_gap_or_repeat(rows: Rows) -> None:
    """A long list comes page by page, in order, each film once; one that was dropped takes no place."""
    keys = [f"{number:03}" for number in range(25)] + ["Zoë", "zoe", "ß", "日本", "🎬"]
    for key in keys:
        await rows.put("lists", "asha", key, {"a": b"1", "b": b"2"}, at_ms=1)
    await rows.drop("lists", "asha", "004", at_ms=2)
    read, after = list[str](), ""
    while page := await rows.page("lists", "asha", 7, after):
        read += [row.key for row in page]
        after = page[-1].key
        assert len(page) <= 7
    assert read == sorted((set(keys) - {"004"}), key=str.encode)


async def test_rows_asked_for_by_name_come_in_one_answer(rows: Rows) -> None:
    """A page of forty films asks once for all their bookmarks; those never watched are simply not there."""
    for number in range(40):
        await rows.put("lists", "asha", f"film {number}", {"n": b"%d" % number}, at_ms=1)
    found = await rows.get("lists", "asha", [f"film {number}" for number in range(0, 80, 2)])
    assert {key: row.cells["n"] for key, row in found.items()} == {f"film {n}": b"%d" % n for n in range(0, 40, 2)}
    assert await rows.get("lists", "asha", []) == {}


async def test_a_cell_goes_when_its_time_is_up(rows: Rows) -> None:
    """What is kept for four seconds is gone after them, and an older word does not take its place."""
    await rows.put("lists", "asha", "film", {"briefly": b"1"}, at_ms=10, ttl_s=BRIEFLY_S)
    await rows.put("lists", "asha", "film", {"lasting": b"1"}, at_ms=10)
    assert set((await held(rows))["film"]) == {"briefly", "lasting"}
    await asyncio.sleep(BRIEFLY_S + 1.1)
    await rows.put("lists", "asha", "film", {"briefly": b"0"}, at_ms=9)
    assert await held(rows) == {"film": {"lasting": b"1"}}
    assert set((await rows.get("lists", "asha", ["film"]))["film"].cells) == {"lasting"}
    await rows.put("lists", "asha", "film", {"briefly": b"2"}, at_ms=11)
    assert set((await held(rows))["film"]) == {"briefly", "lasting"}


async def test_of_two_words_of_one_moment_the_passing_one_counts(rows: Rows) -> None:
    """Said for a while and for ever in the same instant, in either order: it is there for that while, and then gone."""
    for key, ttls in (("film", (BRIEFLY_S, None)), ("other", (None, BRIEFLY_S))):
        for ttl_s in ttls:
            await rows.put("lists", "asha", key, {"x": b"passing" if ttl_s else b"zzz"}, at_ms=5, ttl_s=ttl_s)
    await rows.put("lists", "asha", "again", {"x": b"zzz"}, at_ms=5, ttl_s=BRIEFLY_S)
    await rows.put("lists", "asha", "again", {"x": b"longer"}, at_ms=5, ttl_s=60)
    assert await held(rows) == {"film": {"x": b"passing"}, "other": {"x": b"passing"}, "again": {"x": b"longer"}}
    await asyncio.sleep(BRIEFLY_S + 1.1)
    assert await held(rows) == {"again": {"x": b"longer"}}


async def test_a_clock_that_is_ahead_harms_only_its_own_word(rows: Rows) -> None:
    """A television an hour ahead: what it said stands for that hour, what others say of other things counts at once."""
    await rows.put("lists", "asha", "film", {"at": b"ahead"}, at_ms=3_600_000)
    await rows.put("lists", "asha", "film", {"at": b"now", "device": b"phone"}, at_ms=1000)
    await rows.drop("lists", "asha", "film", at_ms=2000)
    assert await held(rows) == {"film": {"at": b"ahead"}}
    await rows.put("lists", "asha", "film", {"at": b"later"}, at_ms=3_600_001)
    assert await held(rows) == {"film": {"at": b"later"}}
    await rows.drop_partition("lists", "asha", at_ms=LATEST_MS)
    assert await held(rows) == {}


async def test_two_with_different_clocks_come_to_one_truth(rows: Rows, engine: str, tmp_path: Path) -> None:
    """My phone is a minute behind my television: both show the same, what each said last of a thing by its own clock."""
    television, phone, minute_ms = rows, ROWS[engine](tmp_path), 60_000
    for at_ms in range(100_000, 100_010):
        await television.put("lists", "asha", "film", {"at": b"tv %d" % at_ms, "tv": b"%d" % at_ms}, at_ms)
        await phone.put("lists", "asha", "film", {"at": b"phone", "phone": b"%d" % at_ms}, at_ms - minute_ms)
    await phone.drop("lists", "asha", "film", at_ms=100_005 - minute_ms)
    expected = {"film": {"at": b"tv 100009", "tv": b"100009", "phone": b"100009"}}
    async with asyncio.timeout(30):
        while await held(television) != expected or await held(phone) != expected:
            await asyncio.sleep(0.05)
    await phone.put("lists", "asha", "film", {"at": b"phone"}, at_ms=100_010)
    assert (await held(phone))["film"]["at"] == b"phone"
    await phone.close()


async def test_any_bytes_and_any_names_are_kept_as_they_are(rows: Rows) -> None:
    """What goes in comes out: no byte and no script is too strange, and nothing is not the same as no cell."""
    cells = {"all": bytes(range(256)), "none": b"", "日本\0🎬": b"name"}
    names = ["o'film; --", "Zoë", "zoe", "a\0b", "a", "\n%", "🎬", "é", "e\u0301", "x" * MOST_NAME_BYTES]
    for name in names:
        await rows.put("lists", f"of {name}"[:MOST_NAME_BYTES], name, cells, at_ms=1)
        assert await held(rows, f"of {name}"[:MOST_NAME_BYTES]) == {name: cells}
        await rows.put("lists", "asha", name, cells, at_ms=1)
    assert list(await held(rows)) == sorted(names, key=str.encode)
    assert set(await rows.get("lists", "asha", names)) == set(names)


async def test_what_is_too_large_is_refused_and_harms_nothing(rows: Rows) -> None:
    """A megabyte is kept; one byte more is told at once, and what was there is still there."""
    whole = {"a": b"x" * (MOST_BYTES - 1), "b": b"y"}
    await rows.put("lists", "asha", "film", whole, at_ms=1)
    with pytest.raises(ValueError, match="1000001 bytes"):
        await rows.put("lists", "asha", "film", whole | {"c": b"z"}, at_ms=2)
    long = "ä" * (MOST_NAME_BYTES // 2 + 1)
    for place, name in ((("lists", "asha", long), "x"), (("lists", long, "film"), "x"), (("lists", "asha", "film"), long)):
        with pytest.raises(ValueError, match="1002 bytes"):
            await rows.put(*place, {name: b"1"}, at_ms=2)
    for wrong in ({"at_ms": -1}, {"at_ms": LATEST_MS + 1}, {"at_ms": 2, "ttl_s": 0}, {"at_ms": 2, "ttl_s": LONGEST_TTL_S + 1}):
        with pytest.raises(ValueError, match="give"):
            await rows.put("lists", "asha", "film", {"x": b"1"}, **wrong)
    with pytest.raises(ValueError, match="surrogates"):
        await rows.put("lists", "asha", "half \ud800", {"x": b"1"}, at_ms=2)
    assert await held(rows) == {"film": whole}


async def test_a_page_of_large_rows_is_short(rows: Rows) -> None:
    """Large things come a few at a time, so that no reader is drowned; none is left out."""
    for number in range(100):
        await rows.put("lists", "asha", f"{number:03}", {"a": b"x" * (MOST_BYTES // 10)}, at_ms=1)
    sizes, after = list[int](), ""
    while page := await rows.page("lists", "asha", MOST_ROWS, after):
        sizes.append(len(page))
        after = page[-1].key
    assert sizes == [10] * 10
    assert len(await rows.get("lists", "asha", [f"{number:03}" for number in range(100)])) == 100


async def test_a_history_of_ten_thousand_is_read_whole(rows: Rows) -> None:
    """Who watched ten thousand films, on many screens at once, finds all of them, in order, each once."""
    numbers = iter(range(10_000))

    async def screen() -> None:
        for number in numbers:
            await rows.put("lists", "asha", f"{number:05}", {"n": b"%d" % number}, at_ms=1)

    await asyncio.gather(*(screen() for _ in range(50)))
    read, after = list[str](), ""
    while page := await rows.page("lists", "asha", MOST_ROWS, after, fresh=False):
        read += [row.key for row in page]
        after = page[-1].key
    assert read == [f"{number:05}" for number in range(10_000)]
    found = await rows.get("lists", "asha", [f"{number:05}" for number in range(9_500, 10_500)], fresh=False)
    assert len(found) == 500


@pytest.mark.parametrize("place", [("", "asha", "film"), ("lists", "", "film"), ("lists", "asha", "")])
async def test_a_row_without_a_place_is_refused(rows: Rows, place: tuple[str, str, str]) -> None:
    """A write that says not whose or of what is a mistake in the program, told at once."""
    with pytest.raises(ValueError, match="empty"):
        await rows.put(*place, {"x": b"1"}, at_ms=1)
    if not (place[0] and place[1]):
        with pytest.raises(ValueError, match="empty"):
            await rows.drop_partition(*place[:2], at_ms=1)
    with pytest.raises(ValueError, match="cells"):
        await rows.put("lists", "asha", "film", {}, at_ms=1)


async def test_what_was_kept_survives_a_kill(rows: Rows, engine: str, tmp_path: Path) -> None:
    """Power off for the program: every bookmark it had confirmed is there, and no half of one."""
    with neighbour("put_forever", engine, tmp_path) as other:
        while int(told := heard(other)) < 30:
            pass
        other.kill()
        other.wait()
    kept = await held(rows)
    assert len(kept) >= int(told) + 1
    assert all(cells["one"] == cells["two"] for cells in kept.values())


async def test_two_processes_write_side_by_side(rows: Rows, engine: str, tmp_path: Path) -> None:
    """While another process writes without pause, mine are written too and neither loses any."""
    with neighbour("put_forever", engine, tmp_path) as other:
        assert heard(other) == "0"
        for number in range(50):
            await rows.put("lists", "ben", f"{number:02}", {"n": b"1"}, at_ms=1)
        assert int(heard(other)) >= 1
    assert len(await held(rows, "ben")) == 50


async def test_closing_finishes_what_was_asked(rows: Rows, engine: str, tmp_path: Path) -> None:
    """Shutting down loses no bookmark that was on its way, and says so to whoever comes later."""
    writing = [asyncio.create_task(rows.put("lists", "asha", f"{n:02}", {"n": b"1"}, at_ms=1)) for n in range(20)]
    await asyncio.sleep(0)
    await rows.close()
    await asyncio.gather(*writing)
    with pytest.raises(RowsUnavailable, match="closed"):
        await rows.put("lists", "asha", "late", {"n": b"1"}, at_ms=1)
    again = ROWS[engine](tmp_path)
    assert len(await held(again)) == 20
    await again.close()
