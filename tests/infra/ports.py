"""The ports of the engines come from one file, and a file that would do harm is refused."""

from pathlib import Path

import pytest

from infra.ports import SHIPPED_PORTS, Address, WrongPortsError, read_ports


def changed(folder: Path, old: str, new: str) -> Path:
    text = SHIPPED_PORTS.read_text()
    assert old in text
    file = folder / "ports.toml"
    file.write_text(text.replace(old, new))
    return file


def test_all_engines_listen_on_loopback_each_at_an_address_of_its_own() -> None:
    """What runs on my machine for tests cannot be reached from another."""
    addresses = read_ports(SHIPPED_PORTS).addresses()
    assert len(addresses) == len(set(addresses)) == 19
    assert all(address.host.startswith("127.") for address in addresses)
    assert Address("127.0.0.2", 21042) in addresses


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('dc2 = "127.0.0.2"', 'dc2 = "0.0.0.0"', "0.0.0.0:21042 is not loopback"),
        ("broker = 21092", "broker = 21432", "127.0.0.1:21432 is given twice"),
        ("broker = 21092", "broker = 31333", "127.0.0.1:31333 is given twice"),
        ("s3 = 21333", "s3 = 60000", "127.0.0.1:70000 is no port"),
        ("broker = 21092", "brokre = 21092", "brokre"),
        ("broker = 21092", "broker = 'near'", "broker"),
        ("broker = 21092", "broker 21092", "ports.toml"),
    ],
)
def test_a_ports_file_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A slip in the file is told before anything is started."""
    with pytest.raises(WrongPortsError, match=says):
        read_ports(changed(tmp_path, old, new))
