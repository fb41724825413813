"""Which of the titles that a profile is shown are locked: those above its limit, which play after its PIN.

Such a title is shown only to a grown-up's profile that asks for it to be so; to every other it does not exist.
"""

FOR_GROWN_UPS_YEARS = 18


def is_locked(years: int, label: str, maturity_limit: int) -> bool:
    """A title that nobody rated (it has no label) counts as for grown-ups, as in the catalog."""
    return min(years if label else FOR_GROWN_UPS_YEARS, FOR_GROWN_UPS_YEARS) > maturity_limit
