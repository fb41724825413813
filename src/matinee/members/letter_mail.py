"""A letter as a mail: its headers, none of which a member or a fact can break out of. Decides, and knows no clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, getaddresses, parseaddr

MOST_SUBJECT = 200
ADDRESS = re.compile(r"[^\s\x00-\x20\x7f-\x9f@<>()\[\]\\,;:\"]{1,64}@[^\s\x00-\x20\x7f-\x9f@<>()\[\]\\,;:\"]{1,188}")
"""Stricter than what may sign up: what a mail server would read as more than one address is none."""


@dataclass(frozen=True)
class Draft:
    """A letter that is ready to go; `refuse_url` is empty where it cannot be refused."""

    letter_id: str
    recipient: str
    language: str
    subject: str
    html: str
    text: str
    refuse_url: str = ""


@dataclass(frozen=True)
class Sender:
    sender: str  # "Matinee <matinee@example.org>"
    reply_to: str = ""


def is_address(text: str) -> bool:
    return ADDRESS.fullmatch(text) is not None


def address_of(sender: str) -> str:
    """The bare address of "Name <address>", or empty when there is none."""
    found = getaddresses([sender])
    one = len(found) == 1 and is_address(found[0][1]) and one_line(sender) == sender
    return found[0][1] if one else ""


def mail_of(draft: Draft, sender: Sender, now_ms: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP if draft.recipient.isascii() else SMTPUTF8)
    message["From"] = _named(sender.sender)
    message["To"] = Address(addr_spec=draft.recipient)
    if sender.reply_to:
        message["Reply-To"] = _named(sender.reply_to)
    message["Subject"] = one_line(draft.subject)[:MOST_SUBJECT]
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms / 1000, UTC))
    # The same however often it is sent: who has it already may know it again.
    message["Message-ID"] = f"<{draft.letter_id}@{address_of(sender.sender).rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = draft.language
    if draft.refuse_url:
        # RFC 8058: the reader's mail program says it for him, by a POST, without asking who he is.
        message["List-Unsubscribe"] = f"<{draft.refuse_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(draft.text)
    message.add_alternative(draft.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """Without anything that could begin another header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


def _named(sender: str) -> Address:
    name, bare = parseaddr(sender)
    return Address(display_name=one_line(name), addr_spec=bare)
