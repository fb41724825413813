"""How much one address may ask of the front door: a bucket of tokens each, refilled steadily; who empties his waits.

The buckets are Envoy's own, made as addresses appear and forgotten when they fall silent. They bound what a person's browser,
a script or a whole office behind one address may cost the house; the boxes, who give films to tokens only, are not asked.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from matinee.up.envoy_parts import EXTENSION, filter_

LIMIT = "local_ratelimit.v3.LocalRateLimit"
LIMITER = "envoy.filters.http.local_ratelimit"
# More addresses than this at once share one bucket each by chance of being forgotten early: bounded memory.
MOST_ADDRESSES = 20_000
ALWAYS = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
# What the house as a whole bears before anybody is told to wait: a laptop answers some hundred questions a second.
WHOLE_HOUSE = {"max_tokens": 20_000, "tokens_per_fill": 2_000, "fill_interval": "1s"}


def limiter() -> dict[str, Any]:
    """The filter; how much is allowed stands with each route."""
    return filter_("local_ratelimit", LIMIT, stat_prefix="limits")


def at_most(per_s: int, burst: int) -> dict[str, Any]:
    """What a route carries: every address its own bucket of `burst`, refilled by `per_s` each second."""
    return {
        LIMITER: {
            "@type": f"{EXTENSION}.filters.http.{LIMIT}",
            "stat_prefix": "limits",
            "token_bucket": WHOLE_HOUSE,
            "filter_enabled": ALWAYS,
            "filter_enforced": ALWAYS,
            # Each bucket is one for the whole door, not one for each of its threads or connections.
            "local_rate_limit_per_downstream_connection": False,
            "rate_limits": [{"actions": [{"remote_address": {}}]}],
            # No value: whatever the address is.
            "descriptors": [
                {
                    "entries": [{"key": "remote_address"}],
                    "token_bucket": {"max_tokens": burst, "tokens_per_fill": per_s, "fill_interval": "1s"},
                }
            ],
            "max_dynamic_descriptors": MOST_ADDRESSES,
        }
    }


AWAY = "A part of the house is not answering.", "Try again in a moment."
UNREAD = "That could not be read.", "Look at the address, and ask in another way."
LARGE = "That is too large.", "Send less at once."
SAID = {
    400: UNREAD,
    401: ("You are signed out.", "Sign in to go on."),
    403: ("That is not open to you.", "Sign in with an account, or an app, that may."),
    404: ("There is nothing here.", "Look at the address."),
    413: LARGE,
    429: ("Too much at once.", "Wait half a minute, then go on."),
    431: LARGE,
    503: AWAY,
    504: AWAY,
}
RETRY_AFTER_S = {429: "30", 503: "2", 504: "2"}


def in_our_words(headers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What Envoy answers by itself, as JSON that a page can show, in the shape of the door's own refusals.

    With the headers of every answer, for it also answers before it knows any route; the last line is for what is none of these.
    """
    words = [_mapper(status, headers, *said) for status, said in SAID.items()]
    return {"mappers": [*words, _mapper(400, headers, *UNREAD, op="GE")]}


def _mapper(status: int, headers: Sequence[Mapping[str, Any]], title: str, reason: str, op: str = "EQ") -> dict[str, Any]:
    compared = {"comparison": {"op": op, "value": {"default_value": status, "runtime_key": f"door.{op}.{status}"}}}
    wait = [{"header": {"key": "retry-after", "value": RETRY_AFTER_S[status]}}] if status in RETRY_AFTER_S else []
    return {
        "filter": {"status_code_filter": compared},
        "body": {"inline_string": json.dumps({"title": title, "reason": reason})},
        "body_format_override": {
            "text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"},
            "content_type": "application/json",
        },
        "headers_to_add": [*headers, *wait],
    }
