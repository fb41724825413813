"""Paying over HTTP: what the provider tells us, and invoices to keep."""

import re

from starlette.requests import Request
from starlette.responses import Response

from matinee.contracts.cashier_pb2 import InvoiceRequest, Webhook
from matinee.contracts.cashier_rpc import CashierClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import call_of

LARGEST_HOOK_BYTES = 64_000
NUMBER = re.compile(r"\d{4}-\d{6,9}")
MISSING = Refused("missing", "There is no such invoice.", "Your account's page lists those there are.")
# A page of ours made of words and one style: nothing else may be loaded by it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class Paying:
    def __init__(self, cashier: CashierClient, clock: Clock) -> None:
        self._cashier = cashier
        self._clock = clock

    async def hook(self, request: Request) -> Response:
        """Whoever signed it is believed so far that we look again at what it names."""
        payload = bytearray()
        async for part in request.stream():
            payload += part
            if len(payload) > LARGEST_HOOK_BYTES:
                raise Refused("invalid", "That is too large.", f"A webhook has {LARGEST_HOOK_BYTES} bytes at most.")
        signature = request.headers.get("stripe-signature", "")
        await self._cashier.hear(Webhook(payload=bytes(payload), signature=signature), call_of(request, self._clock))
        return Response(status_code=204)

    async def invoice(self, request: Request) -> Response:
        """One's own, as a page or a PDF; an operator's, anybody's."""
        number, form = request.path_params["number"], request.path_params["form"]
        account_id = request.headers.get("x-matinee-account", "")
        if not account_id or not NUMBER.fullmatch(number) or form not in ("html", "pdf"):
            raise MISSING
        asked = InvoiceRequest(account_id=account_id, number=number, pdf=form == "pdf")
        paper = await self._cashier.get_invoice(asked, call_of(request, self._clock))
        headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
        if form == "pdf":
            headers["content-disposition"] = f'inline; filename="{number}.pdf"'
        return Response(paper.content, media_type=paper.media_type, headers=headers)
