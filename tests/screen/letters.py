"""Letters on the running house: who may read them, and how one refuses them."""

import asyncio
import re
import sqlite3
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from letterbox import LETTERS, letter_to, the_operator
from matinee.contracts.events_pb2 import MemberFact, SubscriptionPaused
from matinee.engines.sqlite_log import SqliteLog
from matinee.ports.log import Entry
from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

WISHES = "{ letterWishes { language membership } }"


def pause(house: House, account_id: str) -> None:
    """Tells the house that a membership rests."""

    async def tell() -> None:
        log, now_ms = SqliteLog(house.state / "log.db"), time.time_ns() // 1_000_000
        what = SubscriptionPaused(until_ms=now_ms + 86_400_000)
        fact = MemberFact(fact_id=f"pause-{now_ms}", account_id=account_id, at_ms=now_ms, subscription_paused=what)
        await log.append("members", [Entry(account_id, fact.SerializeToString())])
        await log.close()

    # In a thread of its own: a browser keeps an event loop in this one.
    with ThreadPoolExecutor() as aside:
        aside.submit(asyncio.run, tell()).result()


def account_of(house: House, letter_id: str) -> str:
    """Whose letter it is."""
    with sqlite3.connect(house.state / "notices.db") as db:
        return db.execute("SELECT account_id FROM letters WHERE letter_id = ?", (letter_id,)).fetchone()[0]


def test_a_welcome_is_written_and_only_the_operator_reads_it(house: House) -> None:
    """Who signs up is welcomed; where letters stay in the house its operator reads them, and nobody else."""
    member = Visitor(house)
    member.sign_up("welcomed@example.org")
    letter = letter_to(house, "welcomed@example.org", "welcome")
    assert "Your account is open." in letter["text"]
    operator = the_operator(house)
    status, page = operator.ask(letter["page"])
    assert (status, b"The house lights go down" in page) == (200, True)
    assert member.ask(letter["page"])[0] == 403
    assert Visitor(house).ask(letter["page"], headers={"x-matinee-role": "operator", "x-matinee-account": "me"})[0] == 401
    assert member.graphql(LETTERS)["operator"] is None
    status, body = member.ask("/graphql", {"query": f'mutation {{ sendLetterAgain(id: "{letter["id"]}") {{ __typename }} }}'})
    assert b"That is the operator" in body


def test_a_letter_may_do_nothing_in_the_operators_browser(house: House) -> None:
    """Whatever somebody got into a letter runs no script, sends no form and loads nothing from elsewhere."""
    Visitor(house).sign_up("sandboxed@example.org")
    letter = letter_to(house, "sandboxed@example.org", "welcome")
    operator = the_operator(house)
    cookies = "; ".join(f"{each.name}={each.value}" for each in operator.jar)
    request = urllib.request.Request(house.address + letter["page"], headers={"cookie": cookies})
    with urllib.request.urlopen(request, timeout=20) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert re.search(r"sandbox(?!.*allow-(scripts|same-origin|forms))", policy)


def test_looking_at_the_link_changes_nothing_and_one_post_refuses(house: House) -> None:
    """A mail program that opens every link refuses nothing; one that says the word as RFC 8058 has it does, without a cookie."""
    member = Visitor(house)
    member.sign_up("one-click@example.org")
    pause(house, account_of(house, letter_to(house, "one-click@example.org", "welcome")["id"]))
    letter = letter_to(house, "one-click@example.org", "subscription_paused")
    word = re.search(r"/letters/unsubscribe#(\S+)", letter["text"])
    assert word
    mail_program = Visitor(house)
    assert mail_program.ask(f"/letters/unsubscribe?word={word[1]}")[0] == 200
    assert member.graphql(WISHES)["letterWishes"]["membership"] is True
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert mail_program.send(f"/letters/unsubscribe?word={word[1][:-3]}", b"List-Unsubscribe=One-Click", form)[0] == 400
    assert mail_program.send(f"/letters/unsubscribe?word={word[1]}", b"List-Unsubscribe=One-Click", form)[0] == 204
    assert member.graphql(WISHES)["letterWishes"]["membership"] is False


def test_one_refuses_on_the_page_and_takes_it_back_in_the_account(page: Page, house: House) -> None:
    """From a letter's link: one tap and no sign-in; later, signed in, one chooses again, and another language."""
    member = Visitor(house)
    member.sign_up("by-hand@example.org")
    pause(house, account_of(house, letter_to(house, "by-hand@example.org", "welcome")["id"]))
    text = letter_to(house, "by-hand@example.org", "subscription_paused")["text"]
    link = re.search(r"http\S+/letters/unsubscribe#\S+", text)
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="No more of these").click()
    expect(page.get_by_role("heading", name="No more of these", exact=True)).to_be_visible()
    page.get_by_role("link", name="Choose what we write you").click()
    page.get_by_label("Email").fill("by-hand@example.org")
    page.get_by_label("Password").fill("a quiet evening")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Who’s watching?").wait_for()
    page.locator("ul button").first.click()
    expect(page.get_by_label("Write me how my membership goes")).not_to_be_checked()
    page.get_by_label("Write me how my membership goes").check()
    page.get_by_text("Kept.").wait_for()
    page.get_by_label("Language of letters").select_option("de")
    wait_until(lambda: member.graphql(WISHES)["letterWishes"] == {"language": "de", "membership": True}, 30, "both were kept")
