"""What a fact says, as words of a language: money as money, moments as days, the rest as it was told."""

from datetime import UTC, datetime
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision

from matinee.contracts.events_pb2 import MemberFact, Money


def locale_of(language: str, country: str) -> str:
    """How a country writes days and money in a language; where nobody has said how, as the language does."""
    try:
        return str(Locale.parse(f"{language}_{country}"))
    except (UnknownLocaleError, ValueError):
        return language


def said_by(fact: MemberFact, locale: str) -> dict[str, str]:
    """Each field of the fact by its name, without its unit; what was not said is empty. `day` and `moment` are the fact's own."""
    words = {"day": day(fact.at_ms, locale), "moment": moment(fact.at_ms, locale)}
    what = fact.WhichOneof("what")
    if what is None:
        return words
    told = getattr(fact, what)
    for field in told.DESCRIPTOR.fields:
        value = getattr(told, field.name)
        if isinstance(value, Money):
            words[field.name] = money(value, locale)
        elif field.name.endswith("_ms"):
            words[field.name.removesuffix("_ms")] = day(value, locale) if value else ""
        elif isinstance(value, str):
            words[field.name] = value
        elif isinstance(value, bool):
            words[field.name] = "yes" if value else ""
    return words


def money(amount: Money, locale: str) -> str:
    """ "12,99 €"; empty when nothing was said."""
    if not amount.currency:
        return ""
    whole = Decimal(amount.minor).scaleb(-get_currency_precision(amount.currency))
    return format_currency(whole, amount.currency, locale=locale)


def day(at_ms: int, locale: str) -> str:
    return format_date(_at(at_ms), "long", locale=locale)


def moment(at_ms: int, locale: str) -> str:
    """Nobody needs its seconds."""
    return f"{day(at_ms, locale)}, {format_time(_at(at_ms), 'short', locale=locale, tzinfo=UTC)} UTC"


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
