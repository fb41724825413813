"""What a table names as "module:name", fetched when it is needed, so that a process loads only its own services."""

from importlib import import_module
from typing import Any


def named(where: str) -> Any:
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)
