"""What each engine is started with: loopback only, secrets that only their owner can read, all files in one directory."""

import json
import re
from pathlib import Path

from infra.cassandra.server import cassandra
from infra.engines import all_servers
from infra.keys import S3_READER, S3_WRITER, password_file, password_of, s3_keys, write_password, write_s3_identities
from infra.ports import SHIPPED_PORTS, Address, read_ports


def test_all_engines_are_there_and_take_just_the_ports_of_the_file(tmp_path: Path) -> None:
    """No server listens where the file does not say so."""
    servers = all_servers(read_ports(SHIPPED_PORTS), tmp_path)
    assert len({server.name for server in servers}) == 9
    assert sorted(a for server in servers for a in server.listens) == sorted(read_ports(SHIPPED_PORTS).addresses())
    assert all(server.folder.parent == tmp_path for server in servers)


def test_what_kafka_and_cassandra_are_told_names_only_loopback(tmp_path: Path) -> None:
    """The two that are told by a file are told the same addresses, and each Cassandra node its own data centre."""
    servers = {server.name: server for server in all_servers(read_ports(SHIPPED_PORTS), tmp_path)}
    for name, file in (("kafka", "server.properties"), ("cassandra-dc1", "cassandra.yaml"), ("cassandra-dc2", "cassandra.yaml")):
        servers[name].folder.mkdir()
        servers[name].configure()
        told = (servers[name].folder / file).read_text()
        assert "${" not in told
        assert set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", told)) <= {"127.0.0.1", "127.0.0.2"}
    rackdc = "cassandra-rackdc.properties"
    assert [(servers[f"cassandra-{dc}"].folder / rackdc).read_text()[:6] for dc in ("dc1", "dc2")] == ["dc=dc1", "dc=dc2"]


def test_a_fresh_machine_starts_cassandra_with_the_agent_that_maven_will_bring(tmp_path: Path) -> None:
    """What a server is started with does not depend on whether its jars are there yet."""
    for node in cassandra(read_ports(SHIPPED_PORTS), tmp_path, tmp_path / "jars to come"):
        (agent,) = (word for word in node.argv if word.startswith("-javaagent:"))
        assert re.fullmatch(rf"-javaagent:{tmp_path}/jars to come/jamm-\d+\.\d+\.\d+\.jar", agent)


def test_secrets_are_random_kept_and_for_their_owner_only(tmp_path: Path) -> None:
    """No two installations share a password, a restart changes none, and nobody else on the machine can read one."""
    first, second = tmp_path / "first", tmp_path / "second"
    for data in (first, second):
        data.mkdir()
        write_password(data, Address("127.0.0.1", 21432))
        write_s3_identities(data, data / "s3.json")
    assert password_of(first) != password_of(second)
    assert len(password_of(first)) >= 32
    assert s3_keys(first, S3_WRITER) != s3_keys(second, S3_WRITER) != s3_keys(first, S3_READER)
    assert s3_keys(first, S3_WRITER) == s3_keys(first, S3_WRITER)
    for file in (password_file(first), first / "s3.json", first / "keys" / S3_WRITER, first / "keys" / S3_READER):
        assert file.stat().st_mode & 0o777 == 0o600
    may = {each["name"]: each["actions"] for each in json.loads((first / "s3.json").read_text())["identities"]}
    assert may[S3_READER] == ["Read"]
