"""Apache Cassandra 5: two nodes in two data centres, from its jars."""

import asyncio
from pathlib import Path
from string import Template

from infra.asking import cassandra_answers, cassandra_sees_another
from infra.jars import jar_of
from infra.ports import Address, Ports
from infra.server import EngineError, Server

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
MEET_WITHIN_S = 60.0


def cassandra(ports: Ports, data: Path, jars: Path) -> list[Server]:
    hosts = {"dc1": ports.cassandra.dc1, "dc2": ports.cassandra.dc2}
    return [_node(dc, token, hosts, ports, data, jars) for token, dc in enumerate(hosts)]


async def meet(ports: Ports) -> None:
    """Returns when each node sees the other: until then a row written in one data centre may take its time to the other."""
    nodes = [Address(host, ports.cassandra.native) for host in (ports.cassandra.dc1, ports.cassandra.dc2)]
    try:
        async with asyncio.timeout(MEET_WITHIN_S):
            while not all([await cassandra_sees_another(node) for node in nodes]):  # noqa: ASYNC110 # the nodes tell nobody
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise EngineError(
            f"the two Cassandra nodes answer and do not see each other after {MEET_WITHIN_S:.0f} s. "
            "Type: make engines-down, then make engines"
        ) from None


def _node(dc: str, token: int, hosts: dict[str, str], ports: Ports, data: Path, jars: Path) -> Server:
    folder = data / f"cassandra-{dc}"
    native = Address(hosts[dc], ports.cassandra.native)

    def configure() -> None:
        numbers = {"native": ports.cassandra.native, "storage": ports.cassandra.storage, "token": token}
        template = Template((HERE / "cassandra.yaml").read_text())
        (folder / "cassandra.yaml").write_text(template.substitute(numbers, host=hosts[dc], seeds=",".join(hosts.values())))
        (folder / "cassandra-rackdc.properties").write_text(f"dc={dc}\nrack=rack1\n")

    return Server(
        name=f"cassandra-{dc}",
        argv=("java", *_java_flags(folder, jars), "org.apache.cassandra.service.CassandraDaemon"),
        folder=folder,
        listens=(native, Address(hosts[dc], ports.cassandra.storage)),
        is_well=lambda: cassandra_answers(native),
        configure=configure,
    )


def _java_flags(folder: Path, jars: Path) -> tuple[str, ...]:
    return (
        # Cassandra locks its heap into memory, all that it has taken so far: it begins small.
        "-Xms512m",
        "-Xmx1g",
        "-XX:+UseG1GC",
        # No file in the system's temporary folder.
        "-XX:+PerfDisableSharedMem",
        # Cassandra measures its objects by this agent and does not start without it.
        f"-javaagent:{jars / jar_of(POM, 'jamm')}",
        f"@{HERE / 'jvm17.args'}",
        "-Djdk.attach.allowAttachSelf=true",
        # Netty's direct buffers are freed at once rather than by the collector.
        "-Dio.netty.tryReflectionSetAccessible=true",
        f"-Dcassandra.config=file://{folder / 'cassandra.yaml'}",
        f"-Dcassandra.storagedir={folder}",
        f"-Dcassandra.logdir={folder}",
        f"-Dlogback.configurationFile={HERE / 'logback.xml'}",
        # It must not detach itself: we know it by the process we started.
        "-Dcassandra-foreground=yes",
        # The default waits of 30 s and 8 s for the news to spread are for a ring of hundreds; this one is two on one machine.
        "-Dcassandra.ring_delay_ms=500",
        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
        # It follows from the ring's delay, and would be a second: a new node that is silent for half of it, as on a busy machine,
        # is struck off with its place among the seeds, and the two never meet. This is what the default delay would make it.
        "-Dcassandra.gossip_quarantine_delay_ms=60000",
        "-cp",
        # The folder comes first: the data centre's name is looked for on the class path.
        f"{folder}:{jars}/*",
    )
