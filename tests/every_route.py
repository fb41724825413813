"""Every address that an application of ours answers, read from its own table of routes."""

from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.routing import Mount, Route

UNASKED = {"HEAD", "OPTIONS"}
"""Answered wherever GET is, or for scripts of other pages, and told apart by neither."""


def every_route(app: Starlette) -> Iterator[tuple[str, str]]:
    """Each method and path, as ("POST", "/auth/pick"); what is mounted holds files."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield "GET", f"{route.path}/{{file}}"
        else:
            assert isinstance(route, Route)
            yield from ((method, route.path) for method in sorted((route.methods or set()) - UNASKED))
