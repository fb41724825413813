"""The exam of the port `cache`: it may forget, and it never lies."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from exams.sitters import CACHE, sitters_of
from matinee.ports.cache import LARGEST_VALUE_BYTES, LONGEST_TTL_S, Cache

WORDS = some.one_of(some.sampled_from(["", "a", "b", "a b", "é\r\n", "#", "x" * 300]), some.text(max_size=5))
STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("put"), WORDS, some.binary(max_size=50)),
        some.tuples(some.just("forget"), WORDS, some.just(b"")),
        some.tuples(some.just("ask"), WORDS, some.just(b"")),
    ),
    max_size=40,
)


@pytest.fixture(params=sitters_of(CACHE))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def cache(engine: str, tmp_path: Path) -> AsyncIterator[Cache]:
    sitter = CACHE[engine](tmp_path)
    yield sitter
    await sitter.close()


async def test_what_was_put_is_found_by_its_key(cache: Cache) -> None:
    """What was kept a moment ago comes back as it was, and what was not comes not."""
    values = {f"title {number}": bytes([number]) * number for number in range(200)}
    for key, value in values.items():
        await cache.put(key, value, 60)
    assert await cache.get_many([*values, "another", *values]) == values
    assert await cache.get_many([]) == {}


async def test_any_text_is_a_key(cache: Cache) -> None:
    """No key is too long, too short or too strange, and none is taken for another."""
    keys = ["", " ", "\r\n", "a b", "é", "\0", "x" * 200, "x" * 201, "x" * 5000, "#", "a\ud800", "mg a v"]
    for number, key in enumerate(keys):
        await cache.put(key, bytes([number]), 60)
    assert await cache.get_many(keys) == {key: bytes([number]) for number, key in enumerate(keys)}


async def test_any_bytes_are_a_value(cache: Cache) -> None:
    """Nothing, line ends and what looks like an answer of the store come back unharmed."""
    values = {"nothing": b"", "lines": b"\r\nEN\r\n", "answer": b"VA 3\r\nabc\r\n", "all": bytes(range(256))}
    for key, value in values.items():
        await cache.put(key, value, 60)
    assert await cache.get_many(list(values)) == values


async def test_what_is_forgotten_is_gone(cache: Cache) -> None:
    """After a change nobody gets what held before it; and what is made anew is kept."""
    for key in ("a", "b"):
        await cache.put(key, b"old", 60)
    await cache.forget("a")
    await cache.forget("never there")
    assert await cache.get_many(["a", "b"]) == {"b": b"old"}
    await cache.put("a", b"new", 60)
    assert await cache.get_many(["a"]) == {"a": b"new"}


async def test_the_largest_value_is_kept_and_a_larger_one_is_not(cache: Cache) -> None:
    """What is too large is a miss and no error, and hides what was under its key before."""
    await cache.put("largest", b"x" * LARGEST_VALUE_BYTES, 60)
    await cache.put("larger", b"old", 60)
    await cache.put("larger", b"x" * (LARGEST_VALUE_BYTES + 1), 60)
    found = await cache.get_many(["largest", "larger"])
    assert "larger" not in found
    assert found.get("largest", b"x" * LARGEST_VALUE_BYTES) == b"x" * LARGEST_VALUE_BYTES


async def test_nothing_outlives_its_time(cache: Cache) -> None:
    """What may be a second old is not there after two."""
    await cache.put("short", b"1", 1)
    await cache.put("long", b"2", 60)
    await asyncio.sleep(2.1)
    assert await cache.get_many(["short", "long"]) == {"long": b"2"}


@pytest.mark.parametrize("ttl_s", [0, -1, LONGEST_TTL_S + 1])
async def test_a_value_has_an_end(cache: Cache, ttl_s: int) -> None:
    """Nothing is kept without saying for how long, and nothing for more than an hour."""
    with pytest.raises(ValueError, match=str(ttl_s)):
        await cache.put("a", b"1", ttl_s)
    assert await cache.get_many(["a"]) == {}


async def test_many_at_once_get_their_own(cache: Cache) -> None:
    """A hundred who ask at the same time, some of whom hang up, never get each other's answers."""

    async def one(number: int) -> None:
        keys = [f"{number} {each}" for each in range(5)]
        for key in keys:
            await cache.put(key, key.encode() * 100, 60)
        for key, value in (await cache.get_many(keys)).items():
            assert value == key.encode() * 100

    asking = [asyncio.create_task(one(number)) for number in range(100)]
    await asyncio.sleep(0.005)
    for each in asking[::7]:
        each.cancel()
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert [end for end in ends if end is not None and not isinstance(end, asyncio.CancelledError)] == []
    await cache.put("after", b"all", 60)
    assert await cache.get_many(["after"]) == {"after": b"all"}


@pytest.mark.parametrize("name", sitters_of(CACHE))
@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_it_tells_nothing_but_the_last_word(name: str, steps: list[tuple[str, str, bytes]]) -> None:
    """Whatever is put, forgotten and asked for in whatever order: what comes back is what was put last."""

    async def follow() -> None:
        cache, last = CACHE[name](Path(uuid.uuid4().hex)), dict[str, bytes]()
        for what, key, value in steps:
            if what == "put":
                await cache.put(key, value, 60)
                last[key] = value
            elif what == "forget":
                await cache.forget(key)
                last.pop(key, None)
            else:
                found = await cache.get_many([key, *last])
                assert found.items() <= last.items()
        await cache.close()

    asyncio.run(follow())
