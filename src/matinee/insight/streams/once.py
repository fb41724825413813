"""Once only: which of a producer's sequence numbers were heard, in a window that moves on with the highest.

The window of RFC 4303, 3.4.3 (IPsec's defence against replay): a number above the highest is new and moves the window; one within
it is new if its bit says so; one further below was heard, or comes too late to be told from one that was. Kept is what is
*missing*, which is nothing at all while a producer is heard in order.
"""

import msgspec

from matinee.insight.streams.fact import Fact

WINDOW = 1024
ALL_BUT_THE_HIGHEST = (1 << WINDOW) - 2
KEPT_MS = 8 * 24 * 3600 * 1000
"""A fact is heard within seven days or not at all: of a producer silent for longer nothing comes twice."""

MOST_PRODUCERS = 512


class Window(msgspec.Struct, array_like=True, gc=False):
    highest: int = 0
    missing: bytes = b""  # bit n of this number: `highest - n` was not heard
    heard_ms: int = 0

    def takes(self, sequence: int) -> bool:
        """True the first time it is asked of a number."""
        ahead = sequence - self.highest
        if ahead == 1 and not self.missing:
            self.highest = sequence
            return True
        missing = int.from_bytes(self.missing)
        if ahead > 0:
            skipped = (1 << min(ahead, WINDOW)) - 2
            missing = (missing << ahead | skipped) & ALL_BUT_THE_HIGHEST if ahead < WINDOW else ALL_BUT_THE_HIGHEST
            self.highest = sequence
        else:
            bit = 1 << -ahead if -ahead < WINDOW else 0
            if not missing & bit:
                return False
            missing ^= bit
        self.missing = missing.to_bytes((missing.bit_length() + 7) // 8)
        return True


def first_heard(windows: dict[str, Window], fact: Fact) -> bool:
    """Whether this fact was not heard before; `windows` are those of its key, by producer."""
    window = windows.get(fact.producer_id)
    if window is None:
        _make_room(windows, fact.heard_ms)
        window = windows[fact.producer_id] = Window()
    if fact.heard_ms > window.heard_ms:
        window.heard_ms = fact.heard_ms
    return window.takes(fact.sequence)


def _make_room(windows: dict[str, Window], heard_ms: int) -> None:
    silent = [each for each, window in windows.items() if window.heard_ms < heard_ms - KEPT_MS]
    for producer_id in silent:
        del windows[producer_id]
    while len(windows) >= MOST_PRODUCERS:
        del windows[min(windows, key=lambda each: (windows[each].heard_ms, each))]
