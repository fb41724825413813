"""Passports where they are read: what is believed, for how long, and who may ask what with one."""

import base64
import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from matinee.contracts.home_pb2 import KeptRequest
from matinee.contracts.home_rpc import HOME_KEPT
from matinee.contracts.identity_pb2 import AccountId, NewProfile, Profile, ProfileChange
from matinee.contracts.identity_rpc import (
    IDENTITY_CHANGE_PROFILE,
    IDENTITY_CREATE_PROFILE,
    IDENTITY_LIST_PROFILES,
    IDENTITY_SIGN_IN,
)
from matinee.contracts.steering_rpc import STEERING_REPORT
from matinee.contracts.studio_rpc import STUDIO_RETRY_JOB
from matinee.engines.admission import admitted
from matinee.engines.passports import LATE_MS, LOOK_EVERY_MS, CheckedPassports
from matinee.members.passport import LIFETIME_S
from matinee.ports.rpc import Call, Method, Refused, Who
from passes import HOUSE, VISITOR, Desk

NOW_MS = 1_700_000_000_000
ASHA = Who("asha", "p1", operator=False)
CLAIMS = {"iss": "matinee", "aud": "matinee", "sub": "asha", "profile": "p1", "role": "operator", "exp": NOW_MS // 1000 + 60}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, NOW_MS)


def kind(method: Method, request: object, call: Call, desk: Desk) -> str:
    """What becomes of a question: "" when it is let in."""
    try:
        admitted(method, request, call, desk.passports, NOW_MS)
    except Refused as no:
        return no.kind
    return ""


def test_a_passport_says_who_comes_until_it_is_over(desk: Desk) -> None:
    """Ten minutes, and the moments that a question is under way; read again or for the first time, the end is the same."""
    passport = desk.passport("asha", "p1")
    end_ms = NOW_MS + LIFETIME_S * 1000 + LATE_MS
    assert desk.passports.who(passport, NOW_MS) == ASHA
    assert desk.passports.who(passport, end_ms - 1) == ASHA
    for reader in (desk.passports, CheckedPassports([desk.issuer()])):
        with pytest.raises(Refused, match="signed out"):
            reader.who(passport, end_ms)


FORGERIES = (
    "nothing",
    "words",
    "no algorithm",
    "somebody else's key",
    "our public key as a secret",
    "other claims below our signature",
    "cut off",
)


def forgeries(desk: Desk, stranger: ECKey) -> dict[str, str]:
    """Passports that say "asha, operator" and are not ours."""
    header, claims, mac = desk.passport("asha", "p1").split(".")
    texts = ({"alg": "none"}, CLAIMS)
    unsigned = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in texts]
    public = json.dumps(desk.signing.public_keys())
    kid = str(json.loads(public)["keys"][0]["kid"])
    made = (
        "",
        "let me in",
        ".".join([*unsigned, ""]),
        jwt.encode({"alg": "ES256", "kid": kid}, CLAIMS, stranger),
        jwt.encode({"alg": "HS256"}, CLAIMS, OctKey.import_key(public)),
        ".".join([header, unsigned[1], mac]),
        ".".join([header, claims, mac[:-2]]),
    )
    return dict(zip(FORGERIES, made, strict=True))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_we_did_not_sign_is_nobodys(desk: Desk, forgery: str) -> None:
    """Whatever a passport claims, it counts only with our signature below just these words."""
    stranger = ECKey.generate_key("P-256", private=True)
    with pytest.raises(Refused, match="signed out"):
        desk.passports.who(forgeries(desk, stranger)[forgery], NOW_MS)


@pytest.mark.parametrize("said", [{"iss": "another"}, {"aud": "another"}, {"aud": None}, {"sub": 7}, {"exp": None}])
def test_what_was_signed_for_somebody_else_is_nobodys(tmp_path: Path, said: dict[str, object]) -> None:
    """Our signature below another house's passport, or half of one, opens nothing."""
    desk = Desk(tmp_path, NOW_MS)
    key = ECKey.import_key((tmp_path / "passport.pem").read_bytes())
    assert desk.passports.who(jwt.encode({"alg": "ES256"}, CLAIMS, key), NOW_MS) == Who("asha", "p1", operator=True)
    with pytest.raises(Refused, match="signed out"):
        desk.passports.who(jwt.encode({"alg": "ES256"}, CLAIMS | said, key), NOW_MS)


def test_when_the_keys_are_changed_the_old_ones_open_nothing(tmp_path: Path) -> None:
    """A key that leaked is taken away in one place, and within a second also those who were let in before are not."""
    desk = Desk(tmp_path, NOW_MS)
    old = desk.passport("asha", "p1")
    assert desk.passports.who(old, NOW_MS) == ASHA
    (tmp_path / "passport.pem").unlink()
    renewed = Desk(tmp_path, NOW_MS)
    with pytest.raises(Refused, match="signed out"):
        desk.passports.who(old, NOW_MS + LOOK_EVERY_MS)
    assert desk.passports.who(renewed.passport("asha", "p1"), NOW_MS + LOOK_EVERY_MS) == ASHA


def test_a_member_asks_for_their_own_account_only(desk: Desk) -> None:
    """Somebody else's id in a question, at whatever depth, is refused; so is a profile that does not watch."""
    asha, anybody = desk.call("asha", "p1"), ""
    assert kind(IDENTITY_LIST_PROFILES, AccountId(account_id="asha"), asha, desk) == anybody
    assert kind(IDENTITY_LIST_PROFILES, AccountId(account_id="ben"), asha, desk) == "forbidden"
    assert kind(IDENTITY_LIST_PROFILES, AccountId(), asha, desk) == "forbidden"
    mine, theirs = Profile(account_id="asha", profile_id="p2"), Profile(account_id="ben", profile_id="p2")
    assert kind(IDENTITY_CHANGE_PROFILE, ProfileChange(profile=mine, asked_by="p1"), asha, desk) == anybody
    assert kind(IDENTITY_CHANGE_PROFILE, ProfileChange(profile=theirs, asked_by="p1"), asha, desk) == "forbidden"
    assert kind(IDENTITY_CREATE_PROFILE, NewProfile(account_id="asha", asked_by="p2"), asha, desk) == "forbidden"
    assert kind(HOME_KEPT, KeptRequest(profile_id="p1"), asha, desk) == anybody
    assert kind(HOME_KEPT, KeptRequest(profile_id="p2"), asha, desk) == "forbidden"


def test_everybody_has_their_own_doors(desk: Desk) -> None:
    """Visitors sign in, members see theirs, the operator looks after the house and any account, boxes report by themselves."""
    callers = [VISITOR, desk.call("asha", "p1"), desk.call("olga", operator=True), HOUSE]
    listed, nothing = AccountId(account_id="asha"), AccountId()
    table = {
        "sign in": [kind(IDENTITY_SIGN_IN, nothing, call, desk) for call in callers],
        "profiles": [kind(IDENTITY_LIST_PROFILES, listed, call, desk) for call in callers],
        "begin a job anew": [kind(STUDIO_RETRY_JOB, nothing, call, desk) for call in callers],
        "report": [kind(STEERING_REPORT, nothing, call, desk) for call in callers],
    }
    signed_out, no = "unauthenticated", "forbidden"
    assert table == {
        "sign in": ["", "", "", ""],
        "profiles": [signed_out, "", "", signed_out],
        "begin a job anew": [signed_out, no, "", signed_out],
        "report": [no, no, no, ""],
    }


def test_what_says_nothing_of_who_may_ask_is_asked_by_nobody(desk: Desk) -> None:
    """A method that was forgotten is closed, not open."""
    forgotten = Method("Home", "Kept", "kept", KeptRequest.FromString, KeptRequest.FromString)
    for call in (VISITOR, desk.call("asha"), desk.call("olga", operator=True), HOUSE):
        assert kind(forgotten, KeptRequest(), call, desk) != ""
