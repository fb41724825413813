"""The lists that all who may see the same share, over many states of a library."""

from collections.abc import Sequence

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest, MarkRequest
from matinee.engines.memory_cache import MemoryCache
from matinee.ports.rpc import Call
from matinee.screen.shared_lists import MOST_AT_HAND, Lists
from matinee.screen.shelves import Card
from screen.small_library import Library, film

CALL = Call("test", "test", 1e12)
ADULTS = Audience(maturity_limit=18)
ALL = ListTitlesRequest(audience=ADULTS)


async def test_what_is_at_hand_is_of_the_library_as_it_is_and_does_not_grow_for_ever() -> None:
    """Of every new state of the library its own titles are told, also of one that was there before."""
    at_hand = dict[str, Sequence[Card]]()
    library, cache = Library([]), MemoryCache("memory://")
    for state in [*range(MOST_AT_HAND + 20), 0]:
        library.titles = [film(f"t{state}", "Drama")]
        mark = (await library.mark(MarkRequest(audience=ADULTS), CALL)).mark
        (cards,) = await Lists(cache, library, mark, at_hand).cards([ALL], CALL)  # pyright: ignore
        assert [card.title_id for card in cards] == [f"t{state}"]
    assert len(at_hand) == MOST_AT_HAND
    assert library.listed == MOST_AT_HAND + 20


async def test_what_was_listed_while_the_library_changed_is_not_taken_for_what_it_was_before() -> None:
    """A window opens between two questions, and closes again: nobody is then shown what may be seen no more."""
    library = Library([film("before", "Drama")])
    mark = (await library.mark(MarkRequest(audience=ADULTS), CALL)).mark
    lists = Lists(MemoryCache("memory://"), library, mark, {})  # pyright: ignore
    for title in ("meanwhile", "before"):
        library.titles = [film(title, "Drama")]
        (cards,) = await lists.cards([ALL], CALL)
        assert [card.title_id for card in cards] == [title]
