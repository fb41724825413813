"""The front door's configuration: who may come in, where a request goes, how long it may take."""

import json
from ipaddress import ip_address
from typing import Any

from matinee.topology import Topology

PASSPORT_ISSUER = "matinee"
ADMIN_SOCKET = "run/envoy-admin.sock"
EXTENSION = "type.googleapis.com/envoy.extensions"
CONNECTIONS = f"{EXTENSION}.filters.network.http_connection_manager.v3.HttpConnectionManager"
LARGEST_REQUEST_BYTES = 64_000
IDLE_S = 30


def envoy_config(topology: Topology) -> str:
    """The bootstrap as JSON. Sockets are relative to the state directory, in which Envoy runs."""
    front = next(process.name for process in topology.processes if "door" in process.services)
    art_sockets = [f"boxes/{box.box_id}/art.sock" for box in topology.boxes]
    config = {
        "node": {"id": "door", "cluster": "matinee"},
        # A unix socket in the private state directory: the admin port can change everything.
        "admin": {"address": {"pipe": {"path": ADMIN_SOCKET, "mode": 0o600}}},
        "static_resources": {
            "listeners": [_listener(topology)],
            "clusters": [_cluster("front", [f"run/{front}.sock"]), _cluster("art", art_sockets)],
        },
    }
    return json.dumps(config, indent=1)


def _listener(topology: Topology) -> dict[str, Any]:
    manager = {
        "@type": CONNECTIONS,
        "stat_prefix": "door",
        # The peer is the viewer: nothing stands before this door, so what X-Forwarded-For claims is not believed.
        "use_remote_address": True,
        # One spelling for every path, so that the rule for /graphql cannot be walked around.
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        # A client that sends its headers or body drop by drop holds a connection for so long and no longer.
        "request_headers_timeout": "10s",
        "request_timeout": "30s",
        "common_http_protocol_options": {"idle_timeout": "300s"},
        "server_name": "matinee",
        "http_filters": [_no_forged_headers(), _bounded_bodies(), _passports(topology), _compression(), _router()],
        "route_config": {"name": "door", "virtual_hosts": [{"name": "all", "domains": _domains(topology), "routes": _routes()}]},
    }
    return {
        "name": "door",
        "address": {"socket_address": {"address": topology.door.host, "port_value": topology.door.port}},
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }


def _routes() -> list[dict[str, Any]]:
    # A GET may be asked twice; a POST may have done its work. The waits bridge a restart of the process behind.
    again = {
        "retry_on": "5xx,reset,connect-failure",
        "num_retries": 6,
        "retriable_request_headers": [{"name": ":method", "string_match": {"exact": "GET"}}],
        "retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"},
    }
    return [
        {"match": {"prefix": "/art/"}, "route": {"cluster": "art", "timeout": "15s", "retry_policy": again}},
        # Readiness is asked again and again anyway: the first answer is the true one.
        {"match": {"path": "/ready"}, "route": {"cluster": "front", "timeout": "5s"}},
        # A POST is asked again only where it surely never began: on a connection that was closed under it.
        {
            "match": {"prefix": "/", "headers": [{"name": ":method", "string_match": {"exact": "POST"}}]},
            "route": {
                "cluster": "front",
                "timeout": "15s",
                "retry_policy": {"retry_on": "reset-before-request,connect-failure", "num_retries": 3},
            },
        },
        {"match": {"prefix": "/"}, "route": {"cluster": "front", "timeout": "15s", "retry_policy": again}},
    ]


def _domains(topology: Topology) -> list[str]:
    """By which names the house may be called.

    One that is on this machine only is not to be had by a foreign name: a page of another site could else point a name of its
    own at 127.0.0.1 and read what is here (DNS rebinding).
    """
    if not ip_address(topology.door.host).is_loopback:
        return ["*"]
    names = ("localhost", "127.0.0.1", "[::1]", topology.door.host)
    return sorted({domain for name in names for domain in (name, f"{name}:*")})


def _no_forged_headers() -> dict[str, Any]:
    """Who somebody is, is said by the passport filter after this one; what they say of themselves is dropped first."""
    return _filter(
        "header_mutation",
        f"{EXTENSION}.filters.http.header_mutation.v3.HeaderMutation",
        mutations={"request_mutations": [{"remove": f"x-matinee-{what}"} for what in ("account", "role", "profile")]},
    )


def _bounded_bodies() -> dict[str, Any]:
    # Nobody uploads films here: questions and answers to forms are small.
    return _filter("buffer", f"{EXTENSION}.filters.http.buffer.v3.Buffer", max_request_bytes=LARGEST_REQUEST_BYTES)


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
        # Not as a header of its own either: the services need the claims only.
        "forward": False,
        # The issuer's clock is this machine's: the default minute of grace would double a stolen passport's last minute.
        "clock_skew_seconds": 5,
    }
    return _filter(
        "jwt_authn",
        f"{EXTENSION}.filters.http.jwt_authn.v3.JwtAuthentication",
        providers={"matinee": provider},
        # Everything else is public: the page itself, its files, signing in and renewing.
        rules=[{"match": {"prefix": "/graphql"}, "requires": {"provider_name": "matinee"}}],
    )


def _compression() -> dict[str, Any]:
    # Text only, which is Envoy's own list; pictures and fonts are packed already.
    gzip = {"name": "gzip", "typed_config": {"@type": f"{EXTENSION}.compression.gzip.compressor.v3.Gzip"}}
    return _filter(
        "compressor",
        f"{EXTENSION}.filters.http.compressor.v3.Compressor",
        compressor_library=gzip,
        response_direction_config={"common_config": {"min_content_length": 500}},
    )


def _router() -> dict[str, Any]:
    return _filter("router", f"{EXTENSION}.filters.http.router.v3.Router")


def _filter(name: str, kind: str, **config: object) -> dict[str, Any]:
    return {"name": f"envoy.filters.http.{name}", "typed_config": {"@type": kind, **config}}


def _cluster(name: str, sockets: list[str]) -> dict[str, Any]:
    endpoints = [{"endpoint": {"address": {"pipe": {"path": socket}}}} for socket in sockets]
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        # Idle connections are closed by us, before the other side does it just as we send: see timeout_keep_alive in rim.py.
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{EXTENSION}.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": f"{IDLE_S}s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
    }
