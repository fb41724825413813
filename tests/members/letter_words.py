"""What stands in a letter: all of its fact, in the reader's language, and nothing that anybody smuggled in."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from matinee.contracts import events_pb2 as pb
from matinee.members.declines import BY_CODE, DECLINED
from matinee.members.letter_facts import locale_of, said_by
from matinee.members.letter_kinds import GROUP, LANGUAGES, OF_FACT, kinds_of, language_for, may_refuse
from matinee.members.letter_mail import Draft, Sender, mail_of
from matinee.members.letter_states import BY_HAND, MOVES, WAITING, before, wait_ms
from matinee.members.letter_words import write

NOW_MS = 1_700_000_000_000  # 14 November 2023
LATER_MS = NOW_MS + 20 * 86_400_000  # 4 December 2023
HOUSE = "https://films.example.org"
LINK = {"link": f"{HOUSE}/verify#secret", "link_until": "14 Nov"}
MONEY = pb.Money(minor=129_900, currency="EUR")

FACTS: dict[str, dict[str, Any]] = {
    "account_opened": {"account_opened": pb.AccountOpened()},
    "proof_asked": {"proof_asked": pb.ProofAsked(proof_id="p", proof_of=pb.EMAIL, email="a@example.org")},
    "password_changed": {"password_changed": pb.PasswordChanged()},
    "email_changed": {"email_changed": pb.EmailChanged(old_email="old@example.org")},
    "device_added": {"device_added": pb.DeviceAdded(device="Firefox on <b>Linux</b>")},
    "sign_in_means_changed": {"sign_in_means_changed": pb.SignInMeansChanged(means="passkey & co", added=True)},
    "subscription_started": {
        "subscription_started": pb.SubscriptionStarted(
            plan="Grand <i>& Co</i>", price=MONEY, trial_until_ms=LATER_MS, period_until_ms=LATER_MS
        )
    },
    "trial_ending": {"trial_ending": pb.TrialEnding(plan="Grand", until_ms=LATER_MS, price=MONEY)},
    "payment_made": {"payment_made": pb.PaymentMade(amount=MONEY, invoice_number="2026-0007")},
    "payment_failed": {
        "payment_failed": pb.PaymentFailed(amount=MONEY, reason="declined", again_at_ms=LATER_MS, grace_until_ms=LATER_MS)
    },
    "plan_changed": {"plan_changed": pb.PlanChanged(from_plan="Small", to_plan="Grand", at_ms=LATER_MS)},
    "subscription_paused": {"subscription_paused": pb.SubscriptionPaused(until_ms=LATER_MS)},
    "subscription_resumed": {"subscription_resumed": pb.SubscriptionResumed(plan="Grand")},
    "subscription_cancelled": {"subscription_cancelled": pb.SubscriptionCancelled(until_ms=LATER_MS)},
    "subscription_ended": {"subscription_ended": pb.SubscriptionEnded(reason="unpaid")},
    "refunded": {"refunded": pb.Refunded(amount=MONEY, invoice_number="2026-0007")},
    "gift_bought": {"gift_bought": pb.GiftBought(code="GIVE-ME-FILMS", amount=MONEY)},
}
EVERY_LETTER = [(fact, kind, language) for fact, kinds in OF_FACT.items() for kind in kinds for language in LANGUAGES] + [
    ("proof_asked", "reset_password", language) for language in LANGUAGES
]


class Seen(HTMLParser):
    """What a reader sees of a page: its words, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = list[str](), list[str](), set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", " ".join(self.words))


def fact(name: str, **more: Any) -> pb.MemberFact:
    return pb.MemberFact(fact_id="f", account_id="asha", at_ms=NOW_MS, **{**FACTS[name], **more})


def said_in(name: str, language: str) -> dict[str, str]:
    """All that the fact says, and the link that a proof's letter brings."""
    return said_by(fact(name), language) | (LINK if name == "proof_asked" else {})


def test_every_fact_that_a_member_would_want_to_hear_of_has_its_letter() -> None:
    """Nothing happens to an account of which nobody is told: each fact has letters, each letter its group."""
    assert {field.name for field in pb.MemberFact.DESCRIPTOR.oneofs_by_name["what"].fields} == set(OF_FACT) == set(FACTS)
    assert {kind for kinds in OF_FACT.values() for kind in kinds} | {"reset_password"} == set(GROUP)
    assert kinds_of("proof_asked", resets_password=True) == ("reset_password",)


@pytest.mark.parametrize(("name", "kind", "language"), EVERY_LETTER)
def test_a_letter_says_all_of_its_fact_in_both_forms(name: str, kind: str, language: str) -> None:
    """Money, days, numbers and names of the fact stand in the page and in the plain text; no gap, no markup of others."""
    said = said_in(name, language)
    written = write(kind, language, said, HOUSE, "")
    seen = Seen(written.html)
    own = set(said) - {"day", "moment", "old_email", "email", "proof_id", "reason", "added", "price", "link_until"}
    for word in own:
        assert said[word] in written.text, word
        assert said[word] in seen.text or said[word] in seen.links, word
    assert "Undefined" not in written.html + written.text
    assert not re.search(r"\{[{%]|[%}]\}", written.html + written.text + written.subject)
    assert not seen.tags & {"b", "i", "script", "img"}
    assert all(link.startswith(HOUSE) for link in seen.links)
    assert written.subject
    assert "\n" not in written.subject
    assert f'<html lang="{language}">' in written.html


@pytest.mark.parametrize("name", ["payment_failed", "subscription_started", "plan_changed", "subscription_paused"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_fact_does_not_say_leaves_no_gap(name: str, language: str) -> None:
    """A payment that is not tried again says so, and has no empty line where the day would stand."""
    empty = {"payment_failed": pb.PaymentFailed(amount=MONEY), "subscription_paused": pb.SubscriptionPaused()}
    started = {"subscription_started": pb.SubscriptionStarted(plan="Grand", price=MONEY)}
    changed = {"plan_changed": pb.PlanChanged(from_plan="Small", to_plan="Grand", at_ms=LATER_MS)}
    (kind,) = OF_FACT[name]
    said = said_by(fact(name, **{name: {**empty, **started, **changed}[name]}), language)
    written = write(kind, language, said, HOUSE, "")
    assert not re.search(r": *\n  \w|  \w[^\n]*: *\n(?!http)|\n\n\n\n", written.text.partition("\n--\n")[0])
    assert '<p style="margin:0 0 16px"></p>' not in written.html


def test_money_and_days_are_written_as_the_reader_writes_them() -> None:
    """1,299 euros on the fourth of December, and yen without cents, in London, in an unknown place, and in Vienna."""
    places = {
        ("en", "GB"): ("€1,299.00", "4 December 2023"),
        ("en", ""): ("€1,299.00", "December 4, 2023"),
        ("en", "XX"): ("€1,299.00", "December 4, 2023"),
        ("de", "AT"): ("€\xa01.299,00", "4. Dezember 2023"),
        ("de", "DE"): ("1.299,00\xa0€", "4. Dezember 2023"),
    }
    for (language, country), (amount, when) in places.items():
        said = said_by(fact("payment_failed"), locale_of(language, country))
        assert (said["amount"], said["grace_until"]) == (amount, when)
        yen = fact("payment_made", payment_made=pb.PaymentMade(amount=pb.Money(minor=500, currency="JPY")))
        assert "500" in said_by(yen, language)["amount"]
        assert "500.00" not in said_by(yen, language)["amount"]


def test_a_letter_is_in_the_language_asked_for_else_in_the_countrys() -> None:
    """Who chose English in Berlin reads English; who chose nothing in Vienna reads German."""
    chosen = [language_for(*each) for each in (("en", "DE"), ("", "AT"), ("", "GB"), ("", ""), ("tlh", "DE"))]
    assert chosen == ["en", "de", "en", "en", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_may_be_refused_offers_it(language: str) -> None:
    """Under a letter about a pause stands how to have no more of them; under a receipt stands why it always comes."""
    refuse = f"{HOUSE}/letters/unsubscribe#word"
    pause = write("subscription_paused", language, said_in("subscription_paused", language), HOUSE, refuse)
    receipt = write("payment_made", language, said_in("payment_made", language), HOUSE, "")
    assert refuse in Seen(pause.html).links
    assert refuse in pause.text
    assert "unsubscribe" not in receipt.html + receipt.text
    assert [may_refuse(kind) for kind in ("subscription_paused", "payment_made", "reset_password")] == [True, False, False]


@pytest.mark.parametrize("subject", ["Paid\r\nBcc: thief@example.org", "Paid\n\n<script>", "x" * 5000, "Bezahlt: 12 €\u2028X: y"])
def test_nothing_in_a_subject_becomes_another_header(subject: str) -> None:
    """Whoever names a device or a plan names no reader and writes no mail of their own."""
    draft = Draft("f.payment_made", "asha@example.org", "en", subject, "<p>html</p>", "text")
    raw = mail_of(draft, Sender("Matinee <films@example.org>"), NOW_MS).as_bytes()
    names = [line.partition(b":")[0].lower() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] not in b" \t"]
    assert not {b"bcc", b"x"} & set(names)
    assert names.count(b"subject") == 1
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_a_letter_in_doubt_leaves_that_state_by_hand_only() -> None:
    """The table of moves: nothing comes out of a final state, and nothing but a person or a late word ends a doubt."""
    assert {state for state, reached in MOVES.items() if reached} == {WAITING, "handing over"} | BY_HAND
    assert before("handing over") == {WAITING}
    assert [wait_ms(tries) // 1000 for tries in (1, 2, 3, 8, 80)] == [30, 60, 120, 3600, 3600]


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_payment_failed_is_said_in_words_of_its_own(language: str) -> None:
    """Whatever a bank says no for, its letter says something else than that the payment was not made, and no code."""
    kinds = {each.kind for each in [*BY_CODE.values(), DECLINED]}
    said = {
        each: said_by(fact("payment_failed", payment_failed=pb.PaymentFailed(amount=MONEY, reason=each)), language)
        for each in kinds
    }
    written = {each: write("payment_failed", language, words, HOUSE, "").text for each, words in said.items()}
    assert len(set(written.values())) == len(kinds) >= 8
    assert not [each for each, text in written.items() if "was not made" in text or "wurde nicht gezahlt" in text]
