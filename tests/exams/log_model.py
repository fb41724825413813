"""The log against the simplest thing it could be: a list, and a number for each group."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from exams.sitters import LARGE, LOG, sitters_of
from matinee.ports.log import Entry, Log, Read, Subscription

TOPICS = st.sampled_from(["films", "plays"])
GROUPS = st.sampled_from(["catalog", "search"])
# One key: only its entries have an order that a list could have.
ENTRIES = st.lists(st.builds(Entry, st.just("фильм 🎬"), st.binary(max_size=40)), max_size=8)


class LogMachine(RuleBasedStateMachine):
    """Any course of appends, polls, commits and restarts agrees with the list."""

    engine: str

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.log: Log = LOG[self.engine](Path(self.folder.name))
        self.appended: dict[str, list[Entry]] = {"films": [], "plays": []}
        self.newcomers = 0
        self.committed: dict[tuple[str, str], int] = {}
        self.readers: dict[tuple[str, str], tuple[Subscription, int, list[Read]]] = {}

    @rule(topic=TOPICS, entries=ENTRIES)
    def append(self, topic: str, entries: list[Entry]) -> None:
        self.runner.run(self.log.append(topic, entries))
        self.appended[topic] += entries

    @rule(topic=TOPICS, group=GROUPS)
    def subscribe(self, topic: str, group: str) -> None:
        subscription = self.runner.run(self.log.subscribe(topic, group))
        self.readers[topic, group] = subscription, self.committed.get((topic, group), 0), []

    @rule(topic=TOPICS, group=GROUPS, most=st.integers(1, 12))
    def poll(self, topic: str, group: str, most: int) -> None:
        if (topic, group) not in self.readers:
            return
        subscription, place, polled = self.readers[topic, group]
        reads = list(self.runner.run(subscription.poll(most, 0)))
        assert [read.entry for read in reads] == self.appended[topic][place : place + len(reads)]
        assert reads or place == len(self.appended[topic])
        self.readers[topic, group] = subscription, place + len(reads), polled + reads

    @rule(topic=TOPICS, group=GROUPS, which=st.integers(0, 20))
    def commit(self, topic: str, group: str, which: int) -> None:
        subscription, place, polled = self.readers.get((topic, group), (None, 0, list[Read]()))
        if subscription is None or not polled:
            return
        chosen = which % len(polled)
        self.runner.run(subscription.commit(polled[chosen]))
        done = place - len(polled) + chosen + 1
        self.committed[topic, group] = max(done, self.committed.get((topic, group), 0))

    @rule()
    def restart(self) -> None:
        self.runner.run(self.log.close())
        self.log = LOG[self.engine](Path(self.folder.name))
        self.readers.clear()

    @rule(topic=TOPICS)
    def a_new_group_reads_it_all(self, topic: str) -> None:
        entries = self.appended[topic]
        self.newcomers += 1
        newcomer = self.runner.run(self.log.subscribe(topic, f"newcomer {self.newcomers}"))
        assert [read.entry for read in self.runner.run(newcomer.poll(len(entries) + 1, 0))] == entries

    def teardown(self) -> None:
        if getattr(self, "log", None) is not None:
            self.runner.run(self.log.close())
            self.runner.close()
            self.folder.cleanup()


@pytest.mark.parametrize("engine", sitters_of(LOG))
def test_the_log_is_a_list(engine: str) -> None:
    """Whatever is done in whatever order, the log remembers what a list would."""
    machine = type("Machine", (LogMachine,), {"engine": engine})
    courses = 6 if engine in LARGE else 60
    asked = settings(max_examples=courses, stateful_step_count=30, deadline=None, database=None)
    run_state_machine_as_test(machine, settings=asked)
