"""The exam of what carrying a house elsewhere asks of the ports: everything there is, with all that is known of it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from exams.sitters import BLOBS, LOG, WALKED, sitters_of
from matinee.ports.log import Entry, Log, Position
from matinee.ports.rows import Cell, Rows

LONG_S = 10_000


@pytest.fixture(params=sitters_of(WALKED))
async def rows(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rows]:
    sitter = WALKED[request.param](tmp_path)
    yield sitter
    await sitter.close()


@pytest.fixture(params=sitters_of(LOG))
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Log]:
    sitter = LOG[request.param](tmp_path)
    yield sitter
    await sitter.close()


async def walked(rows: Rows) -> list[Cell]:
    found: list[Cell] = []
    cells, mark = await rows.walk()
    while mark:
        found += cells
        cells, mark = await rows.walk(mark)
    return found + list(cells)


async def looked(log: Log, topic: str) -> list[tuple[Position, Entry]]:
    found: list[tuple[Position, Entry]] = []
    while reads := await log.look(topic, found[-1][0] if found else None):
        found += [(read.position, read.entry) for read in reads]
    return found


def of_key(found: Sequence[tuple[Position, Entry]], key: str) -> list[bytes]:
    return [entry.value for _, entry in found if entry.key == key]


async def test_a_walk_meets_every_cell_once_with_its_time(rows: Rows) -> None:
    """Each bookmark is met once, with the moment it was written, however many profiles and films there are."""
    expected = set[Cell]()
    for profile in ("asha", "björn", "🎬"):
        for film in range(90):
            at_ms = 1_000 + film
            await rows.put("lists", profile, f"film-{film:03}", {"at": b"%d" % film, "of": b"\0"}, at_ms=at_ms)
            expected |= {Cell("lists", profile, f"film-{film:03}", "at", b"%d" % film, at_ms, None)}
            expected |= {Cell("lists", profile, f"film-{film:03}", "of", b"\0", at_ms, None)}
    found = await walked(rows)
    assert len(found) == len(expected)
    assert set(found) == expected


async def test_a_walk_meets_the_cells_of_a_row_each_with_its_own_time(rows: Rows) -> None:
    """Of a film that I liked today and began last year, both days are known, and what goes by itself says when."""
    await rows.put("lists", "asha", "film", {"at": b"1"}, at_ms=10)
    await rows.put("lists", "asha", "film", {"liked": b"yes"}, at_ms=20)
    await rows.put("lists", "asha", "film", {"hint": b"soon gone"}, at_ms=30, ttl_s=LONG_S)
    found = {cell.name: cell for cell in await walked(rows)}
    assert {name: cell.at_ms for name, cell in found.items()} == {"at": 10, "liked": 20, "hint": 30}
    assert found["at"].ttl_s is None
    assert LONG_S - 5 <= (found["hint"].ttl_s or 0) <= LONG_S + 1


async def test_a_walk_passes_what_was_dropped(rows: Rows) -> None:
    """What I took off my list is not carried into the new house."""
    await rows.put("lists", "asha", "kept", {"at": b"1"}, at_ms=1)
    await rows.put("lists", "asha", "dropped", {"at": b"1"}, at_ms=1)
    await rows.put("lists", "björn", "left", {"at": b"1"}, at_ms=1)
    await rows.drop("lists", "asha", "dropped", at_ms=2)
    await rows.drop_partition("lists", "björn", at_ms=2)
    assert [(cell.partition, cell.key) for cell in await walked(rows)] == [("asha", "kept")]


async def test_a_look_meets_every_entry_in_its_keys_order(log: Log) -> None:
    """All facts of a film are met in the order they happened, those that somebody is done with too."""
    for number in range(1500):
        if number % 300 == 0:
            await log.append("films", [Entry(f"film-{each % 3}", b"%d" % each) for each in range(number, number + 300)])
    subscription = await log.subscribe("films", "catalog")
    reads = await subscription.poll(100, 10)
    await subscription.commit(reads[-1])
    found = await looked(log, "films")
    assert len(found) == 1500
    for key in range(3):
        assert of_key(found, f"film-{key}") == [b"%d" % each for each in range(1500) if each % 3 == key]


async def test_topics_are_known_by_name(log: Log) -> None:
    """Every kind of fact that was ever told is known."""
    assert list(await log.topics()) == []
    for topic in ("plays", "films"):
        await log.append(topic, [Entry("key", b"value")])
    assert list(await log.topics()) == ["films", "plays"]


async def test_it_is_known_where_a_topic_ends(log: Log) -> None:
    """Who is done with all that was told stands at its end; where nobody ever told anything, at the beginning."""
    assert not any((await log.ends("films")).values())
    await log.append("films", [Entry(f"film-{each}", b"found") for each in range(40)])
    after = dict[int, int]()
    for position, _ in await looked(log, "films"):
        after[position.partition] = position.offset + 1
    assert {partition: end for partition, end in (await log.ends("films")).items() if end} == after


async def test_a_group_stands_where_it_was_put(log: Log) -> None:
    """A reader that moved goes on with the first fact it was not done with, and never goes back."""
    await log.append("films", [Entry("film", b"%d" % each) for each in range(4)])
    places = [position for position, _ in await looked(log, "films")]
    third = {places[2].partition: places[2].offset}
    await log.stand("films", "catalog", third)
    assert {group: dict(at) for group, at in (await log.standings("films")).items()} == {"catalog": third}
    await log.stand("films", "catalog", {places[1].partition: places[1].offset})
    assert (await log.standings("films"))["catalog"] == third
    reads = await (await log.subscribe("films", "catalog")).poll(10, 10)
    assert [read.entry.value for read in reads] == [b"2", b"3"]


@pytest.mark.parametrize("engine", sitters_of(BLOBS))
async def test_every_unit_is_known(engine: str, tmp_path: Path) -> None:
    """Every film that was published is found without anybody naming it; one that was deleted is not."""
    blobs = BLOBS[engine](tmp_path)
    assert await blobs.units() == []
    made = tmp_path / "made"
    made.mkdir()
    (made / "file").write_bytes(b"bytes")
    for unit in ("films/e2", "films/e1", "art/a1", "films/gone"):
        await blobs.put_tree(unit, made)
    await blobs.delete("films/gone")
    assert await blobs.units() == ["art/a1", "films/e1", "films/e2"]
