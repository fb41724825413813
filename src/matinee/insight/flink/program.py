"""What Flink is given to do: `python -m matinee.insight.flink.program TASK.json`, in a Python that has pyflink.

A task is a JSON object as `engine.py` writes it:

    {"jobs": [{"job": "watching", "out": FOLDER, "file": FILE}, {"job": "playing", "out": FOLDER, "kafka": {…}}],
     "jars": [FILE], "code": [FILE], "local": true}

The job objects are those that the small runner runs. Lines of FILE are facts in base64. What comes out are lines, too, one each
time a row changes: `[table, key, changes, row]`, the row as msgpack in base64; of two lines about a row the one with more changes
holds.
"""

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from matinee.insight.streams.fact import Fact
from matinee.insight.streams.job import Job
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.reading import read
from matinee.insight.streams.watching import WATCHING

JOBS: Mapping[str, Job] = {job.name: job for job in (WATCHING, PLAYING)}
SETTINGS = {
    # A restart is part of the work: it goes on from the last checkpoint, as often as that takes.
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "100",
    "restart-strategy.fixed-delay.delay": "200 ms",
    # What waits in Python for company waits this long at most.
    "python.fn-execution.bundle.time": "200",
    "rest.bind-address": "127.0.0.1",
    "rest.address": "127.0.0.1",
    "taskmanager.host": "127.0.0.1",
    "jobmanager.rpc.address": "127.0.0.1",
}
"""Of a Flink on this machine; a cluster has its own."""

CHECKPOINT_MS = 1_000
PARALLEL = 2


def main(file: str) -> None:
    task = json.loads(Path(file).read_text())
    datastream: Any = import_module("pyflink.datastream")
    env = datastream.StreamExecutionEnvironment.get_execution_environment(_settings(task))
    if task.get("local", True):
        env.set_parallelism(PARALLEL)
        env.enable_checkpointing(CHECKPOINT_MS)
    if task["jars"]:
        env.add_jars(*(Path(jar).as_uri() for jar in task["jars"]))
    for code in task["code"]:
        env.add_python_file(code)
    for wish in task["jobs"]:
        _lay(env, JOBS[wish["job"]], wish)
    env.execute("matinee " + " ".join(wish["job"] for wish in task["jobs"]))


def _settings(task: Mapping[str, Any]) -> Any:
    configuration: Any = import_module("pyflink.common").Configuration()
    if task.get("local", True):
        for name, value in {**SETTINGS, "python.executable": sys.executable, "python.client.executable": sys.executable}.items():
            configuration.set_string(name, value)
    return configuration


def _lay(env: Any, job: Job, wish: Mapping[str, Any]) -> None:
    """The stream of one job, from where its facts lie to where its tables go."""
    from matinee.insight.flink.steps import Merging, Stepping

    text = import_module("pyflink.common").Types.STRING()
    (
        _facts(env, job, wish)
        .key_by(job.key, key_type=text)
        .process(Stepping(job))
        .key_by(_row, key_type=text)
        .process(Merging(job))
        .map(_line, output_type=text)
        .sink_to(_files(wish["out"]))
    )


def _facts(env: Any, job: Job, wish: Mapping[str, Any]) -> Any:
    if "file" in wish:
        # One reader: facts of a key stay in their order.
        return _source(env, _recorded(wish["file"]), job).set_parallelism(1).flat_map(_told).set_parallelism(1)
    return _source(env, _kafka(wish["kafka"]), job).flat_map(_heard)


def _source(env: Any, source: Any, job: Job) -> Any:
    """Without watermarks: whether a fact is late its own stamps say."""
    watermarks: Any = import_module("pyflink.common").WatermarkStrategy
    return env.from_source(source, watermarks.no_watermarks(), job.topic)


def _recorded(file: str) -> Any:
    files: Any = import_module("pyflink.datastream.connectors.file_system")
    return files.FileSource.for_record_stream_format(files.StreamFormat.text_line_format(), file).build()


def _kafka(wish: Mapping[str, Any]) -> Any:
    """`servers`, `topic` and `group` by their names in Kafka; with `ends` what stands on the topic now, and no more."""
    kafka: Any = import_module("pyflink.datastream.connectors.kafka")
    serialization: Any = import_module("pyflink.common.serialization")
    offsets = kafka.KafkaOffsetsInitializer
    builder = (
        kafka.KafkaSource.builder()
        .set_bootstrap_servers(wish["servers"])
        .set_topics(wish["topic"])
        .set_group_id(wish["group"])
        # From the log's start; a job that is restored goes on from its own checkpoint.
        .set_starting_offsets(offsets.earliest())
        .set_value_only_deserializer(serialization.ByteArraySchema())
    )
    if wish.get("ends"):
        # It says nothing of how far it came: the house would keep for a group that never comes back.
        builder = builder.set_bounded(offsets.latest()).set_property("commit.offsets.on.checkpoint", "false")
    return builder.build()


def _files(folder: str) -> Any:
    files: Any = import_module("pyflink.datastream.connectors.file_system")
    serialization: Any = import_module("pyflink.common.serialization")
    sink = files.FileSink.for_row_format(folder, serialization.Encoder.simple_string_encoder())
    return (
        sink.with_bucket_assigner(files.BucketAssigner.base_path_bucket_assigner())
        # What a checkpoint covers can be read.
        .with_rolling_policy(files.RollingPolicy.on_checkpoint_rolling_policy())
        .build()
    )


def _told(line: str) -> list[Fact]:
    return _heard(b64decode(line))


def _heard(value: bytes) -> list[Fact]:
    fact = read(bytes(value))
    return [] if fact is None else [fact]


def _row(change: tuple[str, str, bytes]) -> str:
    return f"{change[0]} {change[1]}"


def _line(standing: tuple[str, str, int, bytes]) -> str:
    table, key, changes, row = standing
    return json.dumps([table, key, changes, b64encode(row).decode()])


if __name__ == "__main__":
    main(sys.argv[1])
