"""`matinee recs models`, `bless`, `rollback`, `try` and `trial`: what an operator sees and does at the machine."""

import asyncio
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from matinee.__main__ import app
from matinee.insight import registry
from matinee.insight.recommend_migrations import MIGRATIONS
from matinee.topology import LAPTOP, encode_topology
from matinee.topology_file import Changes, read_topology
from matinee.wiring import HOUSE, store
from recommend.trials import GOOD


def recs(*words: object) -> None:
    app(["recs", *map(str, words)], result_action="return_value")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A house that was opened, with three models; the third is worse than it may be."""
    topology = read_topology(LAPTOP, tmp_path, tuple(HOUSE), Changes())
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "house.json").write_bytes(encode_topology(topology))

    async def fill() -> None:
        sql: Any = store(topology, "sql", "recommend")
        await sql.install(MIGRATIONS)
        for number in range(3):
            figures = replace(GOOD, high=-0.01) if number == 2 else GOOD
            told = {"figures": asdict(figures), "facts": {"interactions": 1234}, "metrics": {"ndcg@10": {"mean": 0.1234}}}
            model_id = await sql.transact(lambda db: registry.take_version(db, "blend", 1_700_000_000_000))
            await sql.transact(lambda db, one=model_id, told=told: registry.made(db, one, told, 1))
        await sql.close()

    asyncio.run(fill())
    return tmp_path


def test_an_operator_blesses_goes_back_and_tries(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says what it did, and the list shows it; what was done stands in the book of acts."""
    recs("bless", "blend-1", "--state", state)
    recs("bless", "blend-2", "--state", state)
    recs("rollback", "--state", state)
    assert "blend-1 is live again" in capsys.readouterr().out
    recs("models", "--state", state)
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in listed[1:]] == [["blend-3", "candidate"], ["blend-2", "retired"], ["blend-1", "live"]]
    assert "0.1234" in listed[1] and "1,234 views" in listed[1]
    recs("try", "blend-3", "--as", "ab", "--share", "0.2", "--state", state)
    recs("trial", "--state", state)
    told = capsys.readouterr().out
    assert "blend-3" in told and "undecided" in told and "20%" in told
    recs("trial", "--end", "--state", state)
    assert "has ended" in capsys.readouterr().out
    assert (state / "audit.db").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bless", "blend-3"), "ranks worse than blend-1"),
        (("bless", "blend-9"), "there is no model blend-9"),
        (("rollback",), "no model to go back to"),
        (("try", "blend-2"), "no model is live"),
        (("try", "blend-2", "--share", "1.5"), "--share"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(state: Path, words: tuple[str, ...], told: str) -> None:
    """What is wrong and what to do, without a traceback; nothing has changed."""
    with pytest.raises(SystemExit) as refused:
        recs(*words, "--state", state)
    assert told in str(refused.value)
