"""The roll of the exams: which engine sat which, and who stayed away. `make test-engines` prints it and is held to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Roll:
    """`ports` are the engines by port, and for each port there is an exam of its name."""

    ports: Mapping[str, Iterable[str]]
    sat: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)

    def passed(self, test: str) -> None:
        self.sat[_exam_of(test), self._engine_of(test)] += 1

    def lines(self) -> list[str]:
        exams = defaultdict[str, list[str]](list)
        for (exam, engine), times in sorted(self.sat.items()):
            exams[exam].append(f"{engine} {times}")
        return [f"{exam:18} {', '.join(engines)}" for exam, engines in exams.items()]

    def complaints(self) -> list[str]:
        """None when every engine of every port passed questions of that port's exam, and nobody was let off one."""
        away = [
            f"the engine {engine} passed no question of tests/exams/{port}.py: see whether tests/exams/sitters.py names it"
            for port, engines in self.ports.items()
            for engine in engines
            if not self.sat[port, engine]
        ]
        return away + [f"{test} was skipped, and no test of an engine may be" for test in self.skipped]

    def _engine_of(self, test: str) -> str:
        """By its parameter, or else by its name; the rest is for several."""
        engines = {engine for those in self.ports.values() for engine in those}
        name, _, parameters = test.partition("[")
        given = [part for part in parameters.rstrip("]").split("-") if part in engines]
        return next(iter(given + [engine for engine in sorted(engines) if engine in name]), "several")


def _exam_of(test: str) -> str:
    return test.partition("::")[0].rpartition("/")[2].removesuffix(".py")
