"""What is said of an account's places, in words."""

from collections.abc import Sequence

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def all_taken(limit: int, devices: Sequence[str]) -> str:
    """Why a screen has to wait, and for whom: "You can watch on two screens; both are busy: …"."""
    screens = "one screen" if limit == 1 else f"{_number(limit)} screens"
    busy = "it is busy" if limit == 1 else "both are busy" if limit == 2 else f"all {_number(limit)} are busy"
    return f"You can watch on {screens}; {busy}: {', '.join(devices)}."


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
