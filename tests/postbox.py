"""A mail server of a test's own, on loopback and in a thread: what a running house sends arrives here as it would anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from running import free_ports

SENDER = "Matinee <films@example.org>"


class Postbox:
    """Every mail that came, in its order."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's name for it
        self.mails.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
        return "250 so be it"

    def to(self, reader: str) -> list[tuple[str, str]]:
        """What somebody was written: the kind of each letter and its subject."""
        return [(_kind(mail), mail["Subject"]) for mail in list(self.mails) if mail["To"] == reader]

    def text(self, reader: str, kind: str) -> str:
        """The words of all letters of one kind to somebody, as plain text."""
        mine = [mail for mail in list(self.mails) if mail["To"] == reader and _kind(mail) == kind]
        return "\n".join(part.get_content() for mail in mine if (part := mail.get_body(("plain",))))


def _kind(mail: EmailMessage) -> str:
    """A letter's name ends in its kind: <fact.kind@house>."""
    return mail["Message-ID"].partition("@")[0].rpartition(".")[2]


@contextmanager
def open_postbox() -> Iterator[tuple[Postbox, int]]:
    """With the port that it listens on."""
    postbox, port = Postbox(), free_ports(1)
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()


def mailed_topology(file: Path, port: int) -> Path:
    """The same topology, with letters that leave by a mail server on this machine."""
    smtp = f'smtp = "smtp://127.0.0.1:{port}?tls=none"'
    text = file.read_text().replace('smtp = ""', smtp).replace('from = ""', f'from = "{SENDER}"')
    written = file.with_name("mailed.toml")
    written.write_text(text)
    return written
