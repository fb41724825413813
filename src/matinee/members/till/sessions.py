"""Pages where a card is left: Checkout sessions in setup mode, and the intents behind them."""

from matinee.members.till.cards import REFUSALS, Card
from matinee.members.till.customers import attach, leave
from matinee.members.till.events import note
from matinee.members.till.intents import by_secret
from matinee.members.till.tables import Asked, Stamp, change, get, put
from matinee.members.till.wrong import Json, Reply, Wrong, error, metadata_of

SESSION, SETUP = "checkout.session", "setup_intent"
OPEN_S = 24 * 3600


def create(asked: Asked, _: str) -> Reply:
    form, stamp = asked.form, asked.stamp
    form.only("mode", "customer", "success_url", "cancel_url", "client_reference_id", "payment_method_types", "metadata")
    if form.text("mode") != "setup":
        raise Wrong("The till's pages take cards only: mode must be setup.", param="mode")
    customer = get(asked.db, "customer", form.text("customer"), "customer")
    session_id, setup_id = stamp.id("cs"), stamp.id("seti")
    success_url = _address(form.text("success_url"), "success_url")
    setup = _setup(stamp, setup_id, session_id, customer)
    session = {
        "id": session_id,
        "object": SESSION,
        "cancel_url": _address(form.text("cancel_url", success_url), "cancel_url"),
        "client_reference_id": form.text("client_reference_id", "") or None,
        "created": stamp.now_s,
        "customer": customer["id"],
        "expires_at": stamp.now_s + OPEN_S,
        "livemode": False,
        "metadata": metadata_of(form.mapping("metadata")),
        "mode": "setup",
        "payment_status": "no_payment_required",
        "setup_intent": setup_id,
        "status": "open",
        "success_url": success_url,
        "url": f"{asked.house}/till/card/{session_id}",
    }
    put(asked.db, setup, owner=customer["id"], at_ms=stamp.now_ms)
    return Reply(put(asked.db, session, owner=customer["id"], at_ms=stamp.now_ms))


def _setup(stamp: Stamp, setup_id: str, session_id: str, customer: Json) -> Json:
    return {
        "id": setup_id,
        "object": SETUP,
        "client_secret": f"{setup_id}_secret_{stamp.id('s')}",
        "created": stamp.now_s,
        "customer": customer["id"],
        "last_setup_error": None,
        "livemode": False,
        "metadata": {"session": session_id},
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def as_it_is_now(session: Json, now_s: int) -> Json:
    """A page that nobody used for a day is closed by the time alone."""
    over = session["status"] == "open" and now_s >= session["expires_at"]
    return session | {"status": "expired", "url": None} if over else session


def expire(asked: Asked, session_id: str) -> Reply:
    asked.form.only()
    session = as_it_is_now(get(asked.db, SESSION, session_id), asked.stamp.now_s)
    if session["status"] != "open":
        raise Wrong(f"Only Checkout Sessions with a status in [open] can be expired. This one is {session['status']}.")
    closed = change(asked.db, session | {"status": "expired", "url": None})
    note(asked, "checkout.session.expired", closed)
    return Reply(closed)


def choose(asked: Asked, session_id: str, card: Card) -> tuple[Json, Json]:
    """Somebody leaves a card: the session and its intent as they stand then. A page that is closed takes none."""
    session = as_it_is_now(get(asked.db, SESSION, session_id), asked.stamp.now_s)
    setup = get(asked.db, SETUP, session["setup_intent"])
    if session["status"] != "open":
        return session, setup
    if card.saved not in ("yes", "ask"):
        code, decline_code, said = REFUSALS[card.saved]
        return session, _failed(asked, setup, error("card_error", said, code=code, decline_code=decline_code)["error"])
    customer = get(asked.db, "customer", session["customer"])
    setup |= {"payment_method": leave(asked, customer, card)["id"], "last_setup_error": None}
    if card.saved == "ask":
        where = {"return_url": session["url"], "url": f"{asked.house}/till/confirm/{setup['client_secret']}"}
        action = {"type": "redirect_to_url", "redirect_to_url": where}
        return session, change(asked.db, setup | {"status": "requires_action", "next_action": action})
    return _done(asked, session, setup)


def answer(asked: Asked, secret: str, *, yes: bool) -> tuple[Json, Json]:
    """What the card's owner told the bank. Told again, or too late, it changes nothing."""
    setup = by_secret(asked, SETUP, secret)
    session = as_it_is_now(get(asked.db, SESSION, setup["metadata"]["session"]), asked.stamp.now_s)
    if setup["status"] != "requires_action" or session["status"] != "open":
        return session, setup
    if yes:
        return _done(asked, session, setup)
    why = error("card_error", "You did not confirm this card.", code="setup_intent_authentication_failure")["error"]
    return session, _failed(asked, setup, why)


def _done(asked: Asked, session: Json, setup: Json) -> tuple[Json, Json]:
    attach(asked, get(asked.db, "payment_method", setup["payment_method"]), get(asked.db, "customer", session["customer"]))
    setup = change(asked.db, setup | {"status": "succeeded", "next_action": None})
    session = change(asked.db, session | {"status": "complete", "url": None})
    note(asked, "setup_intent.succeeded", setup)
    note(asked, "checkout.session.completed", session)
    return session, setup


def _failed(asked: Asked, setup: Json, why: Json) -> Json:
    again = {"status": "requires_payment_method", "payment_method": None, "next_action": None, "last_setup_error": why}
    failed = change(asked.db, setup | again)
    note(asked, "setup_intent.setup_failed", failed)
    return failed


def _address(url: str, param: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise Wrong(f"Not a valid URL: {param}", code="url_invalid", param=param)
    return url
