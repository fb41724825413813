"""One line of the table: what we measured, beside what it is to be measured against, in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    ours: float
    anchor: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.ours / self.anchor
