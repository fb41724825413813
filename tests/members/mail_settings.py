"""[mail] of a topology: checked before anything starts, and told with its line."""

from pathlib import Path

import pytest

from matinee.members.smtp_way import SmtpWay, smtp_way
from matinee.topology import LAPTOP, BadTopology, Mail, Topology, decode_topology, encode_topology
from matinee.topology_file import Changes, read_topology
from matinee.wiring import HOUSE

FROM = 'from = "Matinee <films@example.org>"'


def read(folder: Path, smtp: str, sender: str = FROM, keys: str = "") -> Topology:
    text = LAPTOP.read_text().replace('smtp = ""', f'smtp = "{smtp}"').replace('from = ""', sender)
    file = folder / "house.toml"
    file.write_text(text.replace('cache = "memory://"', f'cache = "memory://"\n{keys}'))
    return read_topology(file, folder / "state", tuple(HOUSE), Changes())


def test_letters_leave_by_the_server_that_the_topology_names(tmp_path: Path) -> None:
    """The address of the mail server and the file of its login reach the processes; without them letters are kept."""
    (tmp_path / "smtp").write_text("films\nsecret\n")
    keys = f'keys = "{tmp_path}"'
    mail = decode_topology(
        encode_topology(read(tmp_path, "smtp://m.example.org:587?tls=start&login={keys}/smtp", keys=keys))
    ).mail
    assert smtp_way(mail.smtp) == SmtpWay("m.example.org", 587, "start", str(tmp_path / "smtp"))
    assert mail.sender == "Matinee <films@example.org>"
    assert smtp_way(read(tmp_path, "").mail.smtp) is None


def test_a_topology_without_the_table_keeps_letters(tmp_path: Path) -> None:
    """A file from before there were letters goes on working."""
    file = tmp_path / "old.toml"
    before, _, after = LAPTOP.read_text().partition("[mail]")
    file.write_text(before + after[after.index("[studio]") :])
    assert read_topology(file, tmp_path / "state", tuple(HOUSE), Changes()).mail == Mail()


@pytest.mark.parametrize(
    ("smtp", "sender", "why"),
    [
        ("mail.example.org", FROM, "write it as smtp://"),
        ("smtp://mail.example.org", FROM, "write it as smtp://"),
        ("smtp://mail.example.org:99999?tls=start", FROM, "write it as smtp://"),
        ("smtp://name:password@mail.example.org:587?tls=start", FROM, "write it as smtp://"),
        ("smtp://mail.example.org:587", FROM, "say tls=start"),
        ("smtp://mail.example.org:25?tls=none", FROM, "would travel where others read them"),
        ("smtp://mail.example.org:587?tls=start&pasword=x", FROM, "'pasword' is not known"),
        ("smtp://mail.example.org:587?tls=start&login=/no/such/file", FROM, "which is no file: make it"),
        ("smtp://mail.example.org:587?tls=start&login={keys}/smtp", FROM, "asks for {keys}"),
        ("smtp://mail.example.org:587?tls=start", 'from = ""', "give an address"),
        ("", 'from = "nobody"', "give an address"),
        ("", 'from = "A <a@example.org>, B <b@example.org>"', "give an address"),
        ("", 'from = "A\\r\\nBcc: <a@example.org>"', "give an address"),
    ],
)
def test_a_wrong_word_about_mail_is_told_with_its_line(tmp_path: Path, smtp: str, sender: str, why: str) -> None:
    """Nobody finds out by missing letters that the address of the mail server was mistyped."""
    with pytest.raises(BadTopology) as refused:
        read(tmp_path, smtp, sender)
    assert why in str(refused.value)
    line = int(str(refused.value).removeprefix(f"{tmp_path / 'house.toml'}:").split(":")[0])
    assert (tmp_path / "house.toml").read_text().splitlines()[line - 1].startswith(("smtp", "from"))
