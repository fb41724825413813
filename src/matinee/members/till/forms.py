"""Stripe's way of writing a question: a form whose names nest, `metadata[charge_id]=c1&expand[0]=customer`. Decides only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matinee.members.till.wrong import Wrong

MOST_PARAMETERS = 200
NAME = re.compile(r"([a-z_0-9]{1,64})((?:\[[^\[\]]{0,64}\]){0,4})", re.IGNORECASE)

Nested = dict[str, "str | Nested"]


@dataclass(frozen=True)
class Form:
    """What was asked, read by name and kind; whatever is wrong with it is Wrong."""

    given: Nested

    def only(self, *known: str) -> None:
        for name in self.given:
            if name not in known and name != "expand":
                raise Wrong(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.given.get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            raise Wrong(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.given.get(name, "" if default is None else str(default))
        if not isinstance(value, str) or not re.fullmatch(r"\d{1,15}", value) or not least <= int(value) <= most:
            raise Wrong(f"Invalid integer: {name} must be from {least} to {most}", code="parameter_invalid_integer", param=name)
        return int(value)

    def truth(self, name: str) -> bool:
        value = self.given.get(name, "false")
        if value not in ("true", "false"):
            raise Wrong(f"Invalid boolean: {name} must be true or false", param=name)
        return value == "true"

    def mapping(self, name: str) -> Nested:
        value = self.given.get(name, {})
        if value == "":  # how Stripe writes "none"
            return {}
        if not isinstance(value, dict):
            raise Wrong(f"Invalid object: {name}", param=name)
        return value

    def listed(self, name: str) -> list[str]:
        return [value for value in self.mapping(name).values() if isinstance(value, str)]


def read_form(pairs: Iterable[tuple[str, str]]) -> Form:
    found: Nested = {}
    for count, (name, value) in enumerate(pairs, 1):
        match = NAME.fullmatch(name)
        if not match or count > MOST_PARAMETERS or "\0" in value:
            raise Wrong(f"Invalid parameter: {name[:64]}", code="parameter_unknown", param=name[:64])
        into, path = found, [match[1], *re.findall(r"\[([^\]]*)\]", match[2])]
        for part in path[:-1]:
            into = into.setdefault(part, {})
            if not isinstance(into, dict):
                raise Wrong(f"Invalid object: {match[1]}", param=match[1])
        into[path[-1] or str(len(into))] = value
    return Form(found)
