"""Tax: what part of a price is the state's. Prices have it in them. Decides, and knows no store.

Standard rates of value added tax in the European Union: European Commission, Taxes in Europe Database, "VAT rates applied in
the Member States", as of July 2025. GB: gov.uk, "VAT rates" (20 %). IN: GST on online information services, 18 % (CBIC).
CH, NO: their tax offices' (8.1 %, 25 %). Who sells where no rate is named (the United States among them, where each state
has its own) looks after the tax there: none is taken out.
"""

from collections.abc import Mapping

from matinee.members.money import share

RATES_BPS: Mapping[str, int] = {
    "AT": 2000,
    "BE": 2100,
    "BG": 2000,
    "CY": 1900,
    "CZ": 2100,
    "DE": 1900,
    "DK": 2500,
    "EE": 2400,
    "ES": 2100,
    "FI": 2550,
    "FR": 2000,
    "GR": 2400,
    "HR": 2500,
    "HU": 2700,
    "IE": 2300,
    "IT": 2200,
    "LT": 2100,
    "LU": 1700,
    "LV": 2100,
    "MT": 1800,
    "NL": 2100,
    "PL": 2300,
    "PT": 2300,
    "RO": 2100,
    "SE": 2500,
    "SI": 2200,
    "SK": 2300,
    "GB": 2000,
    "IN": 1800,
    "CH": 810,
    "NO": 2500,
}
"""By country, in hundredths of a percent."""

EURO = (
    *("AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"),
)
CURRENCIES: Mapping[str, str] = {"US": "USD", "GB": "GBP", "IN": "INR"} | dict.fromkeys(EURO, "EUR")
"""What people pay in at home, of the currencies we know."""


def rate_bps(country: str) -> int:
    return RATES_BPS.get(country, 0)


def tax_in(gross_minor: int, bps: int) -> int:
    """How much of a price with tax is tax, to the nearest unit."""
    return share(gross_minor, bps, 10_000 + bps)
