"""Words as a search compares them: without accents, capitals and marks, so that "amelie" finds "Amélie"."""

import re
import unicodedata

# Letters that are no accented form of another, as people without them on their keyboard type them.
TYPED = str.maketrans(
    {"ß": "ss", "ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "ʼ": "'"}
)
INITIALS = re.compile(r"\b\w(?:\.\w)+\b\.?")
# Scripts without spaces: each sign is a word of its own.
SIGN = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
LONGEST_WORD = 60


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(TYPED)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text, folded. "R.O.P.E." is one, "don't" is one, "Spider-Man" is two."""
    folded = INITIALS.sub(lambda found: found[0].replace(".", "") + " ", fold(text)).replace("'", "")
    return [word[:LONGEST_WORD] for word in re.findall(r"\w+", SIGN.sub(r" \1 ", folded).replace("_", " "))]


def words_to_find(text: str) -> list[str]:
    """The words of a name, and what two words joined by a dash would be as one."""
    joined = [part for part in text.split() if "-" in part.strip("-")]
    return words(text) + [word for part in joined for word in words(part.replace("-", ""))]


def forgiven_errors(word: str) -> int:
    """How many letters of a word may be wrong, missing or swapped."""
    if word.isdecimal():
        return 0
    return 2 if len(word) >= 8 else 1 if len(word) >= 4 else 0
