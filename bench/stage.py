"""The front process of a laptop's house, without its loops and without Envoy before it: what the figures of CPU are taken on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

from matinee.ports.rpc import Call
from matinee.topology import LAPTOP, Changes, read_topology
from matinee.wiring import HOUSE, Furnished, furnish

CALL = Call("bench", "bench", 1e12)


async def open_front(folder: Path) -> Furnished:
    """Its films lie in `films` beside its state; it answers any question."""
    state = folder / "state"
    for name in ("secrets", "run"):
        (state / name).mkdir(parents=True, exist_ok=True)
    topology = read_topology(LAPTOP, state, tuple(HOUSE), Changes(port=8080))
    freely = replace(topology.viewing, documents="any")
    furnished = furnish(replace(topology, libraries=(folder / "films",), viewing=freely), "front")
    for name, front in furnished.fronts.items():
        if not name.startswith("box."):
            await front.start()
    return furnished


async def asked(app: ASGIApp, question: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """One question through ASGI and back: the data of its answer."""
    body = json.dumps(question).encode()
    said = {"host": "localhost:8080", "content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in said.items()],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answer = json.loads(b"".join(message.get("body", b"") for message in sent))
    assert "data" in answer and "errors" not in answer, answer
    return answer["data"]
