"""Whom alarms are told, and in which words: PagerDuty's Events API v2, and webhooks that are signed. Decides.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ : the same `dedup_key` is the same incident.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
LABEL = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
LONGEST = 2000
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 2_000, 900_000
GIVEN_UP_MS = 24 * 3_600_000
WANTED = "give an address as https://alarms.example.org/hook, in ASCII"
AGAIN = (408, 425, 429)
"""Answers of the 400s that may be better the next time."""


class BadWay(ValueError):
    """The address cannot be used; the text says why and what to write."""


@dataclass(frozen=True)
class Way:
    """Somebody who is told. `key`: the file of PagerDuty's routing key, or of what webhooks are signed with; empty: unsigned."""

    kind: str  # "pagerduty", "webhook"
    address: str
    key: str = ""

    @property
    def name(self) -> str:
        """By which deliveries know it; an address may hold a secret in its path."""
        return f"{self.kind} {hashlib.sha256(self.address.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class News:
    """An alarm that went off, or ended."""

    alarm: str
    firing: bool
    severity: str
    summary: str
    next_step: str
    since_ms: int
    at_ms: int


def checked(address: str) -> str:
    """Raises BadWay. What is told stays unread on the way, but for what stays on this machine."""
    try:
        parts = urlsplit(address)
        well = HOST.fullmatch(parts.hostname or "") and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise BadWay(WANTED) from error
    plain = len(address) <= LONGEST and address.isascii() and address.isprintable() and " " not in address
    if not well or not plain or parts.scheme not in {"http", "https"} or parts.username or parts.fragment:
        raise BadWay(WANTED)
    if parts.scheme == "http" and not HERE.fullmatch(parts.hostname or ""):
        raise BadWay("what is told there would travel where others read it: give an https:// address")
    return address


def dedup_key(house: str, alarm: str) -> str:
    return f"matinee {house} {alarm}"[:255]


def pagerduty(news: News, house: str, link: str, routing_key: str) -> bytes:
    event: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": "trigger" if news.firing else "resolve",
        "dedup_key": dedup_key(house, news.alarm),
    }
    if news.firing:
        details = {"next step": news.next_step, "since": _iso(news.since_ms)}
        payload = {
            "summary": news.summary[:1024],
            "source": link or house,
            "severity": news.severity,
            "timestamp": _iso(news.at_ms),
        }
        event |= {"payload": {**payload, "component": news.alarm, "custom_details": details}}
        event |= {"client": "Matinee", "client_url": link, "links": [{"href": link, "text": "The figures"}]}
    return json.dumps(event).encode()


def webhook(news: News, house: str, link: str) -> bytes:
    told = {
        "version": 1,
        "event": "firing" if news.firing else "resolved",
        "alarm": news.alarm,
        "dedupKey": dedup_key(house, news.alarm),
        "severity": news.severity,
        "summary": news.summary,
        "nextStep": news.next_step,
        "since": _iso(news.since_ms),
        "at": _iso(news.at_ms),
        "link": link,
    }
    return json.dumps(told).encode()


def signature(body: bytes, key: str, now_ms: int) -> str:
    """As `t=SECONDS,v1=HEX`: HMAC-SHA256 of the seconds, a full stop and the body."""
    seconds = now_ms // 1000
    return f"t={seconds},v1={hmac.new(key.encode(), b'%d.%b' % (seconds, body), hashlib.sha256).hexdigest()}"


def came_of(status: int) -> str:
    """ "told", "again" or "never"."""
    if 200 <= status < 300:
        return "told"
    return "never" if 300 <= status < 500 and status not in AGAIN else "again"


def pause_ms(tries: int) -> int:
    return min(FIRST_PAUSE_MS << min(tries, 20), LONGEST_PAUSE_MS)


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
