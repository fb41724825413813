"""A topology file is checked whole before anything starts; a typo dies with its line."""

import re
from pathlib import Path

import pytest

from matinee.edge.origin import S3Origin
from matinee.settings import origin_of
from matinee.topology import LAPTOP, REPOSITORY, BadTopology, Topology, decode_topology, encode_topology
from matinee.topology_file import Changes, read_topology
from matinee.wiring import CACHING, HOUSE, MANY, asked_from_outside, check_engines, furnish

SERVICES = tuple(HOUSE)
ONE_REGION = REPOSITORY / "topology" / "one-region.toml"


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


def test_services_run_in_as_many_processes_as_one_likes(tmp_path: Path) -> None:
    """Two workers by two names, or three fronts by a count: each is a process of its own, with a name of its own."""
    file = tmp_path / "many.toml"
    text = LAPTOP.read_text().replace("memory://", "memcached://a=127.0.0.1:11211", 1)
    agents = '\n[process.edge]\nservices = ["box"]\n[process.worker-2]\nservices = ["pipeline"]\n'
    file.write_text(text.replace('services = ["*"]', 'services = ["*"]\ncount = 3') + agents)
    topology = read_topology(file, tmp_path / "state", SERVICES, Changes(), MANY, CACHING)
    assert [process.name for process in topology.processes] == ["front-1", "front-2", "front-3", "worker", "edge", "worker-2"]
    assert all("catalog" in process.services for process in topology.processes[:3])


@pytest.mark.parametrize(
    ("old", "new", "line_of", "complaint"),
    [
        ('services = ["*"]', 'services = ["*"]\ncount = 2', "count = 2", "'box' is placed 2 times and may run once: move it"),
        ('services = ["*"]', 'services = ["*"]\ncount = 0', "count = 0", "from 1 to 64"),
        ('["pipeline"]', '["pipeline", "box"]\n[process.b]\nservices = ["box"]', "services = ", "'box' is placed twice"),
        (
            '["pipeline"]',
            '["pipeline"]\ncount = 2\n[process.worker-1]\nservices = ["pipeline"]',
            "[process.worker-1]",
            "there are two processes 'worker-1'",
        ),
    ],
)
def test_what_may_run_once_runs_once(tmp_path: Path, old: str, new: str, line_of: str, complaint: str) -> None:
    """A box has one agent, and no two processes one name: who plans otherwise is told the line and the way out."""
    file, text = tmp_path / "many.toml", LAPTOP.read_text().replace("memory://", "memcached://a=127.0.0.1:11211", 1)
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(BadTopology) as refused:
        read_topology(file, tmp_path / "state", SERVICES, Changes(), MANY, CACHING)
    told = str(refused.value)
    assert complaint in told
    line = int(told.removeprefix(f"{file}:").split(":")[0])
    assert line_of in file.read_text().splitlines()[line - 1]


def test_the_region_runs_two_of_what_may_die(tmp_path: Path) -> None:
    """In the region that comes with Matinee every service but the boxes' agents runs twice, and finds the engines' passwords."""
    topology = read_topology(ONE_REGION, tmp_path / "state", SERVICES, Changes(), MANY, CACHING)
    times = {service: sum(service in process.services for process in topology.processes) for service in SERVICES}
    assert times == {service: 1 if service == "box" else 2 for service in SERVICES}
    keys = REPOSITORY / ".cache" / "engines" / "data" / "keys"
    assert topology.engine_url("sql", "identity").endswith(f"?schema=identity&passfile={keys}/postgres")


def test_passwords_are_looked_for_where_the_topology_says(tmp_path: Path) -> None:
    """An address that wants the folder of the passwords is refused until the topology names one."""
    file = tmp_path / "keyless.toml"
    file.write_text(re.sub("^keys = .*$", "", ONE_REGION.read_text(), flags=re.MULTILINE))
    with pytest.raises(BadTopology, match=r"keyless\.toml:\d+: \[engines\] sql asks for \{keys\}: say keys ="):
        read_topology(file, tmp_path / "state", SERVICES, Changes(), MANY, CACHING)


def test_a_service_is_asked_where_it_runs(tmp_path: Path) -> None:
    """A process that runs a service itself asks nobody else for it; steering is told by the agents wherever it runs."""
    topology = read_topology(ONE_REGION, tmp_path / "state", SERVICES, Changes(), MANY, CACHING)
    asked = {process.name: asked_from_outside(topology, process) for process in topology.processes}
    assert asked == {"front-1": ["steering"], "front-2": ["steering"], "worker-1": [], "worker-2": [], "edge": []}


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


def test_who_takes_money_may_be_said_on_the_command_line(tmp_path: Path) -> None:
    """A house asks for none by itself; --billing till is play money, and a provider that nobody knows is refused."""
    assert read(LAPTOP.read_text(), tmp_path).billing.provider == "none"
    assert read(LAPTOP.read_text(), tmp_path, Changes(billing="till")).billing.provider == "till"
    with pytest.raises(BadTopology, match="--billing"):
        read(LAPTOP.read_text(), tmp_path, Changes(billing="bank"))


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
        ('provider = "none"', 'provider = "bank"', 'provider = "bank"', "say one of none, till, stripe"),
        ('provider = "none"', 'provider = "stripe"', 'provider = "stripe"', "say where its secrets are"),
        ('currency = "EUR"', 'currency = "SEK"', 'currency = "SEK"', "say one of EUR"),
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
    topology = read(LAPTOP.read_text().replace('log = "sqlite:', 'log = "pigeons:'), tmp_path)
    with pytest.raises(BadTopology, match="known are sqlite"):
        furnish(topology, "front")


@pytest.mark.parametrize(
    ("port", "url", "way_out"),
    [
        ("sql", "postgresql://matinee@db:five/matinee?schema={service}", "write postgresql://USER@HOST:PORT/DATABASE"),
        ("sql", "postgresql://matinee@db/matinee?schem={service}", "end it in ?schema=NAME"),
        ("rows", "cassandra://db:9042/matinee", "not cassandra://HOST[,HOST…][:PORT]/KEYSPACE?dc="),
        ("rows", "cassandra://db:high/matinee?dc=dc1", "not cassandra://HOST[,HOST…][:PORT]/KEYSPACE?dc="),
        ("rows", "cassandra://me:secret@db/matinee?dc=dc1", "write both into a file"),
        ("rows", "cassandra://[db/matinee?dc=dc1", "Invalid IPv6 URL"),
        ("log", "kafka://db", "write kafka://HOST:PORT"),
        ("log", "kafka://db:9092?prefx=a", "write kafka://HOST:PORT"),
        ("blobs", "s3://films", "write s3://BUCKET?endpoint=URL"),
        ("blobs", "s3://films?endpoint=s3.example.org&keys=/nowhere", "write http://HOST:PORT or https://HOST"),
        ("blobs", "s3://films?endpoint=https://s3.example.org&keys=/nowhere", "there is no file /nowhere"),
        ("cache", "memcached://db:11211", "say memcached://ZONE=HOST:PORT"),
        ("cache", "memcached://a=db:11211?near=b", "there is no zone 'b'"),
        ("cache", "redis://db:6379", "known are memory://…, memcached://…"),
    ],
)
def test_a_wrong_address_of_an_engine_is_refused_in_words(tmp_path: Path, port: str, url: str, way_out: str) -> None:
    """Who mistypes where an engine is, is told which one, what was written and how it is written, before anything starts."""
    text = re.sub(f"^{port} = .*$", f'{port} = "{url}"', LAPTOP.read_text(), flags=re.MULTILINE)
    with pytest.raises(BadTopology, match=rf"^\[engines\] {port}\b") as refused:
        check_engines(read(text, tmp_path))
    assert way_out in str(refused.value)
    assert url.replace("{service}", "jobs") in str(refused.value) or "nowhere" in url or "secret" in url


def test_what_comes_with_matinee_is_addressed_rightly(tmp_path: Path) -> None:
    """The laptop's and the region's engines are found fit, and looking at their addresses asks none of them."""
    check_engines(read(LAPTOP.read_text(), tmp_path))
    (tmp_path / "keys").mkdir()
    for name in ("s3-writer", "s3-reader"):
        (tmp_path / "keys" / name).write_text("[default]\naws_access_key_id = me\naws_secret_access_key = secret\n")
        (tmp_path / "keys" / name).chmod(0o600)
    (tmp_path / "region.toml").write_text(re.sub("^keys = .*$", 'keys = "keys"', ONE_REGION.read_text(), flags=re.MULTILINE))
    check_engines(read_topology(tmp_path / "region.toml", tmp_path / "state", SERVICES, Changes(), MANY, CACHING))
    assert not (tmp_path / "state").exists()


def test_boxes_read_from_s3_with_a_key_of_their_own(tmp_path: Path) -> None:
    """Films on S3 need a second key, which boxes hold: without one, or with one that will not do, the house does not open."""
    reader = tmp_path / "reader"

    def origin(s3: str = "s3://films/house?endpoint=https://s3.example.org&keys={state}/writer", more: str = "") -> object:
        return origin_of(read(LAPTOP.read_text().replace("file:///{state}/blobs", f"{s3}{more}"), tmp_path))

    with pytest.raises(BadTopology, match="add &reader_keys=FILE, with a key that may only read"):
        origin()
    with pytest.raises(BadTopology, match=f"there is no file {reader}"):
        origin(more=f"&reader_keys={reader}")
    reader.write_text("[default]\naws_access_key_id = me\naws_secret_access_key = secret\n")
    with pytest.raises(BadTopology, match=f"chmod 600 {reader}"):
        origin(more=f"&reader_keys={reader}")
    reader.chmod(0o600)
    asked = origin(more=f"&reader_keys={reader}")
    assert isinstance(asked, S3Origin)
    assert (asked.server, asked.place, asked.keys) == ("s3.example.org:443", "/films/house", reader)
    with pytest.raises(BadTopology, match="and no path behind it"):
        origin("s3://films?endpoint=https://s3.example.org/here&keys=/writer", f"&reader_keys={reader}")
    with pytest.raises(BadTopology, match="prefix 'films/two words': boxes sign letters"):
        origin("s3://films/two words?endpoint=https://s3.example.org&keys=/writer", f"&reader_keys={reader}")
    with pytest.raises(BadTopology, match=r"file:///… or s3://… only"):
        origin("gs://films")
    for text in ("no section", "[default]\naws_access_key_id = me\n", "[default]\nsecret words of mine\n"):
        reader.write_text(text)
        with pytest.raises(BadTopology, match="write it as AWS credentials") as refused:
            origin(more=f"&reader_keys={reader}")
        assert "secret words" not in str(refused.value)
