"""Large immutable things, in units.

A name is `<kind>/<unit>/<path>`; its first two parts are a unit (`films/<edition>`, `art/<art id>`). The promise: a unit
appears whole or not at all and is never rewritten: `put_tree` of a unit that exists changes nothing and is no error, so
it may be repeated after any failure. `NoSuchBlob`: no such name. `BlobsUnavailable`: the store did not answer.
"""

from pathlib import Path
from typing import Protocol

from matinee.ports.unavailable import Unavailable


class NoSuchBlob(Exception):
    """No blob has that name; the text is the name."""


class BadBlobName(ValueError):
    """The name is not `<kind>/<unit>[/<path>]` of plain parts; the text says what is wrong."""


class BlobsUnavailable(Unavailable):
    """The store did not answer; the text says which and why."""


class Blobs(Protocol):
    async def has(self, unit: str) -> bool: ...

    async def put_tree(self, unit: str, tree: Path) -> None:
        """Copies every file below the folder `tree` into the unit."""
        ...

    async def read(self, name: str, first: int = 0, last: int | None = None) -> bytes:
        """The bytes from `first` to `last`, both included, cut at the end as HTTP does."""
        ...

    async def delete(self, unit: str) -> None:
        """The unit is gone, all of it at once for whoever looks by name; one that is not there is no error.

        Whoever put it must know that nobody will ask for it: a read under way may fail."""
        ...

    async def names(self, unit: str) -> list[str]:
        """The full names in a unit, sorted; empty when there is no such unit."""
        ...

    async def units(self) -> list[str]:
        """Every unit there is, sorted. It looks through the whole store: for whoever carries a house elsewhere."""
        ...
