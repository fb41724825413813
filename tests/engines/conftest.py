"""Tests of real servers: where one cannot be asked, its test fails; nothing is skipped in silence, and the roll is called."""

from collections.abc import Generator

import pytest

from engines.roll import Roll
from exams.sitters import PORTS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.name} was skipped, and a test of a real server never is: {report.longrepr}"
    return report


class RollCall:
    """A plugin, for a conftest hears of the tests beside it only."""

    def __init__(self, config: pytest.Config) -> None:
        self._roll = Roll(PORTS)
        # All that concerns engines was asked for, as by `make test-engines`; who picks tests knows what is left out.
        marked = config.option.markexpr == "engines or exam"
        self._is_whole = marked and config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self._roll.skipped.append(report.nodeid)
        elif report.passed and report.when == "call":
            self._roll.passed(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._is_whole and self._roll.complaints() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._is_whole:
            terminalreporter.section("engines by exam: questions passed")
            for line in (*self._roll.lines(), f"{len(self._roll.skipped)} skipped"):
                terminalreporter.write_line(line)
            for line in self._roll.complaints():
                terminalreporter.write_line(f"ERROR: {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(RollCall(config))
