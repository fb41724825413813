"""What proves in a browser who one is: two HttpOnly cookies that no script can read, and from where its requests come."""

from starlette.requests import Request
from starlette.responses import Response

from matinee.contracts.identity_pb2 import Arrival, Session
from matinee.ports.clock import Clock
from matinee.screen.asking import address_of, scheme_of
from matinee.screen.device import device_name


def passport_cookie(instance: str) -> str:
    """Its name; `instance` is the house's, for cookies know no ports."""
    return f"matinee-{instance}"


class Cookies:
    """The passport is shown everywhere, the session's secret only where it is renewed or changed."""

    def __init__(self, clock: Clock, instance: str) -> None:
        self._clock = clock
        self.passport = passport_cookie(instance)
        self._session = f"matinee-{instance}-session"

    def secret(self, request: Request) -> str:
        return request.cookies.get(self._session, "")

    def arrival(self, request: Request) -> Arrival:
        """From where somebody comes; the address is the front door's word, not theirs."""
        return Arrival(
            device=device_name(request.headers.get("user-agent", "")),
            address=address_of(request),
            session_secret=self.secret(request),
        )

    def keep(self, request: Request, response: Response, session: Session) -> Response:
        now_ms, secure = self._clock.now_ms(), scheme_of(request) == "https"
        passport_s = (session.passport_until_ms - now_ms) // 1000
        session_s = (session.session_until_ms - now_ms) // 1000
        response.set_cookie(
            self.passport, session.passport, max_age=passport_s, path="/", httponly=True, samesite="lax", secure=secure
        )
        response.set_cookie(
            self._session, session.session_secret, max_age=session_s, path="/auth", httponly=True, samesite="lax", secure=secure
        )
        response.headers["cache-control"] = "no-store"
        return response

    def forget(self, response: Response) -> Response:
        response.delete_cookie(self.passport, path="/")
        response.delete_cookie(self._session, path="/auth")
        return response
