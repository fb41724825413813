"""Who may ask what: a call held against its method, before the service hears of it.

The table is in contracts/*.proto, one word for each method; what a service was not meant to be asked, it never is.
"""

from operator import attrgetter
from typing import Any

from matinee.ports.rpc import NOBODY, Asker, Call, Method, Passports, Refused, Who

SIGN_IN = ("unauthenticated", "You are signed out.", "Sign in to go on.")
OPERATORS = ("forbidden", "That is the operator's.", "Sign in with an account that may run this house.")
HOUSES_OWN = ("forbidden", "That is for the house itself.", "No page asks for this: go back home.")
SOMEBODY_ELSES = ("forbidden", "That is somebody else's.", "You can only ask for yourself: reload the page, or sign in as them.")


class NoPassports:
    """Where no issuer is known, no passport counts."""

    def who(self, passport: str, now_ms: int) -> Who:
        raise Refused(*SIGN_IN)


def admitted(method: Method[Any, Any], request: object, call: Call, passports: Passports, now_ms: int) -> Who:
    """Whose call it is, or Refused."""
    allowed = method.asked_by
    if call.house:
        if allowed.isdisjoint(("house", "anybody")):
            raise Refused(*SIGN_IN)
        return NOBODY
    if not call.passport:
        if "anybody" not in allowed:
            raise Refused(*(SIGN_IN if allowed - {"house"} else HOUSES_OWN))
        return NOBODY
    who = passports.who(call.passport, now_ms)
    no = _no(method, allowed, request, who)
    if no:
        raise Refused(*no)
    return who


def _no(method: Method[Any, Any], allowed: frozenset[Asker], request: object, who: Who) -> tuple[str, str, str] | None:
    if "anybody" in allowed or ("operator" in allowed and who.operator):
        return None
    if allowed.isdisjoint(("member", "profile")):
        return OPERATORS if "operator" in allowed else HOUSES_OWN
    theirs = all(_of(request, path) == who.account_id for path in method.accounts)
    watching = all(_of(request, path) == who.profile_id for path in method.profiles)
    return None if theirs and watching else SOMEBODY_ELSES


def _of(request: object, path: str) -> object:
    return getattr(request, path) if "." not in path else attrgetter(path)(request)
