"""What one may refuse to be written, and how; and who may say so for whom."""

from pathlib import Path

import pytest

from matinee.contracts import notices_pb2 as pb
from matinee.ports.rpc import Refused
from members.letters import PAID, RESTS
from members.post_office import CALL, PostOffice, Sink, told


async def test_who_refuses_a_kind_gets_receipts_still(tmp_path: Path, sink: Sink) -> None:
    """One word from a letter, without signing in, ends letters about the membership; what is paid is always written."""
    office = await PostOffice(tmp_path, sink.way()).open()
    await office.hear(told(fact_id="f1", **RESTS))
    await office.round()
    refused_by = sink.mails[0]["List-Unsubscribe"]
    assert sink.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert refused_by.startswith("<https://films.example.org/letters/unsubscribe?word=")
    word = refused_by.strip("<>").partition("=")[2]
    for _ in range(2):
        await office.notices.unsubscribe(pb.UnsubscribeRequest(word=word), CALL)
    await office.hear(told(fact_id="f2", **RESTS), told(fact_id="f3", **PAID), told("ben", "f4", **RESTS))
    await office.round()
    assert await office.states() == ["SENT", "UNWANTED", "SENT", "SENT"]
    receipt = next(mail for mail in sink.mails if "payment_made" in mail["Message-ID"])
    assert (receipt["List-Unsubscribe"], receipt["List-Unsubscribe-Post"]) == (None, None)
    await office.close()


@pytest.mark.parametrize("change", [lambda w: w[:-2], lambda w: "A" * len(w), lambda w: "", lambda w: "é", lambda w: w[::-1]])
async def test_nobody_refuses_letters_for_another(tmp_path: Path, change: object) -> None:
    """A word that we did not write, or that was changed, does nothing."""
    assert callable(change)
    office = await PostOffice(tmp_path).open()
    await office.hear(told(**RESTS))
    await office.round()
    text = (await office.notices.read_letter(pb.LetterId(letter_id="f1.subscription_paused"), CALL)).text
    word = text.partition("/letters/unsubscribe#")[2].split()[0]
    with pytest.raises(Refused, match="none of ours"):
        await office.notices.unsubscribe(pb.UnsubscribeRequest(word=change(word)), CALL)
    await office.close()


async def test_wishes_are_kept_and_no_child_changes_them(tmp_path: Path) -> None:
    """Letters come in the language of one's country until one chooses another; a kids' profile chooses nothing."""
    office = await PostOffice(tmp_path).open()
    desk = office.notices
    asked = pb.LetterWishes(account_id="ben", language="en", membership=False, asked_by="grown-up")
    before = await desk.set_letter_wishes(pb.LetterWishes(account_id="ben", language="de", membership=True), CALL)
    assert (before.language, before.membership) == ("de", True)
    after = await desk.set_letter_wishes(asked, CALL)
    assert (after.language, after.membership) == ("en", False)
    for change, why in (({"asked_by": "kid"}, "forbidden"), ({"language": "tlh"}, "invalid")):
        wrong = pb.LetterWishes(account_id="ben", language="de", membership=True)
        wrong.MergeFrom(pb.LetterWishes(**change))
        with pytest.raises(Refused) as refused:
            await desk.set_letter_wishes(wrong, CALL)
        assert refused.value.kind == why
    await office.close()
