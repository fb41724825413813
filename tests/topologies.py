"""A topology file is checked whole before anything starts; a typo dies with its line."""

from pathlib import Path

import pytest

from matinee.topology import LAPTOP, BadTopology, Changes, Topology, decode_topology, encode_topology, read_topology
from matinee.wiring import CACHING, HOUSE, MANY, furnish

SERVICES = tuple(HOUSE)


def read(text: str, folder: Path, changes: Changes | None = None) -> Topology:
    file = folder / "house.toml"
    file.write_text(text)
    return read_topology(file, folder / "state", SERVICES, changes or Changes())


def test_the_laptop_runs_every_service_once(tmp_path: Path) -> None:
    """In the topology that comes with Matinee no service is forgotten and none runs twice."""
    topology = read(LAPTOP.read_text(), tmp_path)
    placed = [service for process in topology.processes for service in process.services]
    assert sorted(placed) == sorted(SERVICES)
    assert topology.door.host == "127.0.0.1"


def test_the_pipeline_may_run_in_several_processes_and_nothing_else(tmp_path: Path) -> None:
    """Two workers share the studio's work; two catalogs would each believe they were the only one."""
    file = tmp_path / "two.toml"
    file.write_text(LAPTOP.read_text() + '\n[process.worker-2]\nservices = ["pipeline"]\n')
    topology = read_topology(file, tmp_path / "state", SERVICES, Changes(), MANY)
    assert [process.name for process in topology.processes if process.services == ("pipeline",)] == ["worker", "worker-2"]
    file.write_text(LAPTOP.read_text() + '\n[process.other]\nservices = ["catalog"]\n[process.third]\nservices = ["catalog"]\n')
    with pytest.raises(BadTopology, match="placed twice"):
        read_topology(file, tmp_path / "state", SERVICES, Changes(), MANY)


def test_a_cache_in_memory_is_for_one_process(tmp_path: Path) -> None:
    """Two processes that cannot tell each other what to forget are refused; with a cache they share they may start."""
    file, two = tmp_path / "two.toml", '\n[process.other]\nservices = ["home"]\n[process.third]\nservices = ["home"]\n'
    file.write_text(LAPTOP.read_text() + two)
    with pytest.raises(BadTopology, match=r"two\.toml:\d+: cache = .* is for one process, and the processes other, third"):
        read_topology(file, tmp_path / "state", SERVICES, Changes(), ("home",), CACHING)
    shared = "memcached://a=127.0.0.1:11211"
    file.write_text(LAPTOP.read_text().replace("memory://", shared, 1) + two)
    assert read_topology(file, tmp_path / "state", SERVICES, Changes(), ("home",), CACHING).engines.cache == shared


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    """--port moves the door and its boxes together."""
    topology = read(LAPTOP.read_text(), tmp_path, Changes(host="0.0.0.0", port=9000))
    assert (topology.door.host, topology.door.port, topology.boxes[0].port) == ("0.0.0.0", 9000, 9001)


def test_children_read_what_the_supervisor_wrote(tmp_path: Path) -> None:
    """The resolved topology comes back from its file unchanged."""
    topology = read(LAPTOP.read_text(), tmp_path)
    assert decode_topology(encode_topology(topology)) == topology


@pytest.mark.parametrize(
    ("old", "new", "line_of", "complaint"),
    [
        ("[engines]", "[engines]\nsqll = 'x'", "sqll = 'x'", "no key 'sqll'"),
        ("[door]", "[dor]", "[dor]", "no key 'dor'"),
        ("port = 8080 ", "port = 'high' ", "port = 'high'", "whole number from 1 to 65535"),
        ('services = ["pipeline"]', 'services = ["pipelin"]', '"pipelin"]', "no service 'pipelin'"),
        ('services = ["pipeline"]', 'services = ["pipeline", "*"]', '"pipeline", "*"', "placed twice"),
        ('services = ["*"]', 'services = ["door"]', "[process", "no process runs identity"),
        ("port_offset = 1 ", "port_offset = 0 ", "port_offset = 0", "from 1 to 1000"),
        ('public = "" ', 'public = "films.example.org" ', 'public = "films', "give an address as"),
        ('public = "" ', 'public = "https://films.example.org/a" ', 'public = "https', "give an address as"),
        ("trusted_hops = 0 ", "trusted_hops = -1 ", "trusted_hops = -1", "from 0 to 10"),
        ('rungs = "all"', 'rungs = "some"', 'rungs = "some"', '"all" or "first"'),
        ("[box.a]", "[box.A]", "[box.A]", "lower-case"),
        ("screens = 2 ", "screens = 0 ", "screens = 0", "from 1 to 1000"),
        ('country = ""', 'country = "Germany"', 'country = "Germany"', "two capital letters"),
        ('documents = "trusted"', 'documents = "none"', 'documents = "none"', '"trusted" or "any"'),
    ],
)
def test_a_typo_dies_with_its_line(tmp_path: Path, old: str, new: str, line_of: str, complaint: str) -> None:
    """Each mistake is refused before anything starts, with the file, the line and what would be right."""
    text = LAPTOP.read_text().replace(old, new, 1)
    assert text != LAPTOP.read_text()
    with pytest.raises(BadTopology) as refused:
        read(text, tmp_path)
    told = str(refused.value)
    assert complaint in told
    line = int(told.removeprefix(f"{tmp_path / 'house.toml'}:").split(":")[0])
    assert line_of in text.splitlines()[line - 1]


def test_what_is_no_topology_is_refused_in_words(tmp_path: Path) -> None:
    """A missing file and a file that is not TOML are told apart."""
    with pytest.raises(BadTopology, match="cannot be read"):
        read_topology(tmp_path / "nowhere.toml", tmp_path, SERVICES, Changes())
    with pytest.raises(BadTopology, match="not TOML"):
        read("[door", tmp_path)


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    """An engine nobody has is refused with those that there are."""
    topology = read(LAPTOP.read_text().replace('log = "sqlite:', 'log = "kafka:'), tmp_path)
    with pytest.raises(BadTopology, match="known are sqlite"):
        furnish(topology, "front")
