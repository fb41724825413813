"""Letters over HTTP: refusing a kind of them by the word in one, and one as it looks, for the operator."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from matinee.contracts.notices_pb2 import LetterId, UnsubscribeRequest
from matinee.contracts.notices_rpc import NoticesClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of, json_object

NOTHING_BUT_LOOKS = {
    # A letter is laid out by styles of its own, and may do nothing else: no script, no picture from afar, no form. Its links
    # open in a window of their own, where they are ordinary pages.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Letters:
    def __init__(self, notices: NoticesClient, clock: Clock) -> None:
        self._notices = notices
        self._clock = clock

    async def unsubscribe(self, request: Request) -> Response:
        """By POST only: mail programs look at every link in a letter, and looking must change nothing.

        A mail program says the word in the address it was given (RFC 8058); our page, which has it from behind the #, says it in
        the body.
        """
        word: object = request.query_params.get("word")
        if word is None:
            word = (await json_object(request)).get("word")
        asked = UnsubscribeRequest(word=word if isinstance(word, str) else "")
        await self._notices.unsubscribe(asked, call_of(request, self._clock))
        return Response(status_code=204)

    async def read(self, request: Request) -> Response:
        if request.headers.get("x-matinee-role") != "operator":
            raise Refused("forbidden", "That is the operator's.", "Sign in with the account that opened this house.")
        letter_id = LetterId(letter_id=request.path_params["letter"])
        copy = await self._notices.read_letter(letter_id, call_of(request, self._clock))
        return HTMLResponse(copy.html, headers=NOTHING_BUT_LOOKS)


def path_to(letter_id: str) -> str:
    return f"/letters/read/{quote(letter_id, safe='')}"
