"""Languages as films tag them: one table of codes, of each language's name for itself, and of how its texts used to be coded.

A tag may be ISO 639-1 ("de"), either form of ISO 639-2 ("ger", "deu"), an English name ("german") or BCP 47 ("pt-BR"); manifests
and menus get BCP 47. A code that is well-formed but not in the table is kept; it is shown as written.
"""

import re
from dataclasses import dataclass

# ISO 639-2 for "undetermined".
UNNAMED = "und"


@dataclass(frozen=True)
class Language:
    """`codings` are those its texts were written in before UTF-8, the likeliest first."""

    code: str
    others: tuple[str, ...]
    own_name: str
    english_name: str
    codings: tuple[str, ...]


_WEST, _MIDDLE, _BALTIC, _CYRILLIC = ("cp1252",), ("cp1250", "iso8859_2"), ("cp1257",), ("cp1251", "koi8_r", "iso8859_5")
_ROWS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("ar", "ara", "العربية", "Arabic", ("cp1256", "iso8859_6")),
    ("be", "bel", "Беларуская", "Belarusian", _CYRILLIC),
    ("bg", "bul", "Български", "Bulgarian", _CYRILLIC),
    ("bn", "ben", "বাংলা", "Bengali", ()),
    ("bs", "bos", "Bosanski", "Bosnian", _MIDDLE),
    ("ca", "cat", "Català", "Catalan", _WEST),
    ("cs", "ces cze", "Čeština", "Czech", _MIDDLE),
    ("cy", "cym wel", "Cymraeg", "Welsh", _WEST),
    ("da", "dan", "Dansk", "Danish", _WEST),
    ("de", "deu ger", "Deutsch", "German", _WEST),
    ("el", "ell gre", "Ελληνικά", "Greek", ("cp1253", "iso8859_7")),
    ("en", "eng", "English", "English", _WEST),
    ("eo", "epo", "Esperanto", "Esperanto", ("iso8859_3",)),
    ("es", "spa", "Español", "Spanish", _WEST),
    ("et", "est", "Eesti", "Estonian", _BALTIC),
    ("eu", "eus baq", "Euskara", "Basque", _WEST),
    ("fa", "fas per", "فارسی", "Persian", ("cp1256",)),
    ("fi", "fin", "Suomi", "Finnish", _WEST),
    ("fr", "fra fre", "Français", "French", _WEST),
    ("ga", "gle", "Gaeilge", "Irish", _WEST),
    ("gl", "glg", "Galego", "Galician", _WEST),
    ("he", "heb", "עברית", "Hebrew", ("cp1255", "iso8859_8")),
    ("hi", "hin", "हिन्दी", "Hindi", ()),
    ("hr", "hrv", "Hrvatski", "Croatian", _MIDDLE),
    ("hu", "hun", "Magyar", "Hungarian", _MIDDLE),
    ("hy", "hye arm", "Հայերեն", "Armenian", ()),
    ("id", "ind", "Bahasa Indonesia", "Indonesian", _WEST),
    ("is", "isl ice", "Íslenska", "Icelandic", _WEST),
    ("it", "ita", "Italiano", "Italian", _WEST),
    ("ja", "jpn", "日本語", "Japanese", ("cp932", "euc_jp", "iso2022_jp")),
    ("ka", "kat geo", "ქართული", "Georgian", ()),
    ("ko", "kor", "한국어", "Korean", ("cp949",)),
    ("lt", "lit", "Lietuvių", "Lithuanian", _BALTIC),
    ("lv", "lav", "Latviešu", "Latvian", _BALTIC),
    ("mk", "mkd mac", "Македонски", "Macedonian", _CYRILLIC),
    ("ms", "msa may", "Bahasa Melayu", "Malay", _WEST),
    ("mt", "mlt", "Malti", "Maltese", ("iso8859_3",)),
    ("nb", "nob", "Norsk bokmål", "Norwegian Bokmål", _WEST),
    ("nl", "nld dut", "Nederlands", "Dutch", _WEST),
    ("nn", "nno", "Norsk nynorsk", "Norwegian Nynorsk", _WEST),
    ("no", "nor", "Norsk", "Norwegian", _WEST),
    ("pl", "pol", "Polski", "Polish", _MIDDLE),
    ("pt", "por", "Português", "Portuguese", _WEST),
    ("ro", "ron rum", "Română", "Romanian", _MIDDLE),
    ("ru", "rus", "Русский", "Russian", _CYRILLIC),
    ("sk", "slk slo", "Slovenčina", "Slovak", _MIDDLE),
    ("sl", "slv", "Slovenščina", "Slovenian", _MIDDLE),
    ("sq", "sqi alb", "Shqip", "Albanian", _WEST),
    ("sr", "srp", "Српски", "Serbian", ("cp1251", "cp1250")),
    ("sv", "swe", "Svenska", "Swedish", _WEST),
    ("ta", "tam", "தமிழ்", "Tamil", ()),
    ("te", "tel", "తెలుగు", "Telugu", ()),
    ("th", "tha", "ไทย", "Thai", ("cp874",)),
    ("tr", "tur", "Türkçe", "Turkish", ("cp1254", "iso8859_9")),
    ("uk", "ukr", "Українська", "Ukrainian", ("cp1251", "koi8_u")),
    ("ur", "urd", "اردو", "Urdu", ("cp1256",)),
    ("vi", "vie", "Tiếng Việt", "Vietnamese", ("cp1258",)),
    ("yue", "", "粵語", "Cantonese", ("big5hkscs",)),
    ("zh", "zho chi cmn", "中文", "Chinese", ("gb18030", "big5")),
)
LANGUAGES = {row[0]: Language(row[0], tuple(row[1].split()), *row[2:]) for row in _ROWS}
_CODES = {word: each.code for each in LANGUAGES.values() for word in (each.code, *each.others, each.english_name.lower())}
_REGION = re.compile(r"(?P<language>[a-z]{2,3})[-_](?P<rest>[a-z]{2}|[a-z]{4}|\d{3})", re.IGNORECASE)
# Countries whose form of a language is named by the country: "Português (Brasil)".
_PLACES = {
    "br": "Brasil",
    "pt": "Portugal",
    "mx": "México",
    "419": "Latinoamérica",
    "hans": "简体",
    "hant": "繁體",
    "ca": "Canada",
}


def language_of(tag: str) -> str:
    """The BCP 47 code of what somebody wrote as a stream's language, or "und": a film does not fail for its tag."""
    word = tag.strip().lower()
    if found := named_language(word):
        return found
    return word if len(word) == 3 and word.isascii() and word.isalpha() else UNNAMED


def named_language(word: str) -> str:
    """The code of a language in the table, with its region where one is written; "" for any other word."""
    if code := _CODES.get(word.lower()):
        return code
    match = _REGION.fullmatch(word)
    if match is None or match["language"].lower() not in _CODES:
        return ""
    rest = match["rest"]
    return f"{_CODES[match['language'].lower()]}-{rest.title() if len(rest) == 4 else rest.upper()}"


def own_name(code: str) -> str:
    """A language as those who read it call it; "" when undetermined."""
    if code == UNNAMED:
        return ""
    language, _, region = code.partition("-")
    known = LANGUAGES.get(language)
    name = known.own_name if known else language
    return f"{name} ({_PLACES.get(region.lower(), region)})" if region else name


def old_codings(code: str) -> tuple[str, ...]:
    known = LANGUAGES.get(code.partition("-")[0])
    return known.codings if known else ()


def all_different(names: list[str]) -> list[str]:
    """The same names, those that come again numbered: a menu must not offer two lines alike."""
    seen: dict[str, int] = {}
    different: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        different.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return different
