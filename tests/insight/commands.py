"""`matinee insight`: the warehouse from the command line, and what it says when something is wrong."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from insight.stage import append
from matinee.__main__ import app
from matinee.insight.warehouse.retention import ROWS
from matinee.insight.warehouse.room import BUSY
from matinee.topology import LAPTOP, encode_topology
from matinee.topology_file import Changes, read_topology
from matinee.wiring import HOUSE
from recorded import recorded
from running import wait_until

TOLD = recorded(seed=21, views=30)


def insight(*words: object) -> None:
    app(["insight", *map(str, words)], result_action="return_value")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house that was opened once, with a recorded hour on its log, and its warehouse loaded."""
    state = tmp_path_factory.mktemp("house") / ".state"
    (state / "run").mkdir(parents=True)
    house = read_topology(LAPTOP, state, tuple(HOUSE), Changes())
    (state / "run" / "house.json").write_bytes(encode_topology(house))
    asyncio.run(append(state, TOLD))
    insight("load", "--state", state)
    return state


def test_facts_are_loaded_and_listed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What there is to ask: tables with their rows, models with what a line of them is."""
    insight("tables", "--state", state)
    told = capsys.readouterr().out
    assert f"ledger {len(TOLD.once().ledger)}" in " ".join(told.split())
    assert "One line for each watching of one title" in told
    assert oct((state / "warehouse.db").stat().st_mode & 0o777) == "0o600"
    assert oct((state / "blobs" / ".warehouse").stat().st_mode & 0o777) == "0o700"


def test_loading_and_filling_again_change_nothing(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A backfill reads the whole log and says that nothing was missing."""
    insight("backfill", "--state", state)
    assert f"ledger: {len(TOLD.ledger):,} read, 0 new" in capsys.readouterr().err


def test_questions_are_answered_in_the_form_one_likes(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table for people, csv and json for programs, and files."""
    question = "SELECT count(*) AS views, 'a,b' AS word FROM views"
    insight("query", question, "--state", state)
    shown = capsys.readouterr().out.split()
    insight("query", question, "--state", state, "--format", "csv")
    heading, line = capsys.readouterr().out.splitlines()
    insight("query", question, "--state", state, "--format", "json")
    views = json.loads(capsys.readouterr().out)["views"]
    assert (heading, line) == ('"views","word"' if heading.startswith('"') else "views,word", f'{views},"a,b"')
    assert shown == ["views", "word", str(views), "a,b"]
    insight("query", "SELECT 'a' || chr(27) || '[31m[b]' AS word", "--state", state)
    assert capsys.readouterr().out.split() == ["word", r"a\x1b[31m[b]"], "a word steers no terminal"
    insight("query", question, "--state", state, "--out", tmp_path / "found.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "found.parquet").to_pylist() == [{"views": views, "word": "a,b"}]


def test_no_cell_of_a_csv_runs_in_a_spreadsheet(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An apostrophe stands before what begins like a formula, whatever a film is called; ids and numbers stay as they are."""
    words = ("=1+1", " @SUM(A1)", "+49", "-2+3", "＝1", "-aB_9", "a=1", "")
    values = ", ".join(f"('{each}', -1.5, NULL)" for each in words)
    question = f"SELECT * FROM (VALUES {values}) AS t(name, number, nothing)"
    insight("query", question, "--state", state, "--format", "csv")
    _, *told = csv.reader(io.StringIO(capsys.readouterr().out))
    assert [each[0] for each in told] == ["'=1+1", "' @SUM(A1)", "'+49", "'-2+3", "'＝1", "-aB_9", "a=1", ""]
    assert {each[1] for each in told} == {"-1.5"}
    insight("query", question, "--state", state, "--out", tmp_path / "found.csv")
    assert "'=1+1" in (tmp_path / "found.csv").read_text()


def test_tables_and_models_are_exported(state: Path, tmp_path: Path) -> None:
    """Every model in a file of its own, or those one names."""
    insight("export", "--state", state, "--out", tmp_path / "all")
    assert {"views.parquet", "interactions.parquet"} <= {each.name for each in (tmp_path / "all").iterdir()}
    insight("export", "ledger", "views", "--state", state, "--out", tmp_path / "some", "--format", "json")
    assert sorted(each.name for each in (tmp_path / "some").iterdir()) == ["ledger.json", "views.json"]
    lines = (tmp_path / "some" / "ledger.json").read_text().splitlines()
    assert len(lines) == len(TOLD.once().ledger)
    assert json.loads(lines[0])["kind"] == "watched"


ENDLESS = """
import sys, pyarrow
from pathlib import Path
from matinee.insight.warehouse.writing import write
rows = pyarrow.record_batch({"n": list(range(10_000))})
def for_ever():
    while True:
        yield rows
write(Path(sys.argv[1]), "csv", pyarrow.RecordBatchReader.from_batches(rows.schema, for_ever()))
"""


def test_a_file_is_written_whole_or_not_at_all(state: Path, tmp_path: Path) -> None:
    """Killed in the midst of it, the file is what it was; the next one is whole, and takes away what was left of the last."""
    file = tmp_path / "views.csv"
    file.write_text("as it was")
    writer = subprocess.Popen([sys.executable, "-c", ENDLESS, str(file)])
    wait_until(lambda: any(each.stat().st_size for each in tmp_path.glob(".views.csv.*")), 60, "it writes")
    writer.kill()
    writer.wait()
    assert file.read_text() == "as it was"
    assert len(list(tmp_path.iterdir())) == 2
    insight("export", "views", "--state", state, "--out", tmp_path, "--format", "csv")
    assert len(file.read_text().splitlines()) > 20
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_question_puts_aside_lies_in_the_house(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is too large for the memory goes into a folder that nobody else reads, not where somebody stands; so much, no more."""
    names = ("temp_directory", "max_temp_directory_size", "memory_limit")
    asked = ", ".join(f"current_setting('{name}') AS {name}" for name in names)
    insight("query", f"SELECT {asked}", "--state", state, "--format", "json")
    found = json.loads(capsys.readouterr().out)
    aside = state / "run" / "aside"
    assert found == {"temp_directory": str(aside), "max_temp_directory_size": "9.3 GiB", "memory_limit": "953.6 MiB"}
    assert aside.stat().st_mode & 0o777 == 0o700


def test_tableau_is_given_an_extract(state: Path, tmp_path: Path) -> None:
    """The .hyper file is read back by Tableau's own library, row for row, and nothing else is left lying about."""
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    before = set(Path.cwd().iterdir())
    insight("export", "top_titles_by_week", "sessions", "--state", state, "--out", tmp_path, "--format", "hyper")
    parameters = {"log_dir": str(tmp_path)}
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters=parameters) as hyper:
        with Connection(hyper.endpoint, str(tmp_path / "sessions.hyper")) as found:
            assert found.execute_scalar_query('SELECT count(*) FROM "Extract"."Extract"') == 30
        with Connection(hyper.endpoint, str(tmp_path / "top_titles_by_week.hyper")) as found:
            rows = found.execute_list_query('SELECT "week", "profiles", "hours" FROM "Extract"."Extract" WHERE "place" = 1')
            assert rows and all(profiles >= 1 and hours > 0 for _, profiles, hours in rows)
    assert set(Path.cwd().iterdir()) == before


def test_tableau_is_given_every_kind_of_value(state: Path, tmp_path: Path) -> None:
    """What Tableau has no word for is written as text, and large numbers stay large."""
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    odd = (
        "SELECT TIME '12:30:00' AS a, INTERVAL 1 DAY AS b, 1.5::DECIMAL(5, 2) AS c, 4000000000::UINTEGER AS d,"
        " 18446744073709551615::UBIGINT AS e, 'x'::BLOB AS f, [1, 2] AS g, NULL AS h"
    )
    insight("query", odd, "--state", state, "--out", tmp_path / "odd.hyper")
    parameters = {"log_dir": str(tmp_path)}
    with (
        HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters=parameters) as hyper,
        Connection(hyper.endpoint, str(tmp_path / "odd.hyper")) as found,
    ):
        ((at, _, half, many, most, _, both, nothing),) = found.execute_list_query('SELECT * FROM "Extract"."Extract"')
    assert (at, half, many, both, nothing) == ("12:30:00", 1.5, 4_000_000_000, "[1, 2]", None)
    assert most == float(2**64)


def test_a_model_is_told_as_it_was_made(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To the operator's page: who comes back, a line for each month and each month after it; nothing of a house without facts."""
    insight("made", "retention_by_month", "--house", state / "run" / "house.json")
    (line,) = ROWS.decode_lines(capsys.readouterr().out)
    watched = [each for each in TOLD.once().ledger if each.HasField("watched")]
    told = {each.profile_id for each in watched}
    assert (line.months_later, line.active, line.profiles) == (0, len(told), len(told))
    assert line.cohort.isoformat() == f"{datetime.fromtimestamp(watched[0].at_ms / 1000, UTC):%Y-%m}-01"
    empty = read_topology(LAPTOP, tmp_path / ".state", tuple(HOUSE), Changes())
    (tmp_path / "house.json").write_bytes(encode_topology(empty))
    insight("made", "retention_by_month", "--house", tmp_path / "house.json")
    assert capsys.readouterr().out == ""


def test_a_models_sql_is_printed_for_another_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """As Spark reads it."""
    insight("sql", "egress_by_rung", "--dialect", "spark")
    assert "EXPLODE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["query", "SELECT * FROM nothing"], "nothing"),
        (["query", "DELETE FROM ledger"], "one SELECT"),
        (["query", "SELECT 1 AS one", "--out", "found.doc"], "ends in one of"),
        (["query", "SELECT 1 AS one", "--out", "no/found.csv"], "there is no folder"),
        (["query", "SELECT 1 AS one", "--format", "parquet"], "--out FILE"),
        (["export", "nothing", "--out", "here"], "nothing"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    words: list[str], told: str, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback: what, where, and what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        insight(*words, "--state", state)
    assert str(ended.value.code).startswith("matinee: ")
    assert told in str(ended.value.code)


def test_who_has_no_house_is_told_so(tmp_path: Path) -> None:
    """And how to open one."""
    with pytest.raises(SystemExit, match="matinee up"):
        insight("tables", "--state", tmp_path)


def test_one_loads_at_a_time(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second loading in one state directory says that the first is at it, and that is all that is wrong."""
    import fcntl

    with (state / "run" / "warehouse.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SystemExit) as ended:
            insight("load", "--state", state)
    assert ended.value.code == BUSY
    assert "just now" in capsys.readouterr().err
    assert os.access(state / "run" / "warehouse.lock", os.R_OK)
