"""The door: what it lets in, what it refuses, and in which words."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")


def test_the_first_account_is_the_operator_and_others_are_not(house: House) -> None:
    """Whoever opens the house runs it; who comes later is a member."""
    first, second = Visitor(house), Visitor(house)
    is_first = json.loads(first.ask("/auth/welcome")[1])["first"]
    assert first.sign_up("opener@example.org")["operator"] is is_first
    assert second.sign_up("second@example.org")["operator"] is False
    assert json.loads(second.ask("/auth/welcome")[1])["first"] is False


def test_who_is_not_signed_in_sees_no_titles(house: House) -> None:
    """Without a passport, or with a forged header in its place, the API answers nothing."""
    stranger = Visitor(house)
    query = {"query": "{ titles { id } }"}
    assert stranger.ask("/graphql", query)[0] == 401
    assert stranger.ask("/graphql", query, {"x-matinee-account": "me", "x-matinee-role": "operator"})[0] == 401
    assert stranger.ask("//graphql", query)[0] == 401
    assert stranger.ask("/%67raphql", query)[0] == 401
    assert stranger.ask("/x/../graphql", query)[0] == 401


def test_a_header_cannot_make_a_member_somebody_else(house: House) -> None:
    """What a member's browser claims in headers is dropped: the passport alone says who they are."""
    Visitor(house).sign_up("before-myself@example.org")
    member = Visitor(house)
    member.sign_up("myself@example.org")
    _, body = member.ask(
        "/graphql", {"query": "{ viewer { email operator } }"}, {"x-matinee-account": "x", "x-matinee-role": "operator"}
    )
    assert json.loads(body)["data"]["viewer"] == {"email": "myself@example.org", "operator": False}


def test_a_cookie_that_is_stale_or_garbled_passes_as_nobody(house: House) -> None:
    """An old passport in the browser does not bar the way to the page or the sign-in form; it only opens nothing."""
    member = Visitor(house)
    member.sign_up("stale@example.org")
    name = next(cookie.name for cookie in member.jar if cookie.path == "/")
    for worth in ("garbled", "e30.e30.e30"):
        stale = {"cookie": f"{name}={worth}"}
        assert Visitor(house).ask("/", headers=stale)[0] == 200
        assert Visitor(house).ask("/auth/welcome", headers=stale)[0] == 200
        assert Visitor(house).ask("/auth/sign-in", {"email": "stale@example.org", "password": "a quiet evening"}, stale)[0] == 200
        assert Visitor(house).ask("/graphql", {"query": "{ viewer { email } }"}, stale)[0] == 401


def test_a_page_of_another_site_cannot_write(house: House) -> None:
    """A POST that another site's page sends is refused, with or without cookies."""
    member = Visitor(house)
    member.sign_up("target@example.org")
    credentials = {"email": "planted@example.org", "password": "a quiet evening"}
    assert member.ask("/auth/sign-up", credentials, {"origin": "http://evil.example"})[0] == 403
    assert member.ask("/auth/sign-out", {}, {"sec-fetch-site": "cross-site"})[0] == 403
    assert member.ask("/auth/pick", {"profile": ""}, {"origin": "http://evil.example"})[0] == 403
    assert member.ask("/graphql", {"query": "{ viewer { email } }"}, {"sec-fetch-site": "same-site"})[0] == 403
    assert member.ask("/auth/renew", {}, {"origin": house.address})[0] == 204


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("nobody", "a quiet evening", "email"),
        ("a@b@c", "a quiet evening", "email"),
        ("", "", "email"),
        ("me@example.org", "short", "password"),
        ("me@example.org", "x" * 201, "password"),
        ("long-enough@example.org", "Long-Enough@example.org", "password"),
    ],
)
def test_a_form_filled_in_wrongly_says_which_field_and_why(house: House, email: str, password: str, field: str) -> None:
    """Nobody has to guess what is wrong with an address or a password."""
    status, body = Visitor(house).ask("/auth/sign-up", {"email": email, "password": password})
    answer = json.loads(body)
    assert (status, answer["field"]) == (400, field)
    assert answer["reason"]


def test_an_address_has_one_account(house: House) -> None:
    """Signing up twice, in whatever capitals, says to sign in instead."""
    Visitor(house).sign_up("twice@example.org")
    status, body = Visitor(house).ask("/auth/sign-up", {"email": " Twice@Example.org ", "password": "another evening"})
    assert status == 409
    assert "sign in" in json.loads(body)["reason"]


def test_a_wrong_password_and_an_unknown_address_read_the_same(house: House) -> None:
    """Nobody can find out who has an account here."""
    Visitor(house).sign_up("known@example.org")
    wrong = Visitor(house).ask("/auth/sign-in", {"email": "known@example.org", "password": "wrong password"})
    unknown = Visitor(house).ask("/auth/sign-in", {"email": "unknown@example.org", "password": "wrong password"})
    assert wrong == unknown
    assert wrong[0] == 401


def test_signing_out_ends_the_session_for_good(house: House) -> None:
    """A copied session cookie is worth nothing once its owner has signed out."""
    member = Visitor(house)
    member.sign_up("leaver@example.org")
    copied = "; ".join(f"{cookie.name}={cookie.value}" for cookie in member.jar)
    assert Visitor(house).ask("/auth/renew", {}, {"cookie": copied})[0] == 204
    assert member.ask("/auth/sign-out", {})[0] == 204
    assert Visitor(house).ask("/auth/renew", {}, {"cookie": copied})[0] == 401


def test_cookies_are_out_of_reach_of_scripts(house: House) -> None:
    """Both cookies are HttpOnly and SameSite=Lax, and the lasting one goes to /auth only."""
    member = Visitor(house)
    member.sign_up("cookies@example.org")
    for cookie in member.jar:
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert (cookie.get_nonstandard_attr("SameSite") or "").lower() == "lax"
    assert {cookie.path for cookie in member.jar} == {"/", "/auth"}


@pytest.mark.parametrize(
    "body", ["[]", "null", "{", '{"query": 1}', '{"query": "{ titles", "variables": {}}', '{"query":"{x}","variables":[1]}']
)
def test_a_garbled_question_gets_an_answer_that_says_so(house: House, body: str) -> None:
    """What cannot be understood is refused in words, never with a crash."""
    member = Visitor(house)
    member.sign_up(f"garbled-{abs(hash(body))}@example.org")
    status, answer = member.send("/graphql", body.encode())
    assert status == 400 or (status == 200 and json.loads(answer)["errors"])


def test_an_unknown_title_is_refused_kindly(house: House) -> None:
    """A link to a film that is gone says so, and asking for it is null."""
    member = Visitor(house)
    member.sign_up("lost@example.org")
    assert member.graphql('{ title(id: "no-such-title") { id } }') == {"title": None}
    answer = member.play("no-such-title")
    assert answer["__typename"] == "Refused"
    assert answer["reason"]


def test_the_page_forbids_foreign_scripts(house: House) -> None:
    """The page's own headers allow our files, our boxes and nobody else."""
    with urllib.request.urlopen(house.address + "/title/anything") as page:
        policy = page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in policy
    boxes = f"http://localhost:{house.port + 1} http://localhost:{house.port + 2}"
    assert f"connect-src 'self' {boxes};" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("email", ["half\ud800@example.org", "ok@example.org"])
def test_half_a_letter_is_refused_in_words(house: House, email: str) -> None:
    """What is no text cannot become an address or a password, and breaks nothing."""
    password = "a quiet evening" if email != "ok@example.org" else "a quiet \ud800vening"
    status, body = Visitor(house).ask("/auth/sign-up", {"email": email, "password": password})
    assert status == 400
    assert json.loads(body)["reason"]


def test_a_broken_origin_is_a_foreign_one(house: House) -> None:
    """A header no browser would send is refused, not stumbled over."""
    assert Visitor(house).ask("/auth/sign-in", {}, {"origin": "http://["})[0] == 403


def test_a_house_on_this_machine_is_not_to_be_had_by_a_foreign_name(house: House) -> None:
    """A page elsewhere that points a name of its own at this machine reads nothing here."""
    foreign = {"host": f"evil.example:{house.port}"}
    assert Visitor(house).ask("/auth/welcome", headers=foreign)[0] == 404
    assert Visitor(house).ask("/auth/welcome", headers={"host": f"127.0.0.1:{house.port}"})[0] == 200


def test_a_queue_at_the_door_is_said_to_be_one(house: House) -> None:
    """Of a hundred people who mistype at once each is answered or turned away in time; who comes a moment later gets in."""
    Visitor(house).sign_up("patient@example.org")

    def mistype(n: int) -> int:
        return Visitor(house).ask("/auth/sign-in", {"email": f"hasty-{n}@example.org", "password": "a wrong guess"})[0]

    with ThreadPoolExecutor(100) as crowd:
        answers = list(crowd.map(mistype, range(100)))
    assert set(answers) <= {401, 429}
    assert Visitor(house).ask("/auth/sign-in", {"email": "patient@example.org", "password": "a quiet evening"})[0] == 200


def test_who_is_not_signed_in_has_no_keys(house: House) -> None:
    """Every question about ways to come in is refused to a stranger, in words, and to a page of another site."""
    stranger = Visitor(house)
    assert stranger.ask("/auth/keys")[0] == 401
    asked = dict.fromkeys(("id", "name", "answer", "code", "email", "password"), "x") | {
        "use": "add",
        "newPassword": "a quiet evening",
    }
    of_passkeys, of_codes = ("ask", "add", "rename", "remove"), ("begin", "confirm", "remove")
    paths = [*(f"passkey/{each}" for each in of_passkeys), *(f"codes/{each}" for each in of_codes)]
    for path in (*paths, "devices/end", "confirm", "password", "letters/email"):
        status, body = stranger.ask(f"/auth/{path}", asked)
        assert (status, json.loads(body)["title"]) == (401, "You are signed out."), path
        assert stranger.ask(f"/auth/{path}", asked, {"origin": "http://evil.example"})[0] == 403


@pytest.mark.parametrize("path", ["passkey/sign-in", "code", "verify", "reset", "passkey/ask", "letters/reset"])
@pytest.mark.parametrize("body", [{}, {"answer": 1, "use": [], "proof": None, "code": {}, "email": 5}])
def test_a_garbled_way_in_is_refused_in_words(house: House, path: str, body: dict[str, object]) -> None:
    """Nothing that a browser sends to the door breaks it."""
    status, answer = Visitor(house).ask(f"/auth/{path}", body)
    assert (status, json.loads(answer)["title"]) == (400, "That could not be read.")
