"""What tokens open at the front door of a running house, and what they do not."""

import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from oauth.client import LIBRARIES, Client, Failed, Registered, app, let_in, register
from running import OPERATOR, House
from visiting import PLAY, SCREEN, TITLES, Visitor

pytestmark = pytest.mark.xdist_group("house")

BACK = "http://127.0.0.1/back"
PAGE = "https://page.example.org"
HERE = "http://127.0.0.1:49152/back"
EVERYTHING = [word for scope in ("openid", "watch", "account", "operate") for word in ("--scope", scope)]


@pytest.fixture(scope="module")
def program(house: House) -> Registered:
    """One that runs on somebody's computer, and may ask for all."""
    return register(house, "Kino", *EVERYTHING, "--redirect", f"{PAGE}/back", redirect=BACK)


@pytest.fixture(scope="module")
def ben(house: House) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up("ben-of-apps@example.org")
    return visitor


@pytest.fixture(scope="module")
def kino(house: House, program: Registered) -> Iterator[Client]:
    with app("openid_client", house, program, way="rfc8414") as client:
        yield client


@pytest.fixture(scope="module")
def watching(kino: Client, ben: Visitor) -> dict[str, Any]:
    return given(kino, ben, "openid watch")


def given(client: Client, person: Visitor, scope: str) -> dict[str, Any]:
    begun = client.do("begin", redirect=HERE, scope=scope)
    return client.do("finish", **{**begun, "answer": let_in(person, begun["url"])})


class AppOf:
    """What an app asks with a token and nothing else."""

    def __init__(self, house: House, token: str, **more: str) -> None:
        self._visitor = Visitor(house)
        self._headers = {"authorization": f"Bearer {token}", **more}

    def ask(self, query: str, **variables: object) -> tuple[int, dict[str, Any]]:
        status, body = self._visitor.ask("/graphql", {"query": query, "variables": variables}, self._headers)
        return status, json.loads(body) if body.startswith(b"{") else {}

    def get(self, path: str) -> int:
        return self._visitor.ask(path, headers=self._headers)[0]


def test_an_app_that_may_watch_browses_and_plays(house: House, watching: dict[str, Any], ben: Visitor) -> None:
    """As the profile that let it in: the films, a play, its manifest."""
    clock = ben.wait_for_film("Clock")
    kino = AppOf(house, watching["access_token"])
    status, told = kino.ask(TITLES)
    assert (status, clock["name"] in {each["name"] for each in told["data"]["titles"]}) == (200, True)
    status, told = kino.ask(PLAY, title=clock["id"], screen=SCREEN)
    assert told["data"]["play"]["__typename"] == "Play"
    assert kino.get(re.sub("^https?://[^/]+", "", told["data"]["play"]["dash"])) == 200


@pytest.mark.parametrize(
    "question",
    [
        'mutation { removeProfile(id: "p") { headline } }',
        'mutation { createProfile(name: "a", avatar: "sun", kids: false, maturityLimit: 18) { __typename } }',
        "{ viewer { email } }",
        "{ profiles { id } }",
        "{ viewer { ...who } } fragment who on Viewer { email }",
        "{ operator { boxes { id } } }",
        "query a { libraryMark } query b { profiles { id } }",
    ],
)
def test_an_app_that_may_watch_may_nothing_else(house: House, watching: dict[str, Any], question: str) -> None:
    """Profiles, the account and the house are looked after in the house's own pages, or by apps that were let do that."""
    status, told = AppOf(house, watching["access_token"]).ask(question)
    assert (status, told["title"]) == (403, "Not with this app.")


def test_the_house_is_run_by_operators_apps_only(house: House, kino: Client, ben: Visitor) -> None:
    """Who is no operator cannot let an app run the house; of the operator's apps only the one that may can."""
    assert given(kino, ben, "openid watch operate")["scope"] == "openid watch"
    operator = Visitor(house)
    operator.ask("/auth/sign-in", {"email": OPERATOR, "password": "a quiet evening"})
    operator.pick(operator.profiles()[0]["id"])
    question = "{ viewer { operator } operator { __typename } }"
    runs = AppOf(house, given(kino, operator, "openid watch operate")["access_token"]).ask(question)
    assert runs == (200, {"data": {"viewer": {"operator": True}, "operator": {"__typename": "Operator"}}})
    watches = AppOf(house, given(kino, operator, "watch openid")["access_token"])
    assert watches.ask("{ viewer { operator } }") == (200, {"data": {"viewer": {"operator": False}}})


def test_the_doors_know_forged_and_foreign_tokens(house: House, watching: dict[str, Any], kino: Client, ben: Visitor) -> None:
    """Unsigned, cut, another kind, for something else: each is nobody at the doors."""
    good, question = watching["access_token"], "{ libraryMark }"
    assert AppOf(house, good).ask(question)[0] == 200
    header, claims, _ = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    only_who = given(kino, ben, "openid")["access_token"]
    for bad in (f"{none}.{claims}.", f"{header}.{claims}.{'A' * 86}", good[:-20], watching["id_token"], only_who, "", "nonsense"):
        assert AppOf(house, bad).ask(question)[0] in {401, 403}, bad
        assert AppOf(house, bad).get("/play/view/manifest.mpd") in {401, 403}, bad


def test_a_token_in_an_address_is_not_looked_at(house: House, watching: dict[str, Any]) -> None:
    """Addresses are written down on the way: what stands there opens nothing."""
    token = watching["access_token"]
    visitor = Visitor(house)
    assert visitor.ask(f"/graphql?access_token={token}", {"query": "{ libraryMark }"})[0] == 401
    assert visitor.ask(f"/oauth/userinfo?access_token={token}")[0] == 401


def test_an_app_says_nothing_of_itself(house: House, watching: dict[str, Any], ben: Visitor) -> None:
    """Headers by which services know who asks, and what for, are dropped from what people and apps send."""
    forged = {"x-matinee-role": "operator", "x-matinee-scope": "watch account operate", "x-matinee-account": "another"}
    assert AppOf(house, watching["access_token"], **forged).ask("{ viewer { email } }")[0] == 403
    assert AppOf(house, "nonsense", **forged).ask("{ libraryMark }")[0] == 401
    status, told = ben.ask("/graphql", {"query": "{ viewer { email } }"}, {"x-matinee-scope": "watch"})
    assert (status, b"ben-of-apps" in told) == (200, True)


def test_a_token_lets_nobody_in(house: House, watching: dict[str, Any], kino: Client) -> None:
    """An app cannot say yes to another one, nor to itself for more: that takes the person's own session."""
    begun = kino.do("begin", redirect=HERE, scope="openid watch account")
    query = urllib.parse.urlsplit(begun["url"]).query
    said = {"query": query, "allow": True, "profile": ""}
    assert Visitor(house).ask("/auth/apps/decide", said, {"authorization": f"Bearer {watching['access_token']}"})[0] == 401
    cookie = {"cookie": f"matinee-{(house.state / 'instance').read_text()}={watching['access_token']}"}
    assert Visitor(house).ask("/graphql", {"query": "{ libraryMark }"}, cookie)[0] == 401


def test_another_sites_page_cannot_say_yes(house: House, ben: Visitor, kino: Client) -> None:
    """Neither by a form nor by a script, though the browser is signed in; and another profile's yes is not this one's."""
    query = urllib.parse.urlsplit(kino.do("begin", redirect=HERE, scope="watch")["url"]).query
    said = {"query": query, "allow": True, "profile": ben.profiles()[0]["id"]}
    assert ben.ask("/auth/apps/decide", said, {"origin": "https://elsewhere.example"})[0] == 403
    assert ben.ask("/auth/apps/decide", said, {"sec-fetch-site": "cross-site"})[0] == 403
    assert ben.ask("/auth/apps/decide", {**said, "profile": "another"})[0] == 409
    assert ben.ask("/auth/apps/decide", said)[0] == 200


class Stays(urllib.request.HTTPRedirectHandler):
    """Follows nobody."""

    def redirect_request(self, *_: object) -> None:
        return None


def arrive(house: House, data: bytes | None = None, **said: str) -> tuple[int, str]:
    """The status of our door for somebody an app has sent, and where it sends them on to."""
    query = "" if data else "?" + urllib.parse.urlencode(said)
    try:
        with urllib.request.build_opener(Stays).open(f"{house.address}/oauth/authorize{query}", data, timeout=20) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("location") or ""


def test_the_door_sends_on_only_whom_it_knows(house: House, program: Registered) -> None:
    """An app's mistake goes back to the app; with another address, or of no app, a page of ours says so."""
    asked = {"client_id": program.client_id, "redirect_uri": HERE, "response_type": "code", "scope": "watch", "state": "s"}
    status, where = arrive(house, **asked)
    said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(where).query))
    assert (status, where.partition("?")[0]) == (303, HERE)
    assert (said["error"], said["state"], said["iss"]) == ("invalid_request", "s", house.address)
    assert arrive(house, **{**asked, "redirect_uri": "https://elsewhere.example/back"}) == (400, "")
    assert arrive(house, **{**asked, "client_id": "nobody"}) == (400, "")
    assert arrive(house, **asked, code_challenge="A" * 43, code_challenge_method="S256") == (200, "")
    form = urllib.parse.urlencode(asked).encode()
    assert arrive(house, form) == (303, f"/oauth/authorize?{form.decode()}")


def heard(house: House, path: str, origin: str, method: str = "GET", data: bytes | None = None) -> Any:
    request = urllib.request.Request(house.address + path, data, {"origin": origin}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.headers


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/jwks", "/oauth/userinfo", "/.well-known/openid-configuration"])
def test_scripts_of_registered_pages_read_answers_and_others_do_not(house: House, program: Registered, path: str) -> None:
    """A browser lets a page read what we say when the page's app is registered; with cookies nobody's page does."""
    method, data = ("POST", b"grant_type=refresh_token") if path == "/oauth/token" else ("GET", None)
    told = heard(house, path, PAGE, method, data)
    assert told["access-control-allow-origin"] == PAGE
    assert told["access-control-allow-credentials"] is None
    assert "authorization" in heard(house, path, PAGE, "OPTIONS")["access-control-allow-headers"]
    for other in ("https://elsewhere.example", "null", f"{PAGE}.elsewhere.example"):
        assert heard(house, path, other, method, data)["access-control-allow-origin"] is None
        assert heard(house, path, other, "OPTIONS")["access-control-allow-origin"] is None


def test_answers_with_tokens_are_kept_by_nobody_and_keys_for_a_while(house: House) -> None:
    """What is secret is stored nowhere on the way; what is public need not be asked for each time."""
    assert heard(house, "/oauth/token", "", "POST", b"grant_type=none")["cache-control"] == "no-store"
    assert heard(house, "/oauth/jwks", "")["cache-control"] == "public, max-age=300"
    assert heard(house, "/oauth/qr.svg?code=BCDF-GHJK", "")["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_answer_of_another_house_is_not_taken_for_ours(library: str, house: House, program: Registered, ben: Visitor) -> None:
    """Somebody mixes two houses up on purpose (RFC 9207): the client sees whose answer it is, and gives its code to nobody."""
    with app(library, house, program) as client:
        begun = client.do("begin", redirect=HERE, scope="openid watch")
        answer = let_in(ben, begun["url"])
        there = urllib.parse.quote("https://elsewhere.example", safe="")
        ours = urllib.parse.quote(house.address, safe="")
        assert f"iss={ours}" in answer
        with pytest.raises(Failed, match="iss"):
            client.do("finish", **{**begun, "answer": answer.replace(f"iss={ours}", f"iss={there}")})
        with pytest.raises(Failed, match="iss"):
            client.do("finish", **{**begun, "answer": answer.replace(f"&iss={ours}", "")})
        assert client.do("finish", **{**begun, "answer": answer})["scope"] == "openid watch"


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_sees_that_its_family_ended(library: str, house: House, program: Registered, ben: Visitor) -> None:
    """An old refresh token comes again: both it and the new one are refused, and a no at the page is heard as one."""
    with app(library, house, program) as client:
        first = given(client, ben, "openid watch")
        second = client.do("refresh", token=first["refresh_token"])
        third = client.do("refresh", token=second["refresh_token"])
        for token in (first["refresh_token"], third["refresh_token"]):
            with pytest.raises(Failed, match="invalid_grant"):
                client.do("refresh", token=token)
        begun = client.do("begin", redirect=HERE, scope="openid watch")
        with pytest.raises(Failed, match="access_denied"):
            client.do("finish", **{**begun, "answer": let_in(ben, begun["url"], allow=False)})


def test_the_access_token_is_what_a_resource_expects(house: House, program: Registered, ben: Visitor) -> None:
    """By RFC 9068, as the other library checks it: kind, issuer, audience, times, and who asks."""
    with app("oauth4webapi", house, program, way="rfc8414") as client:
        told = client.do("check", token=given(client, ben, "openid watch")["access_token"])
    assert (told["client_id"], told["scope"], told["aud"][1]) == (program.client_id, "openid watch", house.address)
