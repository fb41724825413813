"""A state directory belongs to one house, one owner and one version of Matinee."""

from pathlib import Path

import pytest

from matinee.topology import LAPTOP, Topology
from matinee.topology_file import Changes, read_topology
from matinee.up.state import CannotStart, held, open_state
from matinee.wiring import HOUSE


def house_in(state: Path) -> Topology:
    return read_topology(LAPTOP, state, tuple(HOUSE), Changes())


def test_a_house_keeps_its_name(tmp_path: Path) -> None:
    """The name that tells its cookies from another house's is given once, and given again if a crash cut it short."""
    first = open_state(house_in(tmp_path / "state")).instance
    assert open_state(house_in(tmp_path / "state")).instance == first
    (tmp_path / "state" / "instance").write_text("")
    assert len(open_state(house_in(tmp_path / "state")).instance) == len(first)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_an_older_state_is_left_alone(tmp_path: Path) -> None:
    """What another version kept is neither used nor changed, and the way out is said."""
    state = tmp_path / "state"
    open_state(house_in(state))
    (state / "version").unlink()
    (state / "identity.db").write_text("accounts of long ago")
    with pytest.raises(CannotStart, match=r"another version of Matinee .*--state a new directory"):
        open_state(house_in(state))
    assert (state / "identity.db").read_text() == "accounts of long ago"


def test_a_folder_with_other_things_is_not_taken(tmp_path: Path) -> None:
    """Nobody's photographs become a state directory."""
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(CannotStart, match="holds other things"):
        open_state(house_in(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["holiday.jpg"]


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """Who comes second is told what the first one is."""
    with held(tmp_path / "lock", "taken by the first"), pytest.raises(CannotStart, match="taken by the first"):
        held(tmp_path / "lock", "taken by the first")
    held(tmp_path / "lock", "free again").close()
