"""The house that lives in a state directory, for commands given beside it."""

import sys
from pathlib import Path

from matinee.topology import Topology, decode_topology


def opened_house(state: Path) -> Topology:
    """As it was last opened; where none ever was, that is the end of the command."""
    file = state.resolve() / "run" / "house.json"
    if not file.exists():
        sys.exit(f"matinee: no house has been opened in {state}: type `matinee up --state {state}`, or give the right --state")
    return decode_topology(file.read_bytes())
