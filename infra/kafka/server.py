"""Apache Kafka in KRaft mode: one broker from its jars."""

import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from string import Template

from infra.asking import kafka_answers
from infra.commands import run
from infra.ports import LOOPBACK, Address, Ports
from infra.server import Server

HERE = Path(__file__).parent
POM = HERE / "pom.xml"


def kafka(ports: Ports, data: Path, jars: Path) -> Server:
    folder = data / "kafka"
    settings = folder / "server.properties"
    broker = Address(LOOPBACK, ports.kafka.broker)

    def configure() -> None:
        template = Template((HERE / "server.properties").read_text())
        numbers = {"broker": ports.kafka.broker, "controller": ports.kafka.controller}
        settings.write_text(template.substitute(numbers, folder=folder))

    async def format_disk() -> None:
        """Gives the cluster its id, which Kafka wants to find on the disk."""
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = ("java", *_java_flags(jars), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings))
        await run("kafka", tool, folder)

    return Server(
        name="kafka",
        argv=("java", "-Xms256m", "-Xmx1g", *_java_flags(jars), "kafka.Kafka", str(settings)),
        folder=folder,
        listens=(broker, Address(LOOPBACK, ports.kafka.controller)),
        is_well=lambda: kafka_answers(broker),
        configure=configure,
        prepare=format_disk,
    )


def _java_flags(jars: Path) -> tuple[str, ...]:
    return (
        # The short pauses Kafka is tuned for.
        "-XX:+UseG1GC",
        # No file in the system's temporary folder.
        "-XX:+PerfDisableSharedMem",
        f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
        "-cp",
        f"{jars}/*",
    )
