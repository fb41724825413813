"""What counts as a profile: how many, by which names, with which limit. Decides, and knows no store."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_PROFILES = 5
MOST_NAME = 30
SEES_EVERYTHING = 18
KIDS_LIMIT = 12
AVATARS = ("sun", "moon", "wave", "leaf", "peak", "star", "shell", "comet", "ember", "kite")
"""The drawn ones, by name; the web app draws them."""


@dataclass(frozen=True)
class Wish:
    """A profile as somebody wants it."""

    name: str
    avatar: str
    kids: bool
    maturity_limit: int  # years of age


@dataclass(frozen=True)
class Problem:
    field: str  # as the form calls it
    reason: str


def tidy(name: str) -> str:
    """The name as it is kept: without space around it or double space within."""
    return " ".join(name.split())


def same_name(name: str) -> str:
    """What two names share that people would call the same."""
    return tidy(name).casefold()


def problem_with(wish: Wish, other_names: Sequence[str]) -> Problem | None:
    """Why this cannot be a profile beside those of the other names, in words for the person, or None."""
    name = tidy(wish.name)
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable():
        return Problem("name", f"A name has 1 to {MOST_NAME} letters.")
    if same_name(name) in {same_name(other) for other in other_names}:
        return Problem("name", f"Somebody here is called {name} already: choose another name.")
    if wish.avatar not in AVATARS:
        return Problem("avatar", f"Choose one of the pictures: {', '.join(AVATARS)}.")
    most = KIDS_LIMIT if wish.kids else SEES_EVERYTHING
    if not 0 <= wish.maturity_limit <= most:
        whose = "A kids' profile" if wish.kids else "A profile"
        return Problem("maturityLimit", f"{whose} has a limit from 0 to {most} years.")
    return None


def seen_limit(maturity_limit: int, *, kids: bool, asks_above: bool) -> int:
    """Up to which age titles are shown at all: those above the limit locked, where a grown-up's profile asks for its PIN."""
    return SEES_EVERYTHING if asks_above and not kids else maturity_limit


def first_wish(email: str) -> Wish:
    """The profile an account begins with, named after its address: asha.k+films@example.org is Asha."""
    letters = re.match(r"[^\W\d_]+", email)
    word = letters[0][:MOST_NAME].capitalize() if letters else "You"
    return Wish(name=word, avatar=AVATARS[0], kids=False, maturity_limit=SEES_EVERYTHING)
