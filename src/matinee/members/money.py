"""Money: whole numbers of the smallest unit of a currency. Decides, and knows no store."""

from dataclasses import dataclass

DIGITS = {"EUR": 2, "USD": 2, "GBP": 2, "INR": 2}
"""The currencies a house may ask for, and how many decimals people write them with."""


@dataclass(frozen=True)
class Money:
    """1299 EUR is 12.99 euros."""

    minor: int
    currency: str  # ISO 4217

    def __str__(self) -> str:
        digits = DIGITS.get(self.currency, 2)
        whole, rest = divmod(abs(self.minor), 10**digits)
        return f"{'-' if self.minor < 0 else ''}{whole}.{rest:0{digits}} {self.currency}"


def share(minor: int, part: int, whole: int) -> int:
    """So much of an amount as `part` is of `whole`, rounded to the nearest, a half away from zero."""
    size = (2 * abs(minor) * part + whole) // (2 * whole)
    return -size if minor < 0 else size
