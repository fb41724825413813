"""Ten thousand forged addresses against a real box."""

import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterator

from edge.oracle import deserved, rfc2104
from edge.stage import FILM_BYTES, KEYS, StagedBox

HOW_MANY = 10_000
GOOD_FOR_AT_MOST_S = 3_700
FILE = "v720/1.m4s"
LETTERS = string.ascii_letters + string.digits + "_-./%~"
LOOKALIKES = dict(zip("kedfilmsv1./", "кеԁｆіⅼｍѕν１．／", strict=True))
DETOURS = r"""
    // /./ /../ /x/../ /.../ \ /%2e/ /%2e%2e/ /%2E./ /.%2e/ /..%2f %2f %5c %00 %0a /..;/ %252f %c0%af %c0%ae%c0%ae/ %e0%80%af
    %uff0f /%20/ ; # #/ %23 %3f /../../films/ed2/ /../ed2/ /../../../films/ed1/ /%2e%2e/ed2/ /%2e%2e%2fed2%2f /..\ed2\
"""
INSERTS = [*DETOURS.split(), "\x01", "\x7f", "\xff"]


def signed(kid: str, exp: str, view: str, unit: str, secret: str) -> str:
    return f"/{kid}.{exp}.{view}.{rfc2104(secret.encode(), f'{kid}.{exp}.{view}{unit}'.encode())}{unit}"


def one_character(dice: random.Random, good: str) -> str:
    place = dice.randrange(1, len(good))
    other = dice.choice(LETTERS)
    return dice.choice(
        [good[:place] + other + good[place + 1 :], good[:place] + other + good[place:], good[:place] + good[place + 1 :]]
    )


def within_a_field(dice: random.Random, good: str) -> str:
    """One character of one field, so that short fields are tried as often as the long ones."""
    parts = good.split("/")
    fields = parts[1].split(".") + parts[2:]
    which = dice.randrange(len(fields))
    place = dice.randrange(len(fields[which]))
    fields[which] = fields[which][:place] + dice.choice(LETTERS) + fields[which][place + 1 :]
    return "/" + "/".join([".".join(fields[:4]), *fields[4:]])


def cut(dice: random.Random, good: str) -> str:
    first, last = sorted(dice.sample(range(len(good) + 1), 2))
    return dice.choice([good[:last] or "/", "/" + good[last:].lstrip("/"), good[:first] + good[last:] or "/"])


def swapped(dice: random.Random, good: str) -> str:
    parts = good.split("/")
    fields = parts[1].split(".")
    if dice.random() < 0.3:
        one, other = dice.sample(range(4), 2)
        fields[one], fields[other] = fields[other], fields[one]
        return "/" + "/".join([".".join(fields), *parts[2:]])
    place = dice.randrange(1, len(good) - 1)
    return good[:place] + good[place + 1] + good[place] + good[place + 2 :]


def other_case(dice: random.Random, good: str) -> str:
    place = dice.randrange(len(good))
    return dice.choice([good.upper(), good.lower(), good.swapcase(), good[:place] + good[place:].swapcase(), good.title()])


def lookalike(dice: random.Random, good: str) -> str:
    place = dice.choice([place for place, letter in enumerate(good) if letter in LOOKALIKES])
    strange = LOOKALIKES[good[place]]
    written = dice.choice(
        [strange, "".join(f"%{byte:02x}" for byte in strange.encode()), good[place] + "\u0301", "\u200b" + good[place]]
    )
    return good[:place] + written + good[place + 1 :]


def encoded(dice: random.Random, good: str) -> str:
    """The same address in another spelling: some characters, or all, by their codes, once or twice."""
    share, percent = dice.choice([0.02, 0.1, 1.0]), dice.choice(["%", "%25"])
    case = dice.choice(["02x", "02X"])
    first = dice.randrange(1, len(good))
    return good[:first] + "".join(
        f"{percent}{ord(letter):{case}}" if dice.random() < share or place == 0 else letter
        for place, letter in enumerate(good[first:])
    )


def inserted(dice: random.Random, good: str) -> str:
    slashes = [place for place, letter in enumerate(good) if letter == "/"]
    place = dice.choice([*slashes, dice.randrange(len(good)), len(good)])
    return good[:place] + dice.choice(INSERTS) + good[place + dice.randrange(2) :]


def by_another_key(dice: random.Random, good: str) -> str:
    """Signed well, with a key the box does not hold, or held under another name."""
    exp = str(int(time.time()) + dice.randrange(3600, 9000))
    kid = dice.choice(["k1", "k2", "k3", "k", "constructor", "length", "keys", "k11", "__proto__", "0"])
    secret = dice.choice(["", "x" * 43, "undefined", "null", kid, KEYS["k2" if kid == "k1" else "k1"]])
    return signed(kid, exp, f"view-{dice.randrange(10**6):06}", "/films/ed1/", secret) + FILE


def for_another_place(dice: random.Random, good: str) -> str:
    """The token of one edition before the path of another, or a good signature over a place that is no edition."""
    head = good.split("/films/")[0]
    exp, view = str(int(time.time()) + 3600), f"view-{dice.randrange(10**6):06}"
    unit = dice.choice(
        ["/art/art1/", "/sources/", "/chunks/ed1/", "/films/", "/films/../", "/films/ed1/v720/", "/", "/films/ed1/../ed2/"]
    )
    well_signed = signed("k1", exp, view, unit, KEYS["k1"])
    foreign = dice.choice(
        ["/films/ed2/", "/films/ed11/", "/films/ed/", "/art/art1/", "/sources/", "/films/", "/keys/", "/films/ed1"]
    )
    file = dice.choice([FILE, "card.webp", "manifest.mpd", "whole.mp4", "", "ed2/manifest.mpd", f"{dice.randrange(1000)}.m4s"])
    return dice.choice([well_signed + file, head + foreign + file])


def expired(dice: random.Random, good: str) -> str:
    """A token whose time is over, and the same with its time moved by hand."""
    long_ago = int(good.split(".")[1]) - GOOD_FOR_AT_MOST_S
    past = str(long_ago - dice.choice([2, 60, 3600, 10**8]) - dice.randrange(1000))
    old = signed("k1", past, f"view-{dice.randrange(10**6):06}", "/films/ed1/", KEYS["k1"]) + FILE
    moved = dice.choice(
        ["9999999999", "0000000000", "-000000001", "1e12345678", str(int(time.time()) + 900), "99999999999", "+999999999"]
    )
    return dice.choice([old, old.replace(past, moved)])


def other_mac(dice: random.Random, good: str) -> str:
    """The MAC in another alphabet, with padding, a bit that base64 ignores, of another length, or none."""
    kid, exp, view, mac = good.split("/")[1].split(".")
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    last = letters[letters.index(mac[-1]) ^ dice.choice([1, 2, 3])]
    standard = mac.replace("-", "+").replace("_", "/")
    others = [
        mac[:-1] + last,
        mac + "=",
        mac + "A",
        mac[:-1],
        "",
        standard + "=",
        mac * 2,
        "A" * 43,
        mac[::-1],
        mac.encode().hex(),
    ]
    others += ["".join(dice.choice(letters) for _ in range(43)), mac[:42] + "." + mac[42:], "." + mac]
    return good.replace(f"{kid}.{exp}.{view}.{mac}", f"{kid}.{exp}.{view}.{dice.choice(others)}")


WAYS: list[Callable[[random.Random, str], str]] = [
    *(one_character, within_a_field, cut, swapped, other_case, lookalike),
    *(encoded, inserted, by_another_key, for_another_place, expired, other_mac),
]


def forgeries(dice: random.Random, good: list[str]) -> Iterator[tuple[str, bytes]]:
    """Each different from every other and from the good ones; one in five is forged twice over."""
    seen = {address.encode() for address in good}
    while True:
        for way in WAYS:
            forged = way(dice, dice.choice(good))
            again = dice.choice([one_character, inserted, encoded])
            if dice.random() < 0.2 and len(forged) > 3:
                forged = again(dice, forged)
            target = forged.encode("utf-8" if dice.random() < 0.9 else "latin-1", "replace").replace(b" ", b"%20")
            if target.startswith(b"/") and target not in seen:
                seen.add(target)
                yield way.__name__, target


def test_ten_thousand_forged_addresses_open_nothing(box: StagedBox):
    """Without the token that was given to you, for this film, before its time is over, you get not one byte of any film."""
    dice = random.Random("ten thousand")
    now_s = int(time.time())
    good = [
        signed(kid, str(now_s + 3600 + number), f"view-{number:04}", f"/films/{edition}/", KEYS[kid]) + FILE
        for number, (kid, edition) in enumerate([("k1", "ed1"), ("k2", "ed1"), ("k1", "ed2"), ("k2", "ed2")])
    ]
    good.append(signed("k1", str(now_s + GOOD_FOR_AT_MOST_S), "view-0004~720", "/films/ed1/", KEYS["k1"]) + FILE)
    films = {str(path.relative_to(box.films)) for path in (box.films / "films").rglob("*") if path.is_file()}
    line, refused, ways = box.line(), 0, Counter[str]()
    for way, target in forgeries(dice, good):
        answer, deserves = line.ask(target), deserved(target, KEYS, films, now_s)
        assert answer.status in deserves, f"{way}: {target!r} got {answer.status} and deserved {deserves}"
        if 200 not in deserves:
            assert FILM_BYTES[:4] not in answer.body and "content-range" not in answer.headers, f"{way}: {target!r} leaks"
            ways[way] += 1
            refused += answer.status in (400, 403, 410, 414)
        if refused == HOW_MANY:
            break
    assert {line.ask(address).status for address in good} == {200}
    assert min(ways.values()) > 300, f"some ways were hardly tried: {ways}"
