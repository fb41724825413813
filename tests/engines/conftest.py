"""Tests of real servers: where one cannot be asked, its test fails; nothing is skipped in silence, and the roll is called."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.name} was skipped, and a test of a real server never is: {report.longrepr}"
    return report
