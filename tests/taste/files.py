"""Files of other people's making are read as they were meant, or refused with the line and the reason."""

import io
from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from matinee.insight.taste.catalog_file import read_catalog
from matinee.insight.taste.columns import Unreadable
from matinee.insight.taste.interactions import Interactions, NothingToLearn
from matinee.insight.taste.reading import read_interactions

T = 1_700_000_000
MEANT = {"ann": ["m1", "m2"], "bob": ["m2"]}


def by_user(found: Interactions) -> dict[str, list[str]]:
    histories = found.histories()
    return {str(user): found.titles[histories[n]].tolist() for n, user in enumerate(found.users)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", f"user,item,timestamp\nann,m2,{T + 9}\nann,m1,{T}\nbob,m2,{T}\n"),
        ("ms.csv", f"userId,movieId,rating,timestamp\nann,m2,3,{T + 9}000\nann,m1,4,{T}000\nbob,m2,1,{T}000\n"),
        (
            "a.inter",
            f"user_id:token\titem_id:token\ttimestamp:float\nann\tm2\t{T + 9}\nann\tm1\t{T}\nbob\tm2\t{T}",
        ),
        ("u.data", f"ann\tm2\t3\t{T + 9}\nann\tm1\t4\t{T}\nbob\tm2\t1\t{T}\n"),
        ("ratings.dat", f"ann::m2::3::{T + 9}\nann::m1::4::{T}\nbob::m2::1::{T}\n"),
        ("semicolons.csv", f"TIMESTAMP;ITEM;USER\n{T + 9};m2;ann\n{T};m1;ann\n{T};m2;bob\n"),
        ("dates.csv", "user,item,date\nann,m2,2026-01-02\nann,m1,2026-01-01T20:15:00Z\nbob,m2,2026-01-01 10:00\n"),
        ("no times.csv", "user,item\nann,m1\nann,m2\nbob,m2\n"),
        ("windows.csv", "\ufeffuser,item\r\nann,m1\r\n\r\nann,m2\r\nbob,m2\r\n"),
    ],
)
def test_rows_are_read_whatever_they_are_called(tmp_path: Path, name: str, text: str) -> None:
    """Commas or tabs, a header or none, seconds or milliseconds: who watched what comes out the same, oldest first."""
    file = tmp_path / name
    file.write_text(text)
    found = read_interactions(file).interactions
    assert by_user(found) == MEANT
    if found.time_s is not None and name != "dates.csv":
        assert found.time_s.max() == T + 9
    if name == "dates.csv":
        assert found.time_s is not None
        assert found.time_s.min() == datetime(2026, 1, 1, 10, tzinfo=UTC).timestamp()


def test_parquet_and_npz_are_read_too(tmp_path: Path) -> None:
    """Columns of numbers and of timestamps need no text."""
    table = pa.table({"user_id": [7, 7, 2**62], "item_id": [2, 1, 2], "timestamp": pa.array([9, 1, 5], pa.timestamp("ms"))})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    np.savez(tmp_path / "a.npz", user=np.array([7, 7, 2**62]), item=np.array([2, 1, 2]), timestamp=np.array([9, 1, 5]))
    for name in ("a.parquet", "a.npz"):
        assert by_user(read_interactions(tmp_path / name).interactions) == {"7": ["1", "2"], str(2**62): ["2"]}


def test_what_was_assumed_is_said(tmp_path: Path) -> None:
    """Without a header the columns are named as they were taken; a rating that is not used is not hidden."""
    (tmp_path / "u.data").write_text(f"1\t2\t5\t{T}\n")
    (tmp_path / "r.csv").write_text("user,item,rating\n1,2,5\n")
    assert read_interactions(tmp_path / "u.data").notes == ["no header: the columns are taken as user, item, rating, timestamp"]
    assert "--weight rating" in read_interactions(tmp_path / "r.csv").notes[0]


def test_bad_rows_are_refused_with_their_lines(tmp_path: Path) -> None:
    """Every kind of bad row is named with its line; nothing is read until its owner decides, and then all but those."""
    file = tmp_path / "a.csv"
    file.write_text(f"user,item,timestamp,weight\na,1,{T},1\n\n,2,{T},1\na,,{T},1\na,3,noon,1\na,4,{T},-1\nb,5\nb,6,{T},2\n")
    with pytest.raises(Unreadable) as refused:
        read_interactions(file)
    told = str(refused.value).splitlines()
    assert told[0].endswith("5 bad rows")
    assert [line.strip().split(":")[0] for line in told[1:6]] == ["line 4", "line 5", "line 6", "line 7", "line 8"]
    assert told[5].endswith("2 cells where there should be 4")
    assert "--skip-bad" in told[-1]
    rows = read_interactions(file, skip_bad=True)
    assert by_user(rows.interactions) == {"a": ["1"], "b": ["6"]}
    assert "5 bad rows" in rows.notes[0]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"user": [1.5, 2.0], "item": ["x", "y"]}, "user is no name"),
        ({"user": ["a", "b"], "item": [["x"], ["y"]]}, "item is no name"),
        ({"user": [b"\xff", b"a"], "item": ["x", "y"]}, "user is no name"),
        ({"user": ["a", "b"], "item": ["x", "y"], "timestamp": [time(1), time(2)]}, "timestamp is no time"),
        (
            {"user": ["a", "b"], "item": ["x", "y"], "timestamp": [datetime(2026, 1, 1, tzinfo=UTC), None]},
            "line 2: the timestamp",
        ),
        ({"user": [1.0, float("nan")], "item": ["x", "y"]}, "line 2: the user is empty"),
    ],
)
def test_columns_of_other_kinds_are_refused_in_words(tmp_path: Path, columns: dict[str, list[object]], told: str) -> None:
    """What is no name and no time is told as such; a row without a time does not count as the oldest of all."""
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "odd.parquet")
    with pytest.raises(Unreadable, match=told) as refused:
        read_interactions(tmp_path / "odd.parquet")
    assert "odd.parquet" in str(refused.value)


def test_a_torn_npz_is_refused_in_words(tmp_path: Path) -> None:
    """Empty, cut short, a single array, columns of different lengths: each says the file and what is wrong."""
    np.savez(tmp_path / "whole.npz", user=np.array([1, 2]), item=np.array([3, 4]))
    whole, single = (tmp_path / "whole.npz").read_bytes(), io.BytesIO()
    np.save(single, np.array([1, 2]))
    np.savez(tmp_path / "lengths.npz", user=np.array([1, 2, 3]), item=np.array([3, 4]))
    for name, content in (("empty", b""), ("cut", whole[: len(whole) // 2]), ("single", single.getvalue()), ("lengths", None)):
        file = tmp_path / f"{name}.npz"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(Unreadable, match=rf"{name}\.npz: "):
            read_interactions(file)


def test_one_pair_counts_once(tmp_path: Path) -> None:
    """Of several rows about the same two the latest stands, with the greatest weight."""
    file = tmp_path / "a.csv"
    file.write_text(f"user,item,timestamp,weight\na,1,{T},3\na,2,{T + 1},1\na,1,{T + 2},1\n")
    found = read_interactions(file).interactions
    assert by_user(found) == {"a": ["2", "1"]}
    assert found.weight.tolist() == [0.5, 1.5]


def test_another_column_may_weigh(tmp_path: Path) -> None:
    """A rating weighs when its owner says so, and a column that is not there is asked for."""
    file = tmp_path / "a.csv"
    file.write_text("user,item,rating\na,1,1\na,2,3\n")
    assert read_interactions(file, weight="rating").interactions.weight.tolist() == [0.5, 1.5]
    with pytest.raises(Unreadable, match="stars"):
        read_interactions(file, weight="stars")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("user,thing\na,1\n", "no column for the item"),
        ("user,item,user\n", "twice"),
        ("a", "no column for the item"),
        ("\n", "is empty"),
    ],
)
def test_what_is_no_table_is_told_apart(tmp_path: Path, text: str, told: str) -> None:
    """A file without what is needed says which column is missing and which there are."""
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(Unreadable, match=told):
        read_interactions(tmp_path / "a.csv")
    with pytest.raises(Unreadable, match="no such file"):
        read_interactions(tmp_path / "b.csv")


def test_no_rows_are_nothing_to_learn_from(tmp_path: Path) -> None:
    """An empty table is told from a missing one."""
    (tmp_path / "a.csv").write_text("user,item\n")
    with pytest.raises(NothingToLearn, match=r"a\.csv: there are no interactions: give at least one row"):
        read_interactions(tmp_path / "a.csv")


def test_what_is_known_of_titles_is_read(tmp_path: Path) -> None:
    """Genres, people, year and plot come together under the title's name, from csv and from RecBole's .item alike."""
    (tmp_path / "a.csv").write_text('item,genres,director,cast,plot,year\nm1,Drama|Crime,Agnès,"Ida, Jo","A beach.",1962\n')
    (tmp_path / "a.item").write_text(
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\nm1\tCléo\t1962\tDrama Crime\n"
    )
    about = read_catalog(tmp_path / "a.csv")["m1"]
    assert (about.genres, about.year, about.text) == (("Drama", "Crime"), 1962, "A beach.")
    assert sorted(about.people) == ["Agnès", "Ida", "Jo"]
    other = read_catalog(tmp_path / "a.item")["m1"]
    assert (other.genres, other.year, other.text) == (("Drama", "Crime"), 1962, "Cléo")
    with pytest.raises(Unreadable, match="header"):
        (tmp_path / "b.csv").write_text("m1,Drama\n")
        read_catalog(tmp_path / "b.csv")
