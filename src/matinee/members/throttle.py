"""How often somebody may try. Decides, and knows no store.

Whoever guesses at one account waits longer with each try that fails; whoever guesses at many from one address is counted by a
window that slides: the minute before counts for as much of it as is still within sixty seconds. Each try is counted when it
begins, so that many at once gain nothing, and taken off again when it was right.
"""

from dataclasses import dataclass, replace

FREE_TRIES = 5
LONGEST_WAIT_MS = 15 * 60_000
FORGOTTEN_AFTER_MS = 60 * 60_000

FREE_LETTERS = 3
BETWEEN_LETTERS_MS = 10 * 60_000

WINDOW_MS = 60_000
MOST_IN_WINDOW = 20


@dataclass(frozen=True)
class Tries:
    """How often it was tried: `since_ms` is when the last one was, or the window began; `before` counts the window before."""

    since_ms: int
    count: int
    before: int = 0


NONE = Tries(0, 0)


@dataclass(frozen=True)
class Wait:
    until_ms: int


def one_more(tries: Tries, now_ms: int) -> Tries | Wait:
    """Of tries at one thing: five are free, then they are 1, 2, 4 … seconds apart, fifteen minutes at most."""
    over = tries.count - FREE_TRIES
    return _after(min(1000 << min(over, 20), LONGEST_WAIT_MS) if over >= 0 else 0, tries, now_ms)


def one_more_letter(tries: Tries, now_ms: int) -> Tries | Wait:
    """Of letters to one address: three are free, then they are ten minutes apart, so that nobody's post is flooded by us."""
    return _after(BETWEEN_LETTERS_MS if tries.count >= FREE_LETTERS else 0, tries, now_ms)


def one_more_from(tries: Tries, now_ms: int) -> Tries | Wait:
    """Of tries from one place: twenty within a minute."""
    began_ms = now_ms - now_ms % WINDOW_MS
    if tries.since_ms != began_ms:
        tries = Tries(began_ms, 0, tries.count if tries.since_ms == began_ms - WINDOW_MS else 0)
    weighed = tries.count * WINDOW_MS + tries.before * (began_ms + WINDOW_MS - now_ms)
    if weighed > (MOST_IN_WINDOW - 1) * WINDOW_MS:
        return Wait(began_ms + WINDOW_MS)
    return replace(tries, count=tries.count + 1)


def _after(pause_ms: int, tries: Tries, now_ms: int) -> Tries | Wait:
    if now_ms - tries.since_ms > FORGOTTEN_AFTER_MS:
        return Tries(now_ms, 1)
    if now_ms < tries.since_ms + pause_ms:
        return Wait(tries.since_ms + pause_ms)
    return Tries(now_ms, tries.count + 1)


def one_less(tries: Tries) -> Tries:
    """The last one was right."""
    return replace(tries, count=max(tries.count - 1, 0))


def network_of(address: str) -> str:
    """What is counted as one place: an IPv4 address, or the first four groups of an IPv6 one, which is one household's."""
    groups = _groups(address)
    return ":".join(groups[:4]) if groups else address


def hint_of(address: str) -> str:
    """What of an address is kept with a device: enough to know one's own by, too little to be found by."""
    if groups := _groups(address):
        return f"{groups[0]}:{groups[1]}…"
    numbers = address.split(".")
    return f"{numbers[0]}.{numbers[1]}…" if len(numbers) == 4 else ""


def _groups(address: str) -> list[str]:
    """The eight groups of an IPv6 address, written out; none of anything else."""
    if ":" not in address:
        return []
    head, _, tail = address.partition("::")
    first, last = [each for each in head.split(":") if each], [each for each in tail.split(":") if each]
    return [*first, *["0"] * (8 - len(first) - len(last)), *last]
