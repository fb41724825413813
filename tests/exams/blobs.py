"""The exam of the port `blobs`: a unit is there whole, or it is not there."""

import asyncio
import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.neighbour import heard, neighbour
from exams.sitters import BLOBS, sitters_of
from matinee.ports.blobs import BadBlobName, Blobs, NoSuchBlob

FILM = bytes(range(256)) * 4


@pytest.fixture(params=sitters_of(BLOBS))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def blobs(engine: str, tmp_path: Path) -> Blobs:
    return BLOBS[engine](tmp_path)


def tree(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


async def test_what_was_put_is_read(blobs: Blobs, tmp_path: Path) -> None:
    """Every file of a film comes back byte for byte, under its own name, the empty and the foreign ones too."""
    files = {"v/1080/init.mp4": FILM, "master.mpd": b"<MPD/>", "empty": b"", "titres/été 🎬.vtt": b"Bonjour"}
    await blobs.put_tree("films/e1", tree(tmp_path / "made", files))
    assert await blobs.names("films/e1") == sorted(f"films/e1/{name}" for name in files)
    assert {name: await blobs.read(f"films/e1/{name}") for name in files} == files
    assert await blobs.has("films/e1")


async def test_what_was_never_put_is_not_there(blobs: Blobs, tmp_path: Path) -> None:
    """A film nobody made is missing, plainly; so are a file it lacks, a folder, and a file below a file."""
    assert not await blobs.has("films/none")
    assert await blobs.names("films/none") == []
    await blobs.put_tree("films/e1", tree(tmp_path / "made", {"v/init.mp4": FILM}))
    for name in ("films/none/init.mp4", "films/e1/other.mp4", "films/e1/v", "films/e1/v/init.mp4/deeper"):
        with pytest.raises(NoSuchBlob, match=name):
            await blobs.read(name)


async def test_putting_twice_changes_nothing(blobs: Blobs, tmp_path: Path) -> None:
    """Who tries again after a failure does no harm: the first film stays as it was."""
    await blobs.put_tree("films/e1", tree(tmp_path / "first", {"a": b"first"}))
    await blobs.put_tree("films/e1", tree(tmp_path / "second", {"a": b"second", "b": b"more"}))
    await blobs.put_tree("films/e1", tmp_path / "tidied away")
    assert await blobs.names("films/e1") == ["films/e1/a"]
    assert await blobs.read("films/e1/a") == b"first"


async def test_what_was_deleted_is_gone_and_may_come_again(blobs: Blobs, tmp_path: Path) -> None:
    """An old edition leaves no file behind, its neighbour stays; deleting twice is no error, and the name is free again."""
    for unit in ("films/old", "films/new"):
        await blobs.put_tree(unit, tree(tmp_path / "made", {"a": FILM, "v/b": FILM}))
    await blobs.delete("films/old")
    await blobs.delete("films/old")
    assert not await blobs.has("films/old")
    assert await blobs.names("films/old") == []
    with pytest.raises(NoSuchBlob):
        await blobs.read("films/old/v/b")
    assert await blobs.read("films/new/v/b") == FILM
    await blobs.put_tree("films/old", tree(tmp_path / "again", {"c": b"again"}))
    assert await blobs.names("films/old") == ["films/old/c"]


async def test_changing_the_source_changes_no_unit(blobs: Blobs, tmp_path: Path) -> None:
    """What is published is a copy: tidying up the workshop afterwards does not touch it."""
    made = tree(tmp_path / "made", {"a": b"published"})
    await blobs.put_tree("films/e1", made)
    (made / "a").write_bytes(b"scribbled")
    assert await blobs.read("films/e1/a") == b"published"


async def test_units_survive_a_restart(blobs: Blobs, engine: str, tmp_path: Path) -> None:
    """A film published yesterday plays today."""
    await blobs.put_tree("films/e1", tree(tmp_path / "made", {"a": FILM}))
    assert await BLOBS[engine](tmp_path).read("films/e1/a") == FILM


@pytest.mark.parametrize("engine", sitters_of(BLOBS))
def test_a_range_is_what_slicing_gives(engine: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A player that asks for bytes 100 to 199 gets those, and one that asks past the end gets what there is."""
    folder = tmp_path_factory.mktemp("ranges")
    blobs = BLOBS[engine](folder)
    asyncio.run(blobs.put_tree("films/e1", tree(folder / "made", {"a": FILM})))

    @settings(max_examples=60, deadline=None, database=None)
    @given(first=st.integers(0, 1100), length=st.none() | st.integers(1, 1100))
    def holds(first: int, length: int | None) -> None:
        last = None if length is None else first + length - 1
        expected = FILM[first:] if last is None else FILM[first : last + 1]
        assert asyncio.run(blobs.read("films/e1/a", first, last)) == expected

    holds()


PLAIN = st.text(min_size=1, max_size=40).filter(lambda part: part.isprintable() and part[0] != "." and not set(part) & set("/\\"))


@pytest.mark.parametrize("engine", sitters_of(BLOBS))
def test_every_plain_name_keeps_its_bytes(engine: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Spaces, percent signs, question marks, any script: what is a plain name is kept apart from every other one."""
    folder = tmp_path_factory.mktemp("names")
    blobs = BLOBS[engine](folder)
    numbers = itertools.count()

    @settings(max_examples=25, deadline=None, database=None)
    @given(names=st.sets(PLAIN, min_size=1, max_size=4))
    def holds(names: set[str]) -> None:
        number = next(numbers)
        files = {f"{index}/{name}/{name}": name.encode() for index, name in enumerate(names)}
        asyncio.run(blobs.put_tree(f"films/e{number}", tree(folder / f"made{number}", files)))
        assert asyncio.run(blobs.names(f"films/e{number}")) == sorted(f"films/e{number}/{name}" for name in files)
        assert {name: asyncio.run(blobs.read(f"films/e{number}/{name}")) for name in files} == files

    holds()


async def test_many_read_at_once(blobs: Blobs, tmp_path: Path) -> None:
    """Three hundred viewers ask in one moment, for the same films and for one that is not there: each gets its own answer."""
    for unit in "abc":
        await blobs.put_tree(f"films/{unit}", tree(tmp_path / unit, {f"{n}": f"{unit}{n}".encode() for n in range(10)}))
    asked = [f"films/{unit}/{n}" for unit in "abcd" for n in range(10) for _ in range(8)]
    found = await asyncio.gather(*(blobs.read(name) for name in asked), return_exceptions=True)
    for name, answer in zip(asked, found, strict=True):
        if name.startswith("films/d"):
            assert isinstance(answer, NoSuchBlob), f"{name} is nowhere"
        else:
            assert answer == name.removeprefix("films/").replace("/", "").encode()


@pytest.mark.parametrize(("first", "last"), [(-1, None), (5, 4), (0, -1)])
async def test_an_impossible_range_is_refused(blobs: Blobs, tmp_path: Path, first: int, last: int | None) -> None:
    """A range that starts before the film or ends before it starts is an error, not a surprise."""
    await blobs.put_tree("films/e1", tree(tmp_path / "made", {"a": FILM}))
    with pytest.raises(ValueError, match="cannot read bytes"):
        await blobs.read("films/e1/a", first, last)


CLIMBING = ["..", ".", "", ".hidden", "a\\b", "nul\0", "line\nbreak", "x" * 300, "\udcff"]


@pytest.mark.parametrize("part", CLIMBING)
async def test_no_name_leads_out_of_the_store(blobs: Blobs, tmp_path: Path, part: str) -> None:
    """Names that climb, hide or confuse are refused wherever they stand, to readers and to writers."""
    (tmp_path / "secret").write_bytes(b"secret")
    made = tree(tmp_path / "made", {"a": FILM})
    for name in (f"{part}/u/a", f"films/{part}/a", f"films/u/{part}", f"films/u/{part}/secret", f"films/u/a/{part}"):
        with pytest.raises(BadBlobName):
            await blobs.read(name)
    for unit in (f"{part}/u", f"films/{part}"):
        with pytest.raises(BadBlobName):
            await blobs.put_tree(unit, made)
        with pytest.raises(BadBlobName):
            await blobs.has(unit)
        with pytest.raises(BadBlobName):
            await blobs.names(unit)


@pytest.mark.parametrize("unit", ["/films/u", "films", "films/u/more", "films//u", "films/u/"])
async def test_a_unit_has_two_parts(blobs: Blobs, tmp_path: Path, unit: str) -> None:
    """`films/<edition>` is a unit; nothing shorter, longer or absolute is."""
    with pytest.raises(BadBlobName):
        await blobs.put_tree(unit, tree(tmp_path / "made", {"a": FILM}))


async def test_reading_a_unit_is_no_reading(blobs: Blobs) -> None:
    """Who asks for the bytes of a whole unit is told to name a file."""
    with pytest.raises(BadBlobName, match="add the path"):
        await blobs.read("films/e1")


def link_to_a_file(made: Path) -> None:
    (made / "b").symlink_to(made.parent / "secret")


def link_to_a_folder(made: Path) -> None:
    (made / "b").symlink_to(made.parent, target_is_directory=True)


def pipe(made: Path) -> None:
    os.mkfifo(made / "b")


def hidden_file(made: Path) -> None:
    (made / ".b").write_bytes(b"hidden")


@pytest.mark.parametrize("oddity", [link_to_a_file, link_to_a_folder, pipe, hidden_file])
async def test_a_tree_of_plain_files_only(blobs: Blobs, tmp_path: Path, oddity: object) -> None:
    """A link, a pipe or a hidden file in the workshop is not published, nor is anything beside it."""
    (tmp_path / "secret").write_bytes(b"secret")
    made = tree(tmp_path / "made", {"a": FILM})
    assert callable(oddity)
    oddity(made)
    with pytest.raises(BadBlobName):
        await blobs.put_tree("films/e1", made)
    assert not await blobs.has("films/e1")


async def test_nothing_is_not_a_unit(blobs: Blobs, tmp_path: Path) -> None:
    """An empty folder, or one that is not there, publishes nothing and says why."""
    (tmp_path / "made" / "inside").mkdir(parents=True)
    for folder in (tmp_path / "made", tmp_path / "nowhere"):
        with pytest.raises(ValueError, match="nothing to put"):
            await blobs.put_tree("films/e1", folder)
    assert not await blobs.has("films/e1")


async def test_two_processes_put_one_unit(blobs: Blobs, engine: str, tmp_path: Path) -> None:
    """Two workers that publish one film at once both succeed, and the film is one of theirs, not a mixture."""
    red, blue = ({f"{number}": colour * 5000 for number in range(60)} for colour in (b"red", b"blu"))
    trees = tree(tmp_path / "red", red), tree(tmp_path / "blue", blue)
    with neighbour("put", engine, tmp_path, "films/e1", str(trees[0])) as other:
        assert heard(other) == "putting"
        await blobs.put_tree("films/e1", trees[1])
        assert heard(other) == "put"
    found = {str(n): await blobs.read(f"films/e1/{n}") for n in range(60)}
    assert len(await blobs.names("films/e1")) == 60
    assert found in (red, blue)


async def test_a_killed_copy_is_no_unit(blobs: Blobs, engine: str, tmp_path: Path) -> None:
    """Power off while a film is copied in: it is not there, not even in part, and copying it again works."""
    files = {f"{number // 100}/{number}": b"segment" * 100 for number in range(1500)}
    made = tree(tmp_path / "made", files)
    cut_short = 0
    for attempt in range(3):
        unit = f"films/e{attempt}"
        with neighbour("put", engine, tmp_path, unit, str(made)) as other:
            assert heard(other) == "putting"
            await asyncio.sleep(0.02 * attempt)
            other.kill()
            other.wait()
        names = await blobs.names(unit)
        assert len(names) in (0, len(files))
        assert await blobs.has(unit) == bool(names)
        cut_short += not names
    assert cut_short > 0, "no copy was caught in the act: give it more files"
    await blobs.put_tree("films/e0", made)
    assert len(await blobs.names("films/e0")) == len(files)
