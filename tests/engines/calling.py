"""Calls the roll in a run that asks all engines all questions: a plugin, for a conftest hears of the tests beside it only."""

import pytest

from engines.roll import Roll
from exams.sitters import PORTS

WHOLE = "(engines or exam) and not flink and not alone"
"""What is picked when all are asked, as by `make test-engines`; who picks others knows what is left out."""
ALONE = "engines and alone"
"""What is picked after that: nothing of it is an exam, and nothing of it may be skipped either."""


class RollCall:
    """Where tests are run by several workers it is called by the one that hears of all."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self._roll.skipped.append(report.nodeid)
        elif report.passed and report.when == "call":
            self._roll.passed(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._roll.complaints() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("engines by exam: questions passed")
        for line in (*self._roll.lines(), f"{len(self._roll.skipped)} skipped"):
            terminalreporter.write_line(line)
        for line in self._roll.complaints():
            terminalreporter.write_line(f"ERROR: {line}", red=True)


def roll_for(config: pytest.Config) -> Roll | None:
    """The one to be called, by the process that hears of all that is picked; none where a part of it is."""
    words = config.option
    from_testpaths = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not from_testpaths or words.keyword or hasattr(config, "workerinput"):
        return None
    return {WHOLE: Roll(PORTS), ALONE: Roll({})}.get(words.markexpr)
