"""Boxes for the tests: one that all readers share, and fresh ones for those who break theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.s3 import on_s3
from edge.stage import KEYS, NewBox, StagedBox, put_films


@pytest.fixture(scope="session", params=["folder", pytest.param("s3", marks=pytest.mark.engines)])
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedBox]:
    """Serving, with both keys, the same films from a folder and from S3; for tests that only read."""
    home = tmp_path_factory.mktemp("edge")
    films = put_films(home / "blobs")
    staged = StagedBox(home / "box", films, s3=on_s3(films) if request.param == "s3" else None)
    staged.start()
    staged.hold(KEYS)
    yield staged
    staged.stop()


@pytest.fixture
def new_box(tmp_path: Path) -> Iterator[NewBox]:
    """Makes boxes that have not been started; stops them in the end."""
    made: list[StagedBox] = []

    def make(name: str = "box", blobs: str = "blobs", origin_also: str = "", cache_bytes: int = 50_000_000) -> StagedBox:
        made.append(StagedBox(tmp_path / name, put_films(tmp_path / blobs), origin_also, cache_bytes))
        return made[-1]

    yield make
    for staged in made:
        staged.stop()
