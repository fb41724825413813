"""The front door's configuration: who may come in, where a request goes, how long it may take."""

import json
from ipaddress import ip_address
from typing import Any

from matinee.topology import Topology
from matinee.up.envoy_apps import PROVIDER, apps_provider
from matinee.up.envoy_parts import EXTENSION, MOST_CONNECTIONS, cluster, filter_, listener, only_who_answers, router
from matinee.up.metrics import metrics_clusters, metrics_listeners
from matinee.up.rate_limits import at_most, in_our_words, limiter

PASSPORT_ISSUER = "matinee"
ADMIN_SOCKET = "run/envoy-admin.sock"
LARGEST_REQUEST_BYTES = 64_000
KNOWN_PASSPORTS = 4_000
"""To each of Envoy's threads, six kilobytes for each. Who is forgotten is proven once more."""


def envoy_config(topology: Topology) -> str:
    """The bootstrap as JSON. Sockets are relative to the state directory, in which Envoy runs."""
    fronts = list(topology.sockets("door"))
    art_sockets = [f"boxes/{box.box_id}/art.sock" for box in topology.boxes]
    config = {
        "node": {"id": "door", "cluster": "matinee"},
        # A unix socket in the private state directory: the admin port can change everything.
        "admin": {"address": {"pipe": {"path": ADMIN_SOCKET, "mode": 0o600}}},
        "static_resources": {
            "listeners": [_listener(topology), *metrics_listeners(topology)],
            "clusters": [
                cluster("front", fronts) | only_who_answers(fronts, "/ready"),
                cluster("art", art_sockets),
                cluster("beacons", list(topology.sockets("beacons"))),
                *([cluster("till", list(topology.sockets("till")))] if topology.has_till else []),
                *metrics_clusters(topology, ADMIN_SOCKET),
            ],
        },
        # More connections than this are refused, before they cost the memory of all.
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": f"{EXTENSION}.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        "max_active_downstream_connections": MOST_CONNECTIONS,
                    },
                }
            ]
        },
    }
    return json.dumps(config, indent=1)


def _listener(topology: Topology) -> dict[str, Any]:
    manager: dict[str, Any] = {
        # The peer is the viewer, and what X-Forwarded-* claims is not believed, unless the topology says that proxies stand
        # before this door: then the last of them, as many as it says, tell who the viewer is and whether he came by https.
        "use_remote_address": True,
        "xff_num_trusted_hops": topology.door.trusted_hops,
        # One spelling for every path, so that the rule for /graphql cannot be walked around.
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        # A client that sends its headers or body drop by drop holds a connection for so long and no longer.
        "request_headers_timeout": "10s",
        "request_timeout": "30s",
        "common_http_protocol_options": {"idle_timeout": "300s"},
        "server_name": "matinee",
        "http_filters": [
            limiter(),
            _no_forged_headers(),
            _bounded_bodies(),
            _passports(topology),
            _compression(),
            router(),
        ],
        "local_reply_config": in_our_words(_security_headers()),
        "route_config": {
            "name": "door",
            "request_headers_to_add": [_viewers_address()],
            "response_headers_to_add": _security_headers(),
            "virtual_hosts": [{"name": "all", "domains": _domains(topology), "routes": _routes(topology)}],
        },
    }
    return listener("door", topology.door.host, topology.door.port, **manager)


def _viewers_address() -> dict[str, Any]:
    """Who tries passwords is counted by it; whatever a viewer says of it themselves is overwritten."""
    header = {"key": "x-matinee-address", "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}
    return {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _security_headers() -> list[dict[str, Any]]:
    """What every answer says to a browser, unless the answer says it better itself."""
    said = {
        # What is not a page of ours, which brings its own policy, may load and run nothing.
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        # What does not say that it may be kept is kept by nobody.
        "cache-control": "no-store",
        # A file is what we say it is, whatever it looks like.
        "x-content-type-options": "nosniff",
        # Other sites do not learn what somebody looked at here.
        "referrer-policy": "same-origin",
        # A window that another site opened, or that we opened for it, has no hand on ours.
        "cross-origin-opener-policy": "same-origin",
        # Other sites' pages do not embed what is here.
        "cross-origin-resource-policy": "same-origin",
        # What a film needs, and nothing else of the device.
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    return [{"header": {"key": key, "value": value}, "append_action": "ADD_IF_ABSENT"} for key, value in said.items()]


def _routes(topology: Topology) -> list[dict[str, Any]]:
    # A GET may be asked twice; a POST may have done its work. The waits, half a second each, bridge a restart on a busy machine.
    again = {
        "retry_on": "5xx,reset,connect-failure",
        "num_retries": 30,
        **_elsewhere(),
        "retriable_request_headers": [{"name": ":method", "string_match": {"exact": "GET"}}],
        "retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"},
    }
    # A POST is asked again only where it surely never began: on a connection that was closed under it.
    once = {
        "cluster": "front",
        "timeout": "15s",
        "retry_policy": {"retry_on": "reset-before-request,connect-failure", "num_retries": 3, **_elsewhere()},
    }
    return [
        *([_till_pages(once)] if topology.has_till else []),
        # A box that hangs takes a question and never answers: after a second another one is asked.
        {
            "match": {"prefix": "/art/"},
            "route": {"cluster": "art", "timeout": "15s", "retry_policy": {**again, "per_try_timeout": "1s"}},
        },
        *_asked_again_anyway(),
        *_posts(once),
        {
            "match": {"prefix": "/"},
            "route": {"cluster": "front", "timeout": "15s", "retry_policy": again},
            "typed_per_filter_config": at_most(per_s=100, burst=1000),
        },
    ]


def _asked_again_anyway() -> list[dict[str, Any]]:
    """What whoever asks keeps asking by itself: the first answer is the true one."""
    return [
        # By those who start and watch a house, all the time.
        {
            "match": {"path": "/ready"},
            "route": {"cluster": "front", "timeout": "5s"},
            "typed_per_filter_config": at_most(per_s=10, burst=100),
        },
        # Told each second, for the minute after which the door itself ends it; the browser comes again by itself.
        {
            "match": {"path": "/operator/figures/live"},
            "route": {"cluster": "front", "timeout": "90s"},
            "typed_per_filter_config": at_most(per_s=5, burst=50),
        },
    ]


def _posts(once: dict[str, Any]) -> list[dict[str, Any]]:
    """How often one address may send what, door by door."""
    post = {"headers": [{"name": ":method", "string_match": {"exact": "POST"}}]}
    return [
        # Each open page tells every other second at most, and a household has some.
        {
            "match": {**post, "path": "/beacons"},
            "route": {**once, "cluster": "beacons"},
            "typed_per_filter_config": at_most(per_s=50, burst=500),
        },
        # Passwords are tried here: a person needs a few, a household behind one address some dozens.
        {"match": {**post, "prefix": "/auth/"}, "route": once, "typed_per_filter_config": at_most(per_s=2, burst=60)},
        # Secrets and codes are tried here; a television asks every five seconds.
        {"match": {**post, "prefix": "/oauth/"}, "route": once, "typed_per_filter_config": at_most(per_s=10, burst=200)},
        {"match": {**post, "prefix": "/"}, "route": once, "typed_per_filter_config": at_most(per_s=50, burst=500)},
    ]


def _till_pages(once: dict[str, Any]) -> dict[str, Any]:
    """Pages for choosing a test card: for people, who are few and slow. Its API is not for them."""
    slow = at_most(per_s=2, burst=60)
    return {"match": {"prefix": "/till/"}, "route": {**once, "cluster": "till"}, "typed_per_filter_config": slow}


def _elsewhere() -> dict[str, Any]:
    """Asks again at a place that has not been asked yet, if there is one."""
    others = "envoy.retry_host_predicates.previous_hosts"
    kind = f"{EXTENSION}.retry.host.previous_hosts.v3.PreviousHostsPredicate"
    return {
        "retry_host_predicate": [{"name": others, "typed_config": {"@type": kind}}],
        "host_selection_retry_max_attempts": 3,
    }


def _domains(topology: Topology) -> list[str]:
    """By which names the house may be called.

    One that is on this machine only is not to be had by a foreign name: a page of another site could else point a name of its
    own at 127.0.0.1 and read what is here (DNS rebinding). A proxy before the door knows by itself which names it passes on.
    """
    if topology.door.trusted_hops or not ip_address(topology.door.host).is_loopback:
        return ["*"]
    names = ("localhost", "127.0.0.1", "[::1]", topology.door.host)
    return sorted({domain for name in names for domain in (name, f"{name}:*")})


def _no_forged_headers() -> dict[str, Any]:
    """Who somebody is, is said by the passport filter after this one; what they say of themselves is dropped first."""
    return filter_(
        "header_mutation",
        "header_mutation.v3.HeaderMutation",
        mutations={"request_mutations": [{"remove": f"x-matinee-{what}"} for what in ("account", "role", "profile", "scope")]},
    )


def _bounded_bodies() -> dict[str, Any]:
    # Nobody uploads films here: questions and answers to forms are small.
    return filter_("buffer", "buffer.v3.Buffer", max_request_bytes=LARGEST_REQUEST_BYTES)


def _passports(topology: Topology) -> dict[str, Any]:
    provider = {
        "issuer": PASSPORT_ISSUER,
        "audiences": [PASSPORT_ISSUER],
        "local_jwks": {"filename": "run/jwks.json"},
        "from_cookies": [f"matinee-{topology.instance}"],
        "claim_to_headers": [
            {"claim_name": "sub", "header_name": "x-matinee-account"},
            {"claim_name": "role", "header_name": "x-matinee-role"},
            # Who of the account watches; empty until somebody was picked.
            {"claim_name": "profile", "header_name": "x-matinee-profile"},
        ],
        # The door hands it on to the services, which check it again.
        "forward": True,
        # The issuer's clock is this machine's: the default minute of grace would double a stolen passport's last minute.
        "clock_skew_seconds": 5,
        # One that was proven is known again until its end, which is looked at each time: proving costs fifty microseconds.
        "jwt_cache_config": {"jwt_cache_size": KNOWN_PASSPORTS},
    }
    # Our own pages by their passport, apps of other people's making by a token.
    either = {"requires_any": {"requirements": [{"provider_name": "matinee"}, {"provider_name": PROVIDER}]}}
    return filter_(
        "jwt_authn",
        "jwt_authn.v3.JwtAuthentication",
        providers={"matinee": provider, PROVIDER: apps_provider(topology)},
        # Everything else is public: the page itself, its files, signing in and renewing.
        rules=[
            # The first rule that fits counts. Without `requires` nobody is asked: a player asks which box is best all the time,
            # also when its passport has run out, and learns nothing but boxes' names.
            {"match": {"safe_regex": {"regex": "/play/[^/]+/steering\\.json"}}},
            {"match": {"prefix": "/letters/read/"}, "requires": {"provider_name": "matinee"}},
            {"match": {"path": "/operator/figures/live"}, "requires": {"provider_name": "matinee"}},
            {"match": {"prefix": "/account/invoices/"}, "requires": {"provider_name": "matinee"}},
            {"match": {"prefix": "/play/"}, "requires": either},
            {"match": {"prefix": "/graphql"}, "requires": either},
            {"match": {"path": "/account/activity.csv"}, "requires": {"provider_name": "matinee"}},
            {"match": {"path": "/beacons"}, "requires": {"provider_name": "matinee"}},
        ],
    )


def _compression() -> dict[str, Any]:
    # Text only, which is Envoy's own list; pictures and fonts are packed already.
    gzip = {"name": "gzip", "typed_config": {"@type": f"{EXTENSION}.compression.gzip.compressor.v3.Gzip"}}
    return filter_(
        "compressor",
        "compressor.v3.Compressor",
        compressor_library=gzip,
        response_direction_config={"common_config": {"min_content_length": 500}},
    )
