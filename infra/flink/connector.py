"""The jar through which Flink reads Kafka; `make flink` fetches it, if it is not there, by `python -m infra.flink.connector`."""

import asyncio
import sys
from pathlib import Path

from infra.jars import fetch_jars, jars_folder
from infra.place import CACHE
from infra.server import EngineError

POM = Path(__file__).with_name("pom.xml")
JARS = jars_folder("flink", POM, CACHE / "jars")


def main() -> int:
    if not JARS.exists():
        try:
            asyncio.run(fetch_jars("flink", POM, JARS))
        except EngineError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
