"""Lines of a table as RFC 4180 has them, which a spreadsheet reads as text and never runs."""

from collections.abc import Sequence

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Sequence[str]) -> str:
    """Every cell in quotes; one that a spreadsheet would take for a formula begins with an apostrophe."""
    return ",".join(_cell(each) for each in cells) + "\r\n"


def _cell(text: str) -> str:
    # Spreadsheets look past space in front, and the full-width signs count as well.
    begins = text.lstrip().replace("＝", "=").replace("＋", "+").replace("－", "-").replace("＠", "@")
    harmless = f"'{text}" if begins.startswith(BEGINS_A_FORMULA) or text.startswith(BEGINS_A_FORMULA) else text
    return '"' + harmless.replace("\0", "").replace('"', '""') + '"'
