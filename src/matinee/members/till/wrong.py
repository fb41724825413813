"""What the till says no with: errors in Stripe's shape. Decides, knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""An object of Stripe's API, as it is kept and sent."""


@dataclass(frozen=True)
class Reply:
    """An answer that stands: it is kept under its idempotency key, also when it says that a card was declined."""

    body: Json
    status: int = 200


class Wrong(Exception):
    """A question that the till does not take: nothing was done, and asking rightly under the same key is no repetition."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = error(kind, message, **more)


def error(kind: str, message: str, **more: object) -> Json:
    """Stripe's envelope; what is empty is left out."""
    return {"error": {"type": kind, "message": message, **{key: value for key, value in more.items() if value}}}


def missing(kind: str, thing_id: str, param: str = "id") -> Wrong:
    noun = kind.rpartition(".")[2].replace("_", " ")
    return Wrong(f"No such {noun}: '{thing_id}'", status=404, code="resource_missing", param=param)


def metadata_of(given: Mapping[str, object]) -> dict[str, str]:
    """At most fifty short texts, as Stripe takes them."""
    if len(given) > 50 or any(not isinstance(value, str) or len(value) > 500 or len(key) > 40 for key, value in given.items()):
        raise Wrong("metadata: at most 50 keys of 40 characters, with values of 500", param="metadata")
    return {key: str(value) for key, value in given.items()}
