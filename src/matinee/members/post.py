"""The post: hands one letter to the mail server, and says what is known of it afterwards.

Until the last command before the letter itself nothing has left, whatever goes wrong. From there on only the server's own word
tells; without one nobody knows. What the house has set up wrongly (a login, a certificate, its own address) is no letter's
fault and passes when it is mended; a no to the reader's address, or to the letter, is for good.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Generator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from matinee.members.letter_mail import Sender, address_of
from matinee.members.smtp_way import SmtpWay

ANSWERS_WITHIN_S = 30.0
LAST_WORD_WITHIN_S = 120.0
"""A mail server reads the letter, and often looks for viruses, before it says yes."""


class NotNow(Exception):
    """The letter has not left, and may be tried again; the text says why."""


class Never(Exception):
    """The letter has not left, and will not; the text is the mail server's."""


class InDoubt(Exception):
    """The letter was said and no answer came: it may have left."""


class Post:
    def __init__(self, way: SmtpWay, sender: Sender, answers_within_s: float, last_word_within_s: float) -> None:
        self._way = way
        self._from = address_of(sender.sender)
        self._answers_within_s = answers_within_s
        self._last_word_within_s = last_word_within_s

    @contextlib.asynccontextmanager
    async def line(self, recipient: str) -> AsyncGenerator["Line"]:
        """An open line to the mail server, which has agreed to take a letter for this reader. Raises NotNow and Never."""
        way = self._way
        with _nothing_has_left(f"{way.host}:{way.port}"):
            smtp = aiosmtplib.SMTP(
                hostname=way.host,
                port=way.port,
                use_tls=way.tls == "whole",
                start_tls=way.tls == "start",
                tls_context=None if way.tls == "none" else ssl.create_default_context(cafile=way.ca or None),
                local_hostname=self._from.rpartition("@")[2],
                timeout=self._answers_within_s,
            )
            await smtp.connect()
        try:
            with _nothing_has_left(f"{way.host}:{way.port}"):
                if way.login:
                    name, password = await asyncio.to_thread(_login, way.login)
                    await smtp.login(name, password)
                await self._agree(smtp, recipient)
            yield Line(smtp, self._last_word_within_s)
        finally:
            smtp.close()

    async def _agree(self, smtp: aiosmtplib.SMTP, recipient: str) -> None:
        ascii_only = recipient.isascii()
        await smtp.ehlo()
        if not ascii_only and not smtp.supports_extension("smtputf8"):
            raise Never("the mail server takes no address with letters beyond ASCII: ask the member for another")
        await smtp.mail(self._from, options=[] if ascii_only else ["SMTPUTF8"], encoding="ascii" if ascii_only else "utf-8")
        try:
            await smtp.rcpt(recipient, encoding="ascii" if ascii_only else "utf-8")
        except aiosmtplib.SMTPRecipientRefused as refused:
            raise (Never if refused.code >= 500 else NotNow)(_words(refused)) from refused


class Line:
    """Where one letter can be said."""

    def __init__(self, smtp: aiosmtplib.SMTP, last_word_within_s: float) -> None:
        self._smtp = smtp
        self._last_word_within_s = last_word_within_s

    async def say(self, message: EmailMessage) -> None:
        """Returns when the mail server has the letter. Raises NotNow, Never and InDoubt."""
        try:
            await self._smtp.data(message.as_bytes(), timeout=self._last_word_within_s)
        except aiosmtplib.SMTPDataError as refused:
            raise (Never if refused.code >= 500 else NotNow)(_words(refused)) from refused
        except (aiosmtplib.SMTPException, OSError, ValueError) as silence:
            raise InDoubt(f"the mail server took the letter and did not say whether it has it ({silence})") from silence
        # It has the letter: how it takes leave is of no interest.
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self._smtp.quit(timeout=1)


@contextlib.contextmanager
def _nothing_has_left(where: str) -> Generator[None]:
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        raise NotNow(f"{where} does not know our login: mend the file that [mail] smtp names ({_words(error)})") from error
    except aiosmtplib.SMTPSenderRefused as error:
        raise NotNow(f"{where} takes no letters from our address: mend [mail] from ({_words(error)})") from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotNow(f"{where} said no: {_words(error)}") from error
    except ssl.SSLError as error:
        raise NotNow(f"{where} could not show that it is who it says: {error}: mend its certificate, or say ca=FILE") from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotNow(f"{where}: {error}") from error


def _login(file: str) -> tuple[str, str]:
    """A name and a password, one to a line; read each time, so that they can be changed."""
    lines = Path(file).read_text().splitlines()
    if len(lines) < 2:
        raise ValueError(f"{file} holds no login: write the name in its first line and the password in its second")
    return lines[0].strip(), lines[1].strip()


def _words(error: aiosmtplib.SMTPResponseException) -> str:
    return " ".join(f"{error.code} {error.message}".split())[:300]
