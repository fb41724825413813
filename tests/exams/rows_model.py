"""The exam of the port `rows`, against a model: dictionaries that know nothing but the promise."""

import asyncio
import itertools
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.sitters import ROWS, sitters_of
from matinee.ports.rows import MOST_ROWS, Rows

FRESH = itertools.count()
KEYS = ("a", "b", "é")

PUTS = st.tuples(
    st.just("put"),
    st.sampled_from(KEYS),
    st.integers(0, 5),
    st.dictionaries(st.sampled_from("xy"), st.binary(max_size=2), min_size=1),
)
DROPS = st.tuples(st.sampled_from(["drop", "drop all"]), st.sampled_from(KEYS), st.integers(0, 5), st.just(dict[str, bytes]()))
Act = tuple[str, str, int, dict[str, bytes]]


class Model:
    """One partition: the greatest (time, bytes) of each cell, and the latest drop of each row and of all."""

    def __init__(self) -> None:
        self._cells = dict[tuple[str, str], tuple[int, bytes]]()
        self._drops = dict[str, int]()

    def do(self, act: Act) -> None:
        what, key, at_ms, cells = act
        if what == "put":
            for name, value in cells.items():
                self._cells[key, name] = max((at_ms, value), self._cells.get((key, name), (-1, b"")))
        else:
            place = key if what == "drop" else ""
            self._drops[place] = max(at_ms, self._drops.get(place, -1))

    def held(self) -> dict[str, dict[str, bytes]]:
        seen = dict[str, dict[str, bytes]]()
        for (key, name), (at_ms, value) in sorted(self._cells.items()):
            if at_ms > max(self._drops.get(key, -1), self._drops.get("", -1)):
                seen.setdefault(key, {})[name] = value
        return seen


async def do(rows: Rows, partition: str, act: Act) -> None:
    what, key, at_ms, cells = act
    if what == "put":
        await rows.put("lists", partition, key, cells, at_ms)
    elif what == "drop":
        await rows.drop("lists", partition, key, at_ms)
    else:
        await rows.drop_partition("lists", partition, at_ms)


async def held(rows: Rows, partition: str, limit: int = MOST_ROWS) -> dict[str, Mapping[str, bytes]]:
    read, after = dict[str, Mapping[str, bytes]](), ""
    while page := await rows.page("lists", partition, limit, after):
        read |= {row.key: dict(row.cells) for row in page}
        after = page[-1].key
    return read


@pytest.mark.parametrize("engine", sitters_of(ROWS))
@given(acts=st.lists(PUTS | DROPS, max_size=12), limit=st.integers(1, 3), dice=st.randoms())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_is_what_is_seen(engine: str, tmp_path: Path, acts: list[Act], limit: int, dice: Random) -> None:
    """Put, dropped, put again, in any order and twice: after every step all see what the promise says, by page and by name."""

    async def play() -> None:
        rows, model = ROWS[engine](tmp_path), Model()
        there, elsewhere = (f"{next(FRESH)}" for _ in range(2))
        for act in acts:
            await do(rows, there, act)
            model.do(act)
            assert await held(rows, there, limit) == model.held()
            named = await rows.get("lists", there, KEYS)
            assert {key: dict(row.cells) for key, row in named.items()} == model.held()
        again = acts + acts[:3]
        dice.shuffle(again)
        await asyncio.gather(*(do(rows, elsewhere, act) for act in again))
        assert await held(rows, elsewhere) == model.held()
        await rows.close()

    asyncio.run(play())
