"""How a webhook proves whom it comes from: Stripe's signature, scheme v1 (docs.stripe.com/webhooks#verify-manually)."""

import hashlib
import hmac


def signature_of(payload: bytes, secret: str, now_ms: int) -> str:
    """The `Stripe-Signature` header of a delivery made now."""
    now_s = now_ms // 1000
    digest = hmac.new(secret.encode(), b"%d." % now_s + payload, hashlib.sha256).hexdigest()
    return f"t={now_s},v1={digest}"
