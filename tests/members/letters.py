"""Members are written to once about each thing that happened to them, whatever the mail server says or dies of."""

import asyncio
import ssl
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from matinee.contracts import notices_pb2 as pb
from matinee.contracts.events_pb2 import (
    EMAIL,
    AccountOpened,
    EmailChanged,
    MemberFact,
    Money,
    PasswordChanged,
    PaymentMade,
    ProofAsked,
    SubscriptionPaused,
)
from matinee.members.facts import TOPIC
from matinee.members.letter_states import LATE_MS
from matinee.ports.log import Entry
from matinee.ports.rpc import Refused
from members.post_office import CALL, NOW_MS, PostOffice, Sink, told

PAID = {"payment_made": PaymentMade(amount=Money(minor=1299, currency="EUR"), invoice_number="2026-7")}
CHANGED = {"password_changed": PasswordChanged()}
RESTS = {"subscription_paused": SubscriptionPaused(until_ms=NOW_MS + 86_400_000)}


async def test_a_fact_becomes_one_letter_however_often_it_is_told(tmp_path: Path, sink: Sink) -> None:
    """Told three times, also after it was sent, a payment is one mail, from the house to the one who paid."""
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(**PAID), told(**PAID))
    await office.round()
    await office.hear(told(**PAID))
    await office.round(10_000)
    (mail,) = sink.mails
    assert sink.readers == ["asha@example.org"]
    assert (mail["From"], mail["To"]) == ("Matinee <films@example.org>", "asha@example.org")
    assert (mail["Reply-To"], mail["Message-ID"]) == ("help@example.org", "<f1.payment_made@example.org>")
    assert "€12.99" in mail["Subject"]
    assert await office.states() == ["SENT"]
    await office.close()


async def test_facts_are_read_from_the_log_and_done_with_when_they_are_written_down(tmp_path: Path, sink: Sink) -> None:
    """What is told to the log reaches the member's mailbox, and the next process does not begin anew."""
    office = await PostOffice(tmp_path, sink.way()).open()
    facts = [told(fact_id=f"f{n}", **CHANGED) for n in range(3)]
    await office.log.append(TOPIC, [Entry(each.account_id, each.SerializeToString()) for each in facts])
    hearing = asyncio.create_task(office.notices.keep_hearing())
    while len(await office.letters()) < 3:
        await asyncio.sleep(0.02)
    standing = await office.log.standings(TOPIC)
    hearing.cancel()
    await office.round()
    assert sorted(mail["Message-ID"] for mail in sink.mails) == [f"<f{n}.password_changed@example.org>" for n in range(3)]
    assert sum(standing["notices"].values()) >= 2
    await office.close()


async def test_a_change_of_address_is_told_to_both(tmp_path: Path, sink: Sink) -> None:
    """Whoever lost an account to a thief hears of it where they still read."""
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(email_changed=EmailChanged(old_email="old@example.org")))
    await office.round()
    assert sorted(sink.readers) == ["asha@example.org", "old@example.org"]
    await office.close()


async def test_a_mail_server_that_is_busy_is_asked_again_later(tmp_path: Path, sink: Sink) -> None:
    """A letter that was refused for now comes half a minute later, and not before."""
    sink.answers = {"RCPT": ["451 greylisted"], "DATA": ["452 no room"]}
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(**PAID))
    await office.round()
    (letter,) = (await office.letters()).values()
    assert (letter.state, letter.problem, letter.due_ms) == (pb.LETTER_WAITING, "451 greylisted", NOW_MS + 30_000)
    await office.round(29)
    assert (await office.letters())["f1.payment_made"].problem == "451 greylisted"
    await office.round(1)
    assert (await office.letters())["f1.payment_made"].problem == "452 no room"
    await office.round(60)
    assert len(sink.mails) == 1
    assert await office.states() == ["SENT"]
    await office.close()


@pytest.mark.parametrize(("at", "says"), [("RCPT", "550 nobody here"), ("DATA", "554 spam")])
async def test_a_no_for_good_is_shown_with_its_reason_and_can_be_tried_by_hand(
    tmp_path: Path, sink: Sink, at: str, says: str
) -> None:
    """A letter to nobody is not tried again by itself; the operator reads why, mends it, and sends it."""
    sink.answers = {at: [says]}
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(**PAID))
    await office.round()
    await office.round(100_000)
    (letter,) = (await office.letters()).values()
    assert (letter.state, letter.problem, sink.mails) == (pb.LETTER_REFUSED, says, [])
    await office.notices.send_again(pb.LetterId(letter_id=letter.letter_id), CALL)
    await office.round()
    assert len(sink.mails) == 1
    with pytest.raises(Refused, match="needs no help"):
        await office.notices.send_again(pb.LetterId(letter_id=letter.letter_id), CALL)
    await office.close()


async def test_the_log_tells_of_a_letter_without_whom_it_was_to(tmp_path: Path, sink: Sink) -> None:
    """One line for each letter, with what became of it and why; no address in it, even where the mail server repeats one."""
    sink.answers = {"RCPT": ["550 5.1.1 <asha@example.org>: nobody here"]}
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(**PAID))
    with capture_logs() as lines:
        await office.round()
    (line,) = lines
    assert (line["event"], line["letter"], line["state"]) == ("letter", "f1.payment_made", "refused")
    assert line["why"] == "550 5.1.1 (an address) nobody here"
    assert "@" not in str(line)
    await office.close()


async def test_a_mail_server_that_is_away_costs_no_letter(tmp_path: Path, sink: Sink) -> None:
    """While nobody listens letters wait, and say why; they go when somebody does."""
    office = await PostOffice(tmp_path, sink.way()).open()
    async with Sink().open() as gone:
        pass
    away = await PostOffice(tmp_path, gone.way(), office.clock).open()
    await away.hear(told(**PAID))
    await away.round()
    (letter,) = (await away.letters()).values()
    assert letter.state == pb.LETTER_WAITING
    assert f"localhost:{gone.port}" in letter.problem
    await office.round(60)
    assert len(sink.mails) == 1
    await away.close()
    await office.close()


async def test_a_mail_server_that_falls_silent_leaves_a_letter_in_doubt_and_it_is_not_sent_twice(
    tmp_path: Path, sink: Sink
) -> None:
    """Without a last word nobody knows whether it left: it stays until the operator says so, and goes under the same number."""
    sink.rest_s = 60
    office = await PostOffice(tmp_path, sink.way(), last_word_within_s=1).open()
    await office.hear(told(**PAID))
    await office.round()
    await office.round(100_000)
    (letter,) = (await office.letters()).values()
    assert letter.state == pb.LETTER_IN_DOUBT
    assert "did not say whether it has it" in letter.problem
    assert len(sink.mails) == 1
    sink.rest_s = 0
    await office.notices.send_again(pb.LetterId(letter_id=letter.letter_id), CALL)
    await office.round()
    assert await office.states() == ["SENT"]
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1
    await office.close()


async def test_two_postmen_share_the_work_and_send_none_twice(tmp_path: Path, sink: Sink) -> None:
    """Two processes with forty letters between them send forty."""
    sink.rest_s = 0.01
    one = await PostOffice(tmp_path, sink.way()).open()
    two = await one.another()
    facts = [told(fact_id=f"f{n:02}", **PAID) for n in range(40)]
    await asyncio.gather(one.hear(*facts), two.hear(*facts))
    while any(each == "WAITING" for each in await one.states()):
        await asyncio.gather(one.notices.send_waiting(), two.notices.send_waiting())
    assert sorted(mail["Message-ID"] for mail in sink.mails) == [f"<f{n:02}.payment_made@example.org>" for n in range(40)]
    await two.close()
    await one.close()


async def test_letters_travel_encrypted_or_not_at_all(
    tmp_path: Path, sink: Sink, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    """A server that offers no encryption, or whose certificate nobody vouches for, gets no letter; one that is known does."""
    file, context = certificate
    office = await PostOffice(tmp_path, sink.way("start")).open()
    await office.hear(told(**PAID))
    await office.round()
    assert "STARTTLS" in (await office.letters())["f1.payment_made"].problem
    async with Sink(tls=context).open() as safe:
        stranger = await PostOffice(tmp_path, safe.way("start"), office.clock).open()
        await stranger.round(60)
        assert "could not show that it is who it says" in (await office.letters())["f1.payment_made"].problem
        known = await PostOffice(tmp_path, safe.way("start", ca=str(file)), office.clock).open()
        await known.round(120)
        assert (len(sink.mails), len(safe.mails)) == (0, 1)
        await stranger.close()
        await known.close()
    await office.close()


async def test_a_login_comes_from_its_file_and_a_wrong_one_costs_no_letter(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    """The password may be mended while the house runs: the letters that waited for it go."""
    ca, context = certificate
    login = tmp_path / "login"
    login.write_text("films\nwrong\n")
    async with Sink(tls=context, login=("films", "right")).open() as sink:
        office = await PostOffice(tmp_path, sink.way("start", ca=str(ca), login=str(login))).open()
        await office.hear(told(**PAID))
        await office.round()
        (letter,) = (await office.letters()).values()
        assert letter.state == pb.LETTER_WAITING
        assert "does not know our login" in letter.problem
        login.write_text("films\nright\n")
        await office.round(60)
        assert len(sink.mails) == 1
        await office.close()


async def test_without_a_mail_server_letters_are_kept_to_be_read_and_later_never_again(tmp_path: Path, sink: Sink) -> None:
    """On a laptop I find the link of a new password on a page; once letters leave the house nobody reads it there."""
    office = await PostOffice(tmp_path).open()
    await office.hear(told(proof_asked=ProofAsked(proof_id="p", proof_of=EMAIL, email="new@example.org")))
    await office.round()
    which = pb.LetterId(letter_id="f1.confirm_address")
    copy = await office.notices.read_letter(which, CALL)
    assert copy.letter.recipient == "new@example.org"
    assert "https://films.example.org/verify#p-1" in copy.text
    assert 'href="https://films.example.org/verify#p-1"' in copy.html
    mailing = await PostOffice(tmp_path, sink.way(), office.clock).open()
    with pytest.raises(Refused, match="Letters leave this house"):
        await mailing.notices.read_letter(which, CALL)
    with pytest.raises(Refused, match="not written"):
        await office.notices.read_letter(which, CALL)
    await mailing.close()
    await office.close()


async def test_what_happened_days_ago_is_not_written_about(tmp_path: Path, sink: Sink) -> None:
    """A backlog of three days becomes no flood of old news, and is counted."""
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(at_ms=NOW_MS - LATE_MS - 1, **PAID), told(fact_id="f2", at_ms=NOW_MS - LATE_MS, **PAID))
    await office.round()
    assert await office.states() == ["LATE", "SENT"]
    assert len(sink.mails) == 1
    await office.close()


async def test_a_link_that_is_over_and_an_account_that_is_gone_end_a_letter(tmp_path: Path, sink: Sink) -> None:
    """Nobody gets a link that does nothing, and nobody is written to who is no member."""
    office = await PostOffice(tmp_path, sink.way()).open()
    over = ProofAsked(proof_id="over", proof_of=EMAIL, email="new@example.org")
    await office.hear(told(proof_asked=over), told("gone", "f2", account_opened=AccountOpened()))
    await office.round()
    assert await office.states() == ["OVER", "OVER"]
    await office.close()


async def test_a_fact_of_a_later_matinee_makes_no_letter_and_no_trouble(tmp_path: Path) -> None:
    """What we do not know we do not write about."""
    office = await PostOffice(tmp_path).open()
    await office.hear(MemberFact(fact_id="f1", account_id="asha", at_ms=NOW_MS))
    assert await office.letters() == {}
    await office.close()


@pytest.mark.parametrize(
    "email", ["asha@example.org,ben@example.org", "a>b@example.org", "a\r\nBcc: c@example.org", "a b@c", "no"]
)
async def test_an_address_that_is_more_than_one_is_refused_with_a_way_out(tmp_path: Path, sink: Sink, email: str) -> None:
    """Nobody smuggles another reader, or another header, into a letter."""
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(proof_asked=ProofAsked(proof_id="p", proof_of=EMAIL, email=email)))
    await office.round()
    (letter,) = (await office.letters()).values()
    assert (letter.state, sink.mails) == (pb.LETTER_REFUSED, [])
    assert "ask the member" in letter.problem
    await office.close()
