"""How the front door knows the tokens of apps: a second way in beside the passport of our own pages."""

from typing import Any

from matinee.topology import Topology

PROVIDER = "apps"


def apps_provider(topology: Topology) -> dict[str, Any]:
    """Access tokens (RFC 9068) that may open this house's doors, by the claims that become the passport's headers."""
    return {
        "issuer": topology.door.url,
        "audiences": [topology.door.url],
        # Asked of the front again and again, for the keys change by the month; each is published a month before it counts.
        "remote_jwks": {
            "http_uri": {"uri": "http://localhost/oauth/jwks", "cluster": "front", "timeout": "5s"},
            "cache_duration": "300s",
            # Before anybody comes, so that nobody waits for it; a front that is not there yet is asked again in a second.
            "async_fetch": {"fast_listener": True},
        },
        # There only: what stands in an address is written down on the way.
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "claim_to_headers": [
            {"claim_name": "sub", "header_name": "x-matinee-account"},
            {"claim_name": "role", "header_name": "x-matinee-role"},
            {"claim_name": "profile", "header_name": "x-matinee-profile"},
            # What the app may do; a passport says nothing of it, and may do all.
            {"claim_name": "scope", "header_name": "x-matinee-scope"},
        ],
        # The services look at it themselves.
        "forward": True,
        "clock_skew_seconds": 5,
    }
