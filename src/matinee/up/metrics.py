"""Where Prometheus reads: /metrics/<process> on a port of this machine only, and only if the topology names one.

Every process tells its figures on a socket in the private state directory; Envoy, which is there anyway, lets them out.
"""

from typing import Any

from matinee.topology import Topology
from matinee.up.envoy_parts import cluster, listener, router

ENVOY = "envoy"


def metrics_listeners(topology: Topology) -> list[dict[str, Any]]:
    if not topology.door.metrics_port:
        return []
    names = [process.name for process in topology.processes]
    routes = [_route(name, "/metrics") for name in names] + [_route(ENVOY, "/stats/prometheus")]
    # By this machine's own names only: a page of another site could point a name of its own here (DNS rebinding).
    hosts = [{"name": "all", "domains": ["localhost:*", "127.0.0.1:*"], "routes": routes}]
    # Nobody is asked who he is, so nobody elsewhere is answered.
    return [
        listener(
            "metrics",
            "127.0.0.1",
            topology.door.metrics_port,
            http_filters=[router()],
            route_config={"name": "metrics", "virtual_hosts": hosts},
        )
    ]


def metrics_clusters(topology: Topology, admin_socket: str) -> list[dict[str, Any]]:
    if not topology.door.metrics_port:
        return []
    processes = [cluster(_cluster(process.name), [f"run/{process.name}.health.sock"]) for process in topology.processes]
    return [*processes, cluster(_cluster(ENVOY), [admin_socket])]


def _route(name: str, path: str) -> dict[str, Any]:
    # Read only: the admin socket behind one of these would also take orders.
    reads = [{"name": ":method", "string_match": {"exact": "GET"}}]
    return {
        "match": {"path": f"/metrics/{name}", "headers": reads},
        "route": {"cluster": _cluster(name), "timeout": "5s", "prefix_rewrite": path},
    }


def _cluster(name: str) -> str:
    return f"metrics-{name}"
