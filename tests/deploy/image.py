"""The image and the compose file, as far as they can be looked at without Docker."""

import json
import re
import subprocess
from pathlib import Path
from typing import cast

import pytest
import yaml
from compose_spec import PyCompose

from matinee.contracts.s3_url import read_s3_keys
from matinee.topology import REPOSITORY
from matinee.topology_file import Changes, read_topology
from matinee.up.kubernetes import workers_of
from matinee.wiring import CACHING, HOUSE, MANY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
COMPOSE = (REPOSITORY / "deploy" / "compose.yaml").read_text()


def composed() -> dict[str, dict[str, dict[str, object]]]:
    """As Compose reads it where the library is in /srv/films."""
    return yaml.safe_load(re.sub(r"\$\{MATINEE_LIBRARY[^}]*\}", "/srv/films", COMPOSE))


def instructions(name: str) -> list[str]:
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


def copied() -> set[str]:
    """What comes from the repository, and not from another stage."""
    found = [line.split() for line in instructions("COPY") if "--from=" not in line]
    return {word for words in found for word in [each for each in words if not each.startswith("--")][:-1]}


def test_what_the_image_copies_is_in_the_repository() -> None:
    """Everything copied is tracked, and nothing is copied that was made on the builder's machine."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    for path in copied():
        assert any(file == path or file.startswith(f"{path}/") for file in listed), path


def test_the_ignore_file_lets_in_what_is_copied_and_no_more() -> None:
    """A state directory, a film or a key cannot get into a layer: all is shut out, and what is copied let in by name."""
    lines = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    assert {path if path in let_in else path.split("/")[0] for path in copied()} == let_in
    assert {"**/.state", "web/node_modules"} <= set(lines)


def test_the_image_is_made_as_make_makes_it() -> None:
    """Who builds the image gets what `make setup` gives, by the same commands."""
    makefile = (REPOSITORY / "Makefile").read_text()
    for command in ("npm ci --no-audit --no-fund --loglevel=error", "npm run build --silent", "contracts/generate.py"):
        assert command in DOCKERFILE
        assert command in makefile
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "requirements-region.lock" in makefile


def test_every_base_has_a_version_and_the_last_word_is_a_user_without_rights() -> None:
    """The image is the same next year as far as tags can promise, and does not run as root."""
    bases = [line.split()[0] for line in instructions("FROM")]
    assert all(re.fullmatch(r"[a-z]+:\d+\.\d+[\w.-]*", base) for base in bases), bases
    assert instructions("USER") == ["10001:10001"]
    assert instructions("ENTRYPOINT") == ['["tini", "--", "/opt/matinee/deploy/start"]']


def test_compose_takes_the_file() -> None:
    """A parser that knows the compose specification reads the whole file, and refuses a misspelt word in it."""
    file = composed()
    PyCompose.from_json(json.dumps(file)).validate()
    file["services"]["house"]["helthcheck"] = {}
    with pytest.raises(ValueError, match="helthcheck"):
        PyCompose.from_json(json.dumps(file)).validate()


def test_compose_publishes_on_this_machine_only() -> None:
    """Nobody else in the café can open the house, and the engines not even you."""
    published = {name: each["ports"] for name, each in composed()["services"].items() if "ports" in each}
    assert list(published) == ["house"]
    assert all(port.startswith("127.0.0.1:") for port in cast("list[str]", published["house"]))


def test_compose_runs_the_region() -> None:
    """Every worker of the topology has its container, the house leaves them alone, and every engine's host is a service."""
    services = composed()["services"]
    text = (REPOSITORY / "deploy" / "region.toml").read_text()
    topology = read_topology(REPOSITORY / "deploy" / "region.toml", Path("/state"), tuple(HOUSE), Changes(), MANY, CACHING)
    workers = [each.name for each in workers_of(topology)]
    command = cast("list[str]", services["house"]["command"])
    assert [command[at + 1] for at, word in enumerate(command) if word == "--without"] == workers
    assert set(workers) <= services.keys()
    hosts = set(re.findall(r"(?:@|//|=)([a-z0-9-]+):\d+", text.partition("[process")[0]))
    assert hosts == services.keys() - {"house", *workers}


def test_compose_waits_for_engines_that_are_well() -> None:
    """Every service has a health check, the house by the image's own; nothing of ours starts before its engines answer."""
    services = composed()["services"]
    ours = {name for name, each in services.items() if each["image"] == "matinee:0.3.0"}
    assert {name for name, each in services.items() if "healthcheck" not in each} == {"house"}
    assert instructions("HEALTHCHECK")
    for name in ours:
        waits = services[name]["depends_on"]
        assert waits == {engine: {"condition": "service_healthy"} for engine in services.keys() - ours}
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert all(re.search(r":v?\d", str(each["image"])) for each in services.values())


def test_keys_are_made_once_and_never_twice(tmp_path: Path) -> None:
    """The script makes what compose reads, in a folder only its owner opens, and a second run keeps the first one's keys."""
    script, folder = REPOSITORY / "deploy" / "secrets", tmp_path / "keys"
    subprocess.run(["sh", str(script), str(folder)], check=True, capture_output=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert {str(each["file"]).removeprefix(".secrets/") for each in composed()["secrets"].values()} == made.keys()
    assert made["postgres"].strip().split(":")[-1] == made["postgres-password"]
    identities = json.loads(made["s3-identities"])["identities"]
    for identity, file in zip(identities, ("s3", "s3-reader"), strict=True):
        (folder / file).chmod(0o600)
        pair = identity["credentials"][0]
        assert read_s3_keys(folder / file) == (pair["accessKey"], pair["secretKey"])
    assert identities[0]["credentials"] != identities[1]["credentials"]
    assert identities[1]["actions"] == ["Read"], "a box may do nothing else"
    subprocess.run(["sh", str(script), str(folder)], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
