"""By which names each country's board calls the ages, so that a limit can be chosen in words that a household knows.

Where a board's letters name no age (PG), the age from which the board itself says most children are fine. A test holds each of
these against `library/ratings.py`: a title that wears a label is within the limit of that label.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    years: int
    label: str


@dataclass(frozen=True)
class Board:
    name: str
    source: str  # where its table is public
    steps: tuple[Step, ...]  # youngest first


def _board(name: str, source: str, *steps: tuple[int, str]) -> Board:
    return Board(name, source, tuple(Step(*each) for each in steps))


EVERYTHING = 18

BY_AGE = _board(
    "Years of age", "", (0, "All ages"), (6, "6"), (7, "7"), (9, "9"), (12, "12"), (14, "14"), (16, "16"), (EVERYTHING, "18")
)
"""Where the country is unknown, or its board's table is not here."""

BOARDS = {
    "US": _board("Motion Picture Association", "filmratings.com", (0, "G"), (8, "PG"), (13, "PG-13"), (17, "R"), (18, "NC-17")),
    "GB": _board("BBFC", "bbfc.co.uk/about-classification", (0, "U"), (8, "PG"), (12, "12A"), (15, "15"), (18, "18")),
    "IE": _board("IFCO", "ifco.ie", (0, "G"), (8, "PG"), (12, "12A"), (15, "15A"), (16, "16"), (18, "18")),
    "DE": _board("FSK", "fsk.de, § 14 JuSchG", (0, "FSK 0"), (6, "FSK 6"), (12, "FSK 12"), (16, "FSK 16"), (18, "FSK 18")),
    "AT": _board("JMK", "bmb.gv.at/jmk", (0, "0+"), (6, "6+"), (8, "8+"), (10, "10+"), (12, "12+"), (14, "14+"), (16, "16+")),
    "FR": _board("CNC", "cnc.fr, visas", (0, "Tous publics"), (10, "-10"), (12, "-12"), (16, "-16"), (18, "-18")),
    "ES": _board("ICAA", "cultura.gob.es, ICAA", (0, "Apta"), (7, "7"), (12, "12"), (16, "16"), (18, "18")),
    "IT": _board(
        "Ministero della Cultura", "cinema.cultura.gov.it, D.Lgs. 203/2017", (0, "T"), (6, "6+"), (14, "14+"), (18, "18+")
    ),
    "NL": _board(
        "Kijkwijzer",
        "kijkwijzer.nl",
        (0, "AL"),
        (6, "6"),
        (9, "9"),
        (12, "12"),
        (14, "14"),
        (16, "16"),
        (18, "18"),
    ),
    "SE": _board("Statens medieråd", "mediemyndigheten.se", (0, "Btl"), (7, "7"), (11, "11"), (15, "15")),
    "DK": _board("Medierådet", "medieraadet.dk", (0, "A"), (7, "7"), (11, "11"), (15, "15")),
    "NO": _board("Medietilsynet", "medietilsynet.no", (0, "A"), (6, "6"), (9, "9"), (12, "12"), (15, "15"), (18, "18")),
    "IN": _board("CBFC", "cbfcindia.gov.in, Rules of 2024", (0, "U"), (7, "U/A 7+"), (13, "U/A 13+"), (16, "U/A 16+"), (18, "A")),
    "BR": _board(
        "ClassInd", "gov.br/mj, classificação indicativa", (0, "L"), (10, "10"), (12, "12"), (14, "14"), (16, "16"), (18, "18")
    ),
    "AU": _board("ACB", "classification.gov.au", (0, "G"), (8, "PG"), (15, "M"), (15, "MA15+"), (18, "R18+")),
    "CA": _board("CHVRS", "mpa-canada.org", (0, "G"), (8, "PG"), (14, "14A"), (18, "18A")),
    "JP": _board("Eirin", "eirin.jp", (0, "G"), (12, "PG12"), (15, "R15+"), (18, "R18+")),
}


def board_of(country: str) -> Board:
    return BOARDS.get(country, BY_AGE)


def limits_of(country: str) -> tuple[Step, ...]:
    """The limits on offer there: of labels for one age the strictest named, and last of all everything."""
    steps = {each.years: each for each in board_of(country).steps}
    steps.setdefault(EVERYTHING, Step(EVERYTHING, "Everything"))
    return tuple(steps[years] for years in sorted(steps))
