"""The jars of an engine, fetched by Maven once for each state of its pom, and what the system itself has to have."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from infra.commands import run
from infra.server import EngineError

FETCHED_WITHIN_S = 600.0
JAVA = 17
PROGRAMS = {"java": "openjdk-17-jre-headless", "mvn": "maven", "memcached": "memcached"}


def jars_folder(name: str, pom: Path, cache: Path) -> Path:
    """Where the jars of just this pom lie, or will."""
    return cache / f"{name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"


def jar_of(pom: Path, artifact: str) -> str:
    """The name of the jar of something that the pom asks for, also before it is there."""
    found = re.search(rf"<artifactId>{artifact}</artifactId>\s*<version>([^<]+)</version>", pom.read_text())
    if found is None:
        raise EngineError(f"{pom} does not ask for {artifact}")
    return f"{artifact}-{found[1]}.jar"


async def fetch_jars(name: str, pom: Path, folder: Path) -> None:
    """All of them are there afterwards, or none."""
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    # Quiet and without colours, for a log; only what is needed to run, not to compile or test.
    maven = ("mvn", "-q", "-B", "-f", str(pom))
    copy = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={new}")
    try:
        await run(name, maven + copy, new, within_s=FETCHED_WITHIN_S)
    except EngineError as error:
        raise EngineError(f"{error}\nIs Maven Central, or the mirror your Maven settings name, within reach?") from None
    new.rename(folder)


def check_programs() -> None:
    """What the system has to have. Cassandra 5 runs on Java 11 or 17 and dies on anything newer; Kafka 4 wants 17 at least."""
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            raise EngineError(f"{program} is not installed; type: apt-get install -y {package}")
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) != JAVA:
        said = next(iter(told.splitlines()), "silent")
        raise EngineError(f"Java {JAVA} is needed, and `java` is {said}: put Java {JAVA} first on the PATH")
