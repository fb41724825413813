"""The roll notices who stays away."""

from engines.calling import ALONE, WHOLE
from engines.roll import Roll
from exams.sitters import PORTS as SITTERS
from matinee.topology import REPOSITORY
from matinee.wiring import ENGINES

PORTS = {"rows": ("sqlite", "cassandra"), "cache": ("memcached",)}


def test_an_engine_that_sat_no_exam_is_named() -> None:
    """A new engine that nobody examines, or one whose only question failed, is not taken for a good one."""
    roll = Roll(PORTS)
    roll.passed("tests/exams/rows.py::test_it_keeps[sqlite]")
    roll.passed("tests/exams/rows_model.py::test_it_keeps[cassandra]")
    roll.passed("tests/exams/cache.py::test_it_forgets[memcached-3]")
    assert [line.split()[2] for line in roll.complaints()] == ["cassandra"]


def test_every_question_is_counted_for_its_exam_and_its_engine() -> None:
    """Whose question it was is seen by its parameter, or by its name."""
    roll = Roll(PORTS)
    for test in ("rows.py::test_a[sqlite]", "rows.py::test_b[1-sqlite]", "rows.py::test_a[cassandra]"):
        roll.passed(f"tests/exams/{test}")
    roll.passed("tests/engines/answers.py::test_each_memcached_answers")
    roll.passed("tests/engines/answers.py::test_all_answer")
    assert [line.split() for line in roll.lines()] == [
        ["answers", "memcached", "1,", "several", "1"],
        ["rows", "cassandra", "1,", "sqlite", "2"],
    ]


def test_whatever_a_topology_may_name_is_examined() -> None:
    """No engine can be chosen that sits no exam."""
    assert {port: len(set(engines.values())) for port, engines in ENGINES.items()} == {
        port: len(SITTERS[port]) for port in ENGINES
    }


def test_what_was_skipped_is_a_complaint() -> None:
    """Nobody is let off a question in silence."""
    roll = Roll({}, skipped=["tests/exams/rows.py::test_it_keeps[cassandra]"])
    assert len(roll.complaints()) == 1


def test_the_roll_is_called_by_make_test_engines() -> None:
    """It asks for just what the roll takes for all questions; otherwise nobody would be missed."""
    makefile = (REPOSITORY / "Makefile").read_text()
    assert f'-m "{WHOLE}" ' in makefile
    assert f'-m "{ALONE}" ' in makefile
