"""How far a move is: a file in the new house, written anew after every step, whole or not at all."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matinee.moving.part import Step
from matinee.up.state import CannotStart

FILE = "journal.json"


@dataclass
class Progress:
    """Of one part. A mark saves work, nothing else: whatever is carried may be carried again."""

    done: int = 0
    mark: Any = None
    ended: bool = False


@dataclass
class Journal:
    """`move` says from where to where; a folder with the journal of another move is refused."""

    folder: Path
    move: Mapping[str, str]
    parts: dict[str, Progress] = field(default_factory=dict[str, Progress])
    verified: bool = False

    def resume(self) -> bool:
        """Reads what is there; whether there was something."""
        file = self.folder / FILE
        if not file.exists():
            return False
        kept = json.loads(file.read_text())
        if kept["move"] != dict(self.move):
            told = ", ".join(
                f"{name} {kept['move'].get(name)}" for name in self.move if kept["move"].get(name) != self.move[name]
            )
            raise CannotStart(f"{self.folder} is half-way through another move ({told}): finish that one, or delete the folder")
        self.parts = {name: Progress(**part) for name, part in kept["parts"].items()}
        self.verified = kept["verified"]
        return True

    def of(self, part: str) -> Progress:
        """Where to go on; a part without a mark begins again."""
        found = self.parts.setdefault(part, Progress())
        if found.mark is None and not found.ended:
            found.done = 0
        return found

    def stepped(self, part: str, step: Step) -> None:
        progress = self.parts[part]
        progress.done, progress.mark = progress.done + step.count, step.mark
        self.save()

    def save(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{FILE}"
        with draft.open("w") as file:
            parts = {name: vars(part) for name, part in self.parts.items()}
            json.dump({"move": dict(self.move), "parts": parts, "verified": self.verified}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / FILE)
