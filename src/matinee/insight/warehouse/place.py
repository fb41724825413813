"""Where a house's warehouse is: its catalog in `sql`'s database, its files where the blobs are.

The files lie in `.warehouse` beside the units, which no unit's name can reach. The catalog is Iceberg's own (the tables of
its JDBC catalog), so that Spark, DuckDB and others find the tables by themselves (docs/warehouse.md).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import CreateSchema

from matinee.contracts.s3_url import BadS3Url, read_s3_keys, read_s3_url

FOLDER = ".warehouse"
CATALOG = "matinee"
PATIENCE_S = 30


class NoWarehouse(ValueError):
    """There is no warehouse to be had there; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """`files` is where tables lie, `told` what Iceberg needs to reach them; `catalog_url` is the topology's for `sql`."""

    catalog_url: str
    files: str
    told: Mapping[str, str] = field(repr=False)


def place_of(catalog_url: str, blobs_url: str) -> Place:
    """From the addresses of the engines. Raises NoWarehouse."""
    if blobs_url.startswith("file:///"):
        return Place(catalog_url, f"file://{Path('/', blobs_url.removeprefix('file:///'), FOLDER)}", {})
    try:
        s3 = read_s3_url(blobs_url)
        access, secret = read_s3_keys(s3.keys)
    except BadS3Url as error:
        raise NoWarehouse(f"[engines] blobs: {error}") from error
    told = {
        "s3.endpoint": s3.endpoint,
        "s3.region": s3.region,
        "s3.access-key-id": access,
        "s3.secret-access-key": secret,
        "s3.connect-timeout": "3.0",
        "s3.request-timeout": "30.0",
    }
    return Place(catalog_url, "/".join(filter(None, ("s3:/", s3.bucket, s3.prefix, FOLDER))), told)


def opened(place: Place) -> SqlCatalog:
    """The catalog; one that is not there yet is laid out."""
    uri = _uri(place.catalog_url)
    if place.files.startswith("file://"):
        Path(place.files.removeprefix("file://")).mkdir(mode=0o700, parents=True, exist_ok=True)
    told: dict[str, str] = {
        **place.told,
        "uri": uri,
        "warehouse": place.files,
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
    }
    try:
        return SqlCatalog(CATALOG, **told)
    except (OperationalError, ProgrammingError):
        # Another may have laid out the catalog's tables in the same instant: then they are there now.
        return SqlCatalog(CATALOG, **told)


def _uri(url: str) -> str:
    """As SQLAlchemy reads it; the file or the schema is there afterwards."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite":
        file = Path("/", path)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        return f"sqlite:///{file}?timeout={PATIENCE_S}"
    given = sa.make_url(url)
    schema = str(given.query["schema"])
    ours = given.difference_update_query(["schema"]).set(drivername=f"{given.drivername}+psycopg")
    engine = sa.create_engine(ours)
    with engine.begin() as db:
        db.execute(CreateSchema(schema, if_not_exists=True))
    engine.dispose()
    return ours.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


def filesystem(catalog: Any, files: str) -> tuple[Any, str]:
    """The pyarrow filesystem of that address, and the path in it."""
    io = catalog._load_file_io(location=files)  # pyright: ignore[reportPrivateUsage] # the only door to the keys it was given
    scheme, netloc, path = io.parse_location(files)
    return io.fs_by_scheme(scheme, netloc), path
