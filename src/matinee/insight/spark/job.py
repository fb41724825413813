"""What Spark is given to do. This file runs in Spark's own Python and needs nothing but pyspark: `spark-submit job.py TASK.json`.

A task is a JSON object: `{"factors": {...}}` or `{"models": {...}}`, as `engine.py` writes it. `job.py -` reads the names of
tasks from its input, a line each, and says each name when that task is done: one session does them all.
"""

import importlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MASTER = "local[2]"
SETTINGS = {
    # Hours and days are UTC's, as in DuckDB.
    "spark.sql.session.timeZone": "UTC",
    # No page for people, and no port beyond this machine's.
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    # Times as everybody else writes them, and not as Impala once did.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.log.level": "ERROR",
}
"""Of a Spark on this machine; a cluster's own come with spark-submit."""


def factors(spark: Any, task: dict[str, Any]) -> None:
    """Implicit ALS of MLlib: `watched` is a parquet file of user, item, worth; `out` becomes one of id and features."""
    recommendation = importlib.import_module("pyspark.ml.recommendation")
    als = recommendation.ALS(
        rank=task["rank"],
        maxIter=task["sweeps"],
        regParam=task["penalty"],
        alpha=task["alpha"],
        seed=task["seed"],
        implicitPrefs=True,
        userCol="user",
        itemCol="item",
        ratingCol="worth",
    )
    als.fit(spark.read.parquet(task["watched"])).itemFactors.write.mode("overwrite").parquet(task["out"])


def models(spark: Any, task: dict[str, Any]) -> None:
    """`tables` are lists of parquet files or names in Spark's catalog, `models` names with their SQL, in an order that works.

    Each result becomes a folder of parquet files in `out`.
    """
    for name, source in task["tables"].items():
        rows = spark.table(source) if isinstance(source, str) else spark.read.option("mergeSchema", "true").parquet(*source)
        rows.createOrReplaceTempView(name)
    for name, sql in task["models"]:
        place = f"{task['out']}/{name}"
        spark.sql(sql).write.mode("overwrite").parquet(place)
        # Whoever reads this model reads what was written, and does not make it again.
        spark.read.parquet(place).createOrReplaceTempView(name)


def main(files: Iterable[str]) -> None:
    spark: Any = None
    try:
        for file in files:
            task = json.loads(Path(file).read_text())
            spark = spark or _session(task.get("local", True))
            for name, work in (("factors", factors), ("models", models)):
                if name in task:
                    work(spark, task[name])
            sys.stdout.write(f"{file}\n")
            sys.stdout.flush()
    finally:
        if spark:
            spark.stop()


def _session(local: bool) -> Any:
    builder = importlib.import_module("pyspark.sql").SparkSession.builder.appName("matinee")
    if local:
        builder = builder.master(MASTER).config(map=SETTINGS)
    return builder.getOrCreate()


if __name__ == "__main__":
    main(sys.argv[1:] if sys.argv[1:] != ["-"] else map(str.strip, sys.stdin))
