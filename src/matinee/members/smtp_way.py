"""The way letters leave the house, as an address: `smtp://mail.example.org:587?tls=start&login=/keys/smtp`. Decides."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
SHOWN = "smtp://mail.example.org:587?tls=start&login={keys}/smtp"


class BadSmtpUrl(ValueError):
    """The address cannot be used; the text says why and what to write."""


@dataclass(frozen=True)
class SmtpWay:
    host: str
    port: int
    tls: str  # "start", "whole" (from the first byte), "none"
    login: str = ""  # a file: the name in its first line, the password in its second
    ca: str = ""  # a file with the certificates to believe; empty: this machine's

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(each for each in (self.login, self.ca) if each)


def smtp_way(url: str) -> SmtpWay | None:
    """Raises BadSmtpUrl; None when there is none."""
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port, told = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise BadSmtpUrl(f"{error}: write it as {SHOWN}") from error
    if parts.scheme != "smtp" or not parts.hostname or not port or parts.path not in ("", "/") or parts.username:
        raise BadSmtpUrl(f"write it as {SHOWN}")
    if unknown := sorted(set(told) - {"tls", "login", "ca"}):
        raise BadSmtpUrl(f"'{unknown[0]}' is not known: it may say tls, login and ca")
    way = SmtpWay(parts.hostname, port, told.get("tls", ""), told.get("login", ""), told.get("ca", ""))
    if way.tls not in {"start", "whole", "none"}:
        raise BadSmtpUrl("say tls=start, tls=whole (from the first byte on) or, to this machine only, tls=none")
    if way.tls == "none" and not HERE.fullmatch(way.host):
        raise BadSmtpUrl(f"letters to {way.host} would travel where others read them: say tls=start or tls=whole")
    return way
