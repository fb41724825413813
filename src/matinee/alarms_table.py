"""The table [alarms] of a topology: who is told when something is wrong, checked before the first socket opens."""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from matinee.insight.alarm_ways import BadWay, checked
from matinee.topology import AlarmPlaces

KEYS = ("pagerduty", "pagerduty_key", "webhooks", "webhook_key")
MOST_WEBHOOKS = 20


class BadAlarms(ValueError):
    """The text says why and what to write; `key` says where."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def alarm_places(table: Mapping[str, object], folder: Path, *, elsewhere: bool = False) -> AlarmPlaces:
    """Files are named from `folder`; those of a house `elsewhere` are not opened. Raises BadAlarms."""
    for key in table:
        if key not in KEYS:
            raise BadAlarms(key, f"has no key '{key}': it knows {', '.join(KEYS)}")
    webhooks = table.get("webhooks", [])
    if not isinstance(webhooks, list) or not all(isinstance(each, str) for each in cast("list[object]", webhooks)):
        raise BadAlarms("webhooks", 'webhooks must be a list of addresses, as ["https://chat.example.org/hooks/films"]')
    addresses = tuple(dict.fromkeys(cast("list[str]", webhooks)))
    if len(addresses) > MOST_WEBHOOKS:
        raise BadAlarms("webhooks", f"webhooks names {len(addresses)}: give {MOST_WEBHOOKS} at most")
    pagerduty = _text(table, "pagerduty")
    for key, address in (("pagerduty", pagerduty), *(("webhooks", each) for each in addresses)):
        try:
            _ = address and checked(address)
        except BadWay as error:
            raise BadAlarms(key, f'{key} = "{address}": {error}') from error
    if pagerduty and not _text(table, "pagerduty_key"):
        raise BadAlarms("pagerduty", 'pagerduty wants a key: say pagerduty_key = "FILE" with the integration key in it')
    files = {key: _file(table, key, folder) for key in ("pagerduty_key", "webhook_key")}
    for key, file in files.items():
        if file and not elsewhere:
            _check_key(key, file)
    told = {key: str(file or "") for key, file in files.items()}
    return AlarmPlaces(pagerduty, told["pagerduty_key"], addresses, told["webhook_key"])


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadAlarms(key, f"{key} must be a string")
    return value


def _file(table: Mapping[str, object], key: str, folder: Path) -> Path | None:
    named = _text(table, key)
    return (folder / named).resolve() if named else None


def _check_key(key: str, file: Path) -> None:
    """It holds a key, and nobody else on this machine reads it."""
    try:
        mode, content = file.stat().st_mode, file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadAlarms(key, f"{key} names {file}, which cannot be read: make that file, or name another") from error
    if stat.S_IMODE(mode) & 0o077:
        raise BadAlarms(key, f"{key}: others may read {file}: `chmod 600 {file}`")
    if not content or not content.isascii() or any(each.isspace() for each in content):
        raise BadAlarms(key, f"{key}: {file} holds no key: write it there, on one line")
