"""What the tests of apps share."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oauth.stage import Stage, furnish, open_stage


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To make tables and find large primes takes a while, once."""
    folder = tmp_path_factory.mktemp("apps")
    asyncio.run(furnish(folder))
    return folder


@pytest.fixture
async def stage(tmp_path: Path, furnished: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, furnished) as stage:
        yield stage
