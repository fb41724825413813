"""The path token, by itself."""

import base64
import hashlib
import hmac
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matinee.edge.tokens import lifetime_ms, mint

HOUR_MS = 3600 * 1000

kids = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
views = st.from_regex(r"[A-Za-z0-9_-]{8,40}", fullmatch=True)
units = st.from_regex(r"films/[A-Za-z0-9_-]{1,40}", fullmatch=True)
expiries = st.integers(10**9, 10**10 - 1)
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=32, max_size=64)
grants = st.tuples(secrets, kids, expiries, views, units)


def test_the_mac_is_the_one_the_format_describes():
    """Anybody can write the token of a view with the key and RFC 2104 in hand."""
    signed = hmac.new(b"key" * 11, b"k1.1800000000.view-0001/films/ed1/", hashlib.sha256).digest()
    mac = base64.urlsafe_b64encode(signed).decode().rstrip("=")
    assert mint("key" * 11, "k1", 1800000000, "view-0001", "films/ed1") == f"/k1.1800000000.view-0001.{mac}/films/ed1/"


@given(grants)
def test_a_token_is_a_folder_in_plain_characters(grant: tuple[str, str, int, str, str]):
    """Relative addresses work below a token, and no browser rewrites it."""
    prefix = mint(*grant)
    assert re.fullmatch(r"(/[A-Za-z0-9._-]+){3}/", prefix)
    assert prefix.endswith(f"/{grant[4]}/")


@given(grants, grants)
def test_two_grants_never_share_a_mac(one: tuple[str, str, int, str, str], other: tuple[str, str, int, str, str]):
    """A token for one film, view, time or key is worth nothing for another."""
    assume(one != other)
    assert mac_of(mint(*one)) != mac_of(mint(*other))


@given(grants, st.sampled_from(range(1, 5)), st.sampled_from(["", "a.b", "a/b", "a b", "é", "a\n", "../x", "x" * 80]))
def test_what_would_not_fit_a_token_is_not_signed(grant: tuple[str, str, int, str, str], place: int, wrong: str):
    """A token that a box could read in two ways is never minted."""
    fields: list[str | int] = [*grant]
    fields[place] = len(wrong) if place == 2 else f"films/{wrong}/" if place == 4 else wrong
    with pytest.raises(ValueError, match=r"token|expiry"):
        mint(*fields)  # pyright: ignore[reportArgumentType]


@given(st.integers(-HOUR_MS, 100 * HOUR_MS))
def test_a_token_outlasts_the_film_by_four_hours_within_half_a_day(runtime_ms: int):
    """One can pause for dinner and still see the end; no token lives longer than twelve hours."""
    assert lifetime_ms(runtime_ms) <= 12 * HOUR_MS
    assert lifetime_ms(runtime_ms) == 12 * HOUR_MS or lifetime_ms(runtime_ms) >= runtime_ms + 4 * HOUR_MS
    assert lifetime_ms(runtime_ms) >= 4 * HOUR_MS


def mac_of(prefix: str) -> str:
    return prefix.split("/")[1].rpartition(".")[2]


@given(grants, st.integers(1, 99_999), st.integers(1, 99_999))
def test_a_height_is_part_of_what_is_signed(grant: tuple[str, str, int, str, str], one: int, other: int):
    """A token for one height is worth nothing for another, nor for all; and an impossible one is not signed."""
    assume(one != other)
    assert len({mac_of(mint(*grant, height)) for height in (0, one, other)}) == 3
    assert mint(*grant, one).split(".")[2] == f"{grant[3]}~{one}"
    for wrong in (-one, 100_000 + one):
        with pytest.raises(ValueError, match="height"):
            mint(*grant, wrong)
