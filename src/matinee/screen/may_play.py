"""May this account watch now, and how: what its membership says, beside what the house gives everybody.

Decides. Whoever is refused hears why and how to mend it; to browse is nobody refused.
"""

from dataclasses import dataclass

WELCOME = "WELCOME"


@dataclass(frozen=True)
class Entitled:
    """What a membership gives, as the cashier says it; `standing` by the names of its contract."""

    standing: str = WELCOME
    height: int = 0  # the tallest picture, in lines; 0: any
    screens: int = 0  # at once; 0: as many as the house gives
    note: str = ""


BY_THE_HOUSE = Entitled()
"""Where nobody asks for money."""


@dataclass(frozen=True)
class Allowed:
    screens: int
    height: int  # 0: any


@dataclass(frozen=True)
class Lapsed:
    title: str
    reason: str


# By standing: the headline, what is so when the cashier says no more about it, and how to mend it.
WORDS = {
    "NO_PLAN": ("Choose a plan to play.", "You have none yet.", "Choose one in your account."),
    "UNPAID": ("A payment is missing.", "The last one did not go through.", "Mend it in your account."),
    "PAUSED": ("Your membership is paused.", "Nothing is charged meanwhile.", "Resume it in your account."),
    "ENDED": ("Your membership is over.", "What you had paid for has run out.", "Choose a plan in your account."),
    "CLOSED": ("This membership is closed.", "The house has closed it: write to whoever runs it.", ""),
}
UNHEARD_OF = ("Play is not open to you.", "Nobody here knows the state of your membership.", "Try again later.")


def may_play(entitled: Entitled, house_screens: int) -> Allowed | Lapsed:
    if entitled.standing == WELCOME:
        return Allowed(entitled.screens or house_screens, entitled.height)
    title, what, way = WORDS.get(entitled.standing, UNHEARD_OF)
    return Lapsed(title, f"{entitled.note or what} {way}".strip())


def counting_on(last: Entitled | None, age_ms: int, believed_ms: int) -> Entitled:
    """What counts while the cashier cannot be asked: his last word for a while; after that, who was welcome or is not known
    watches as the house gives it, and who was refused stays so."""
    if last is None or (age_ms >= believed_ms and last.standing == WELCOME):
        return BY_THE_HOUSE
    return last
