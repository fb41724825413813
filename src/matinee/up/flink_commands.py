"""`matinee insight flink`: a job of the streams on a Flink of this machine."""

import sys
from pathlib import Path

from rich.console import Console

from matinee.up.insight_commands import insight

__all__ = ["insight"]
said = Console(stderr=True, highlight=False, soft_wrap=True)


@insight.command
def flink(
    job: str, *, out: Path, facts: Path | None = None, servers: str = "", topic: str = "", jars: Path | None = None
) -> None:
    """Make a job's tables by Apache Flink, of recorded facts or of what stands on a topic of Kafka now (`docs/streams.md`).

    Parameters
    ----------
    job
        watching or playing.
    out
        A folder, new or empty; a line is written for each change of a row.
    facts
        A file of facts as they stand on the log, one a line in base64.
    servers
        Kafka's, as HOST:PORT, several with commas.
    topic
        Its name in Kafka.
    jars
        The folder with the jar through which Flink reads Kafka.
    """
    from matinee.insight.flink.engine import NoFlink, Task, Topic
    from matinee.insight.flink.engine import flink as machine
    from matinee.insight.flink.program import JOBS
    from matinee.insight.flink.tables import tables_in

    if job not in JOBS:
        sys.exit(f"matinee: there is no job {job}: there are {', '.join(JOBS)}")
    _refuse_what_cannot_run(facts, bool(servers and topic), out)
    try:
        machine(jars).run([Task(JOBS[job], facts or Topic(servers, topic, f"{topic}/flink.{job}", ends=True), out)])
    except NoFlink as error:
        sys.exit(f"matinee: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    for name, rows in tables_in(out, JOBS[job]).items():
        said.print(f"{name}: {len(rows):,} rows", markup=False)


def _refuse_what_cannot_run(facts: Path | None, from_kafka: bool, out: Path) -> None:
    if bool(facts) == from_kafka:
        sys.exit("matinee: give --facts FILE, or --servers HOST:PORT and --topic NAME")
    if facts and not facts.is_file():
        sys.exit(f"matinee: there is no file {facts}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        sys.exit(f"matinee: {out} holds something already: name a new folder")
