"""The shapes that Envoy's configuration is made of."""

from typing import Any

EXTENSION = "type.googleapis.com/envoy.extensions"
IDLE_S = 30
MOST_CONNECTIONS = 10_000
MOST_BEHIND = 1000


def filter_(name: str, kind: str, **config: object) -> dict[str, Any]:
    """One of Envoy's HTTP filters; `kind` is its message's path below envoy.extensions.filters.http."""
    return {
        "name": f"envoy.filters.http.{name}",
        "typed_config": {"@type": f"{EXTENSION}.filters.http.{kind}", **config},
    }


def router() -> dict[str, Any]:
    # By default every answer says to the millisecond how long the process behind took: a stopwatch for whoever guesses.
    return filter_("router", "router.v3.Router", suppress_envoy_headers=True)


def listener(name: str, host: str, port: int, **http: object) -> dict[str, Any]:
    """Speaks HTTP at `host:port` as `http` says."""
    manager = {
        "@type": f"{EXTENSION}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": name,
        **http,
    }
    return {
        "name": name,
        "address": {"socket_address": {"address": host, "port_value": port}},
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }


def cluster(name: str, sockets: list[str]) -> dict[str, Any]:
    """Whoever answers at these unix sockets."""
    endpoints = [{"endpoint": {"address": {"pipe": {"path": socket}}}} for socket in sockets]
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "circuit_breakers": {
            "thresholds": [
                {
                    # A process behind serves so many at once; the others wait their turn here.
                    "max_connections": MOST_BEHIND,
                    # Whoever was let in at the door may wait: there are no more of them than connections.
                    "max_pending_requests": MOST_CONNECTIONS,
                    "max_requests": MOST_CONNECTIONS,
                    # While a process is started again all who wait for it ask again; by default three of them may, and the
                    # others are refused at once.
                    "max_retries": MOST_CONNECTIONS,
                }
            ]
        },
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


def only_who_answers(sockets: list[str], path: str) -> dict[str, Any]:
    """What a cluster of several is told beside: who does not answer `path` well is not chosen, while most do.

    When most do not, what they need is away rather than they, and all are chosen again: that is Envoy's rule by default.
    """
    if len(sockets) < 2:
        return {}
    check = {
        # A process that hangs takes connections and never answers.
        "timeout": "1s",
        "interval": "1s",
        # Once is enough: one that dies may be back within two seconds, and has not heard of any box yet.
        "unhealthy_threshold": 1,
        # Once is enough here, too: it answers when it has heard of a box, so that who is sent to a fresh one can play.
        "healthy_threshold": 1,
        # As often when nobody has come yet, or the first viewer would be the one who finds out.
        "no_traffic_interval": "1s",
        # By a name that the house answers to.
        "http_health_check": {"path": path, "host": "localhost"},
    }
    return {"health_checks": [check]}
