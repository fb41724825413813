"""Reads the tables that Flink wrote into a folder, as far as its checkpoints cover them."""

import json
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from matinee.insight.streams.job import Job

UNFINISHED = ("_", ".")
"""How the names of files begin that no checkpoint covers yet."""


def tables_in(folder: Path, job: Job) -> Mapping[str, Mapping[str, Any]]:
    """Rows by table and key. Of two lines about a row the one with more changes holds."""
    newest = dict[tuple[str, str], tuple[int, str]]()
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.startswith(UNFINISHED):
            for line in file.read_text().splitlines():
                table, key, changes, row = json.loads(line)
                newest[table, key] = max(newest.get((table, key), (0, "")), (changes, row))
    decoders = {name: msgspec.msgpack.Decoder(table.value) for name, table in job.tables.items()}
    return {
        name: {key: decoders[name].decode(b64decode(row)) for (table, key), (_, row) in newest.items() if table == name}
        for name in job.tables
    }
