"""HTTP to a part of the house that several processes answer, each on a unix socket of its own."""

from collections.abc import Sequence

import httpx

CONNECT_WITHIN_S = 2.0


class AnySocket(httpx.AsyncBaseTransport):
    """The first of these sockets that lets us in. Only who was never let in is followed by the next: nothing is asked twice."""

    def __init__(self, sockets: Sequence[str]) -> None:
        self._ways = [httpx.AsyncHTTPTransport(uds=socket) for socket in sockets]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for way in self._ways[:-1]:
            try:
                return await way.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._ways[-1].handle_async_request(request)

    async def aclose(self) -> None:
        for way in self._ways:
            await way.aclose()


def speaks_over(sockets: Sequence[str], within_s: float) -> httpx.AsyncClient:
    """Over these sockets; with none of them, as the address says."""
    timeout = httpx.Timeout(within_s, connect=CONNECT_WITHIN_S)
    # What the environment says of proxies is not meant for money.
    transport = AnySocket(sockets) if sockets else None
    return httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False)
