"""What all large engines promise when the way to their server is bad, one question for all of them.

The server is a real one; the faults are those of the wire before it (`relay.py`).
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from engines.relay import Relay, relayed
from engines.stores import KINDS, Kind, Store, is_told, served_again

pytestmark = pytest.mark.engines
LONG = bytes(range(256)) * 800
PLACES_TO_CUT = (1, 30, 300, 2000, 100_000)
"""In the greeting, in a statement, in the head of a value, early and late in it."""


@pytest.fixture(params=sorted(name for name, kind in KINDS.items() if kind.relayed))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def relay(kind: Kind) -> Iterator[Relay]:
    with relayed(kind.there) as relay:
        yield relay


@pytest.fixture
async def store(kind: Kind, relay: Relay, tmp_path: Path) -> AsyncIterator[Store]:
    """The one that meets the faults."""
    opened = kind.open(relay.address, tmp_path)
    yield opened
    relay.flow()
    await opened.close()


@pytest.fixture
async def witness(kind: Kind, tmp_path: Path) -> AsyncIterator[Store]:
    """Another process's view of the same words, by a way that has no faults."""
    opened = kind.open(kind.there, tmp_path)
    yield opened
    await opened.close()


def times_left_alone(relay: Relay) -> float:
    return REGISTRY.get_sample_value("matinee_cache_failures_total", {"node": str(relay.address)}) or 0.0


async def test_nobody_there_is_said_at_once_and_by_name(kind: Kind, relay: Relay, store: Store) -> None:
    """Where no server listens, the error says which address, and what to do; the cache's is a miss, which is counted."""
    relay.refuse()
    for words in (await is_told(kind, store.read("film")), await is_told(kind, store.write("film", b"word"))):
        assert (str(relay.address) in words and "see" in words) or times_left_alone(relay) == 1
    relay.flow()
    assert await served_again(kind, store) == b"here"


async def test_a_server_that_hangs_is_given_up_in_time_and_used_when_it_answers(kind: Kind, relay: Relay, store: Store) -> None:
    """Nobody waits longer than was said for a server that says nothing, and nothing that was kept is missing afterwards."""
    await store.write("film", b"before")
    relay.stall()
    for _ in range(2):
        await is_told(kind, store.read("film"))
    await is_told(kind, store.write("other", b"meanwhile"))
    relay.flow()
    assert await served_again(kind, store) == b"here"
    assert await store.read("film") == b"before"


async def test_a_slow_server_is_right(kind: Kind, relay: Relay, store: Store) -> None:
    """Three tenths of a second more for each answer, and every answer is the right one; of the cache it may be a miss."""
    await store.write("film", b"word")
    relay.slow(0.3)
    assert await store.read("film") in kind.may_find(b"word")
    await store.write("other", b"late")
    assert await store.read("other") in kind.may_find(b"late")


@pytest.mark.parametrize("after_bytes", PLACES_TO_CUT)
async def test_a_write_that_is_cut_off_is_done_or_not(
    kind: Kind, relay: Relay, store: Store, witness: Store, after_bytes: int
) -> None:
    """The cable is pulled in the middle of a word: others find the new one or the old one, whole, and saying it again helps."""
    old = b"old" * 50_000 if kind.rewrites else None
    await store.write("warm", b"up")
    if old:
        await store.write("film", old)
    relay.cut_the_question(after_bytes)
    acknowledged = False
    with suppress(*kind.failures):
        await store.write("film", LONG)
        acknowledged = kind.unavailable is not None
    assert await witness.read("film") in ((LONG,) if acknowledged else (LONG, old, None))
    relay.flow()
    await served_again(kind, store)
    await store.write("film", LONG)
    assert await store.read("film") == await witness.read("film") == LONG


@pytest.mark.parametrize("after_bytes", PLACES_TO_CUT)
async def test_an_answer_that_is_cut_off_is_no_answer(kind: Kind, relay: Relay, store: Store, after_bytes: int) -> None:
    """The cable is pulled in the middle of an answer: what comes is the whole word or an error, never its beginning."""
    await store.write("film", LONG)
    relay.cut_the_answer(after_bytes)
    with suppress(*kind.failures):
        assert await store.read("film") in kind.may_find(LONG)
    relay.flow()
    await served_again(kind, store)
    assert await store.read("film") == LONG
