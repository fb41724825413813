"""The lists that all who may see the same share, over many states of a library."""

from collections.abc import Sequence

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest
from matinee.engines.memory_cache import MemoryCache
from matinee.ports.rpc import Call
from matinee.screen.shared_lists import MOST_AT_HAND, Lists
from matinee.screen.shelves import Card
from screen.small_library import Library, film

CALL = Call("test", "test", 1e12)


async def test_what_is_at_hand_is_of_the_library_as_it_is_and_does_not_grow_for_ever() -> None:
    """Of every new state of the library its own titles are told, also of one that was there before."""
    at_hand = dict[str, Sequence[Card]]()
    library, cache, request = Library([]), MemoryCache("memory://"), ListTitlesRequest(audience=Audience(maturity_limit=18))
    for state in [*range(MOST_AT_HAND + 20), 0]:
        library.titles = [film(f"t{state}", "Drama")]
        (cards,) = await Lists(cache, library, f"mark {state}", at_hand).cards([request], CALL)  # pyright: ignore
        assert [card.title_id for card in cards] == [f"t{state}"]
    assert len(at_hand) == MOST_AT_HAND
    assert library.listed == MOST_AT_HAND + 20
