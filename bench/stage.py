"""The front process of a laptop's house, without its loops and without Envoy before it: what the figures of CPU are taken on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

from matinee.contracts.identity_pb2 import AccountId, Credentials, Pick
from matinee.ports.rpc import Call
from matinee.topology import LAPTOP
from matinee.topology_file import Changes, read_topology
from matinee.wiring import HOUSE, Furnished, furnish

CALL = Call("bench", "bench", 1e12, house=True)


async def open_front(folder: Path, billing: str | None = None) -> Furnished:
    """Its films lie in `films` beside its state; it answers any question, and asks nobody for money unless told by whom."""
    state = folder / "state"
    for name in ("secrets", "run"):
        (state / name).mkdir(parents=True, exist_ok=True)
    topology = read_topology(LAPTOP, state, tuple(HOUSE), Changes(port=8080, billing=billing))
    freely = replace(topology.viewing, documents="any")
    furnished = furnish(replace(topology, libraries=(folder / "films",), viewing=freely), "front")
    for name, front in furnished.fronts.items():
        if not name.startswith("box."):
            await front.start()
    return furnished


@dataclass(frozen=True)
class Member:
    account_id: str
    profile_id: str
    headers: Mapping[str, str]  # what the front door says and hands on with their questions
    call: Call


async def signed_in(fronts: Mapping[str, Any], app: Any) -> Member:
    """A new member, watching."""
    session = await fronts["identity"].sign_up(Credentials(email="bench@example.org", password="a quiet evening"), CALL)
    account_id = session.account.account_id
    profile_id = (await fronts["identity"].list_profiles(AccountId(account_id=account_id), CALL)).profiles[0].profile_id
    picked = await fronts["identity"].pick_profile(Pick(session_secret=session.session_secret, profile_id=profile_id), CALL)
    cookie = f"{app.state.passport_cookie}={picked.passport}"
    headers = {"x-matinee-account": account_id, "x-matinee-profile": profile_id, "cookie": cookie}
    return Member(account_id, profile_id, headers, replace(CALL, house=False, passport=picked.passport))


async def asked(app: ASGIApp, question: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """One question through ASGI and back: the data of its answer."""
    _, body = await posted(app, "/graphql", question, headers)
    answer = json.loads(body)
    assert "data" in answer and "errors" not in answer, answer
    return answer["data"]


async def posted(app: ASGIApp, path: str, said: dict[str, Any], headers: Mapping[str, str]) -> tuple[int, bytes]:
    """One POST of JSON through ASGI and back: the status and the body of its answer."""
    body = json.dumps(said).encode()
    carried = {"host": "localhost:8080", "content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in carried.items()],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
