"""A topology as plain Kubernetes manifests: which pods there are, how many of each, and who may speak to them.

What speaks over unix sockets shares a pod: the front door, the Python processes and the boxes are one, the house, under the
supervisor that also runs them on a laptop. On engines that are reached over the network there are several houses, which share
nothing but a folder of keys, and the workers are pods of their own. On engines that are files there is one pod.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from matinee.topology import BadTopology, Process, Topology
from matinee.up.kubernetes_parts import (
    CONFIG,
    FILMS,
    HOUSE,
    KEYS,
    STATE,
    Document,
    asked,
    claim,
    container,
    document,
    labels,
    pod,
    selector,
    socket_answers,
)

NAMING_A_FILE = {"passfile", "keys", "reader_keys", "login", "ca"}
"""What addresses call the files of engines and of the mail's server."""
LEAST_HOUSES, MOST_HOUSES = 2, 6
DRAIN_S = 8
"""How long the supervisor waits for each child, one after the other, before it makes it leave."""
DESELECTED_S = 5
"""How long the cluster may go on sending viewers to a pod it has begun to end."""


@dataclass(frozen=True)
class Rendering:
    """`files` by name; `notes` is what a person has to know and do."""

    files: dict[str, list[Document]]
    notes: str


def render(topology: Topology, text: str, image: str) -> Rendering:
    """The manifests of a house; `text` is the topology as it was written, which the pods read again. Raises BadTopology."""
    _check(topology, image)
    apart, keys = is_apart(topology), key_files(topology)
    workers = workers_of(topology) if apart else ()
    files = {
        "config.yaml": [document("ConfigMap", "v1", f"{HOUSE}-topology", data={"topology.toml": text})],
        "house.yaml": [_house(topology, image, apart=apart, secret=bool(keys)), *_ways_in(topology)],
        "network.yaml": _network(topology),
    }
    if workers:
        files["workers.yaml"] = [_workers(workers, image, secret=bool(keys))]
    if apart:
        files["house.yaml"] += [_budget(), _scaler()]
        shared = claim(f"{HOUSE}-shared", "ReadWriteMany", "20Gi")
        files["config.yaml"].append({"apiVersion": "v1", "kind": "PersistentVolumeClaim", **shared})
    return Rendering(files, _notes(topology, text, keys, apart=apart))


def is_apart(topology: Topology) -> bool:
    """Whether every engine is reached over the network, so that pods need no disk in common."""
    engines = topology.engines
    urls = (engines.sql, engines.rows, engines.log, engines.blobs, engines.cache)
    return not any(url.startswith(("sqlite:", "file:", "memory:")) for url in urls)


def workers_of(topology: Topology) -> tuple[Process, ...]:
    return tuple(each for each in topology.processes if each.services == ("pipeline",))


def key_files(topology: Topology) -> list[str]:
    """The files with passwords, keys and certificates that the topology names, as they are called in a pod."""
    engines, billing, alarms = topology.engines, topology.billing, topology.alarms
    letters = topology.mail.smtp.replace(engines.keys, "{keys}") if engines.keys else topology.mail.smtp
    urls = (engines.sql, engines.rows, engines.log, engines.blobs, letters)
    said = {value for url in urls for key, value in parse_qsl(url.partition("?")[2]) if key in NAMING_A_FILE}
    said |= {each for each in (billing.key, billing.hooks_key, alarms.pagerduty_key, alarms.webhook_key) if each}
    return sorted({each.replace("{keys}", KEYS) for each in said})


def _check(topology: Topology, image: str) -> None:
    tag = image.rpartition("/")[2].partition(":")[2]
    if not tag or tag == "latest":
        raise BadTopology(f"--image {image}: name a version, as matinee:0.3.0: without one nobody knows what runs")
    for port, url in (("sql", topology.engines.sql), ("log", topology.engines.log), ("rows", topology.engines.rows)):
        user = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
        if ":" in user:
            raise BadTopology(
                f"[engines] {port} holds a password, and a ConfigMap is no secret: name a file, ?passfile={KEYS}/{port}"
            )
    for file in key_files(topology):
        if not file.startswith(f"{KEYS}/") or "/" in file.removeprefix(f"{KEYS}/"):
            raise BadTopology(
                f"the topology names the key file {file}: in a pod the keys lie in {KEYS}/, as deploy/region.toml has them"
            )


def _arguments(*first: str) -> list[str]:
    # A folder in the volume and not its root, which may hold a lost+found and belongs to root.
    return [*first, "--topology", f"{CONFIG}/topology.toml", "--state", f"{STATE}/state", "--library", FILMS]


def _house(topology: Topology, image: str, *, apart: bool, secret: bool) -> Document:
    port = topology.door.port
    without = [word for each in workers_of(topology) if apart for word in ("--without", each.name)]
    ready = {"httpGet": {"path": "/ready", "port": "door"}}
    children = 1 + len(topology.boxes) + len(topology.processes)
    ports = [{"name": "door", "containerPort": port}]
    ports += [{"name": f"box-{box.box_id}"[:15].rstrip("-"), "containerPort": box.port} for box in topology.boxes]
    house = container(
        "house",
        image,
        # Everybody in the pod's network may ask; who may come into that network, network.yaml says.
        [*_arguments("up"), "--host", "0.0.0.0", *without],  # noqa: S104 # the pod's own address
        resources=_resources("500m", "1Gi", "4", "4Gi") if apart else _resources("1", "2Gi", "8", "8Gi"),
        shared=apart,
        secret=secret,
        ports=ports,
        # Coming up may take two minutes where engines are still starting.
        startupProbe=asked(ready, every_s=5, misses=24),
        # A film could be played here: the stores answer, and a box serves.
        readinessProbe=asked(ready, every_s=5, misses=2),
        # Only whether anybody listens: what hangs behind the door, the supervisor in the pod replaces by itself.
        livenessProbe=asked({"tcpSocket": {"port": "door"}}, every_s=10, misses=6),
        lifecycle={"preStop": {"exec": {"command": ["sleep", str(DESELECTED_S)]}}},
    )
    leave_s = DESELECTED_S + DRAIN_S * children + 5
    cache_gib = math.ceil(sum(box.cache_bytes for box in topology.boxes) / 2**30)
    spec = {
        "replicas": LEAST_HOUSES if apart else 1,
        "serviceName": f"{HOUSE}-houses",
        # They need nothing of each other.
        "podManagementPolicy": "Parallel",
        "selector": selector("house"),
        "template": pod("house", [house], leave_s=leave_s, shared=apart, secret=secret, state=False),
        # The boxes' caches, and on engines that are files everything else.
        "volumeClaimTemplates": [claim("state", "ReadWriteOnce", f"{cache_gib + (5 if apart else 100)}Gi")],
    }
    if apart:
        # Who manages the number of houses is the scaler: applied again, this file must not undo what it did.
        del spec["replicas"]
    return document("StatefulSet", "apps/v1", f"{HOUSE}-house", "house", spec=spec)


def _workers(processes: Sequence[Process], image: str, *, secret: bool) -> Document:
    """One Deployment of as many as the topology has.

    All may run the process of one name: the studio's books know a worker by its state directory, too, of which each pod has
    its own. One that is started anew in its pod finds it again and takes up its work; the work of a pod that went is
    taken over by the others.
    """
    name = processes[0].name
    answers = socket_answers(f"{STATE}/state/run/{name}.health.sock")
    worker = container(
        "worker",
        image,
        _arguments("run", name),
        resources=_resources("1", "1Gi", "8", "6Gi"),
        shared=True,
        secret=secret,
        startupProbe=asked(answers, every_s=5, misses=24),
        readinessProbe=asked(answers, every_s=10, misses=3),
        livenessProbe=asked(answers, every_s=10, misses=6),
    )
    spec = {
        "replicas": len(processes),
        # One leaves before the next one comes: an encoder takes all the cores it is given.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "selector": selector("worker"),
        "template": pod("worker", [worker], leave_s=30, shared=True, secret=secret, state=True),
    }
    return document("Deployment", "apps/v1", f"{HOUSE}-worker", "worker", spec=spec)


def _resources(cpu: str, memory: str, most_cpu: str, most_memory: str) -> Document:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": most_cpu, "memory": most_memory}}


def _ways_in(topology: Topology) -> list[Document]:
    ports = [("door", topology.door.port), *((f"box-{box.box_id}"[:15].rstrip("-"), box.port) for box in topology.boxes)]
    shown = [{"name": name, "port": port, "targetPort": name} for name, port in ports]
    chosen = {"selector": labels("house"), "ports": shown}
    return [
        # The name that the set wants for its pods.
        document("Service", "v1", f"{HOUSE}-houses", "house", spec={**chosen, "clusterIP": "None"}),
        # A viewer's segments come from the same cache. Any other would do: all boxes of all houses hold the same keys.
        document("Service", "v1", HOUSE, "house", spec={**chosen, "type": "ClusterIP", "sessionAffinity": "ClientIP"}),
    ]


def _budget() -> Document:
    spec = {"minAvailable": LEAST_HOUSES - 1, "selector": selector("house")}
    return document("PodDisruptionBudget", "policy/v1", f"{HOUSE}-house", "house", spec=spec)


def _scaler() -> Document:
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": f"{HOUSE}-house"},
        "minReplicas": LEAST_HOUSES,
        "maxReplicas": MOST_HOUSES,
        # Of what is requested, half a core: an evening's rise is met before it hurts.
        "metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 150}}}
        ],
        # A house that goes takes its cache along: it is missed for ten quiet minutes first.
        "behavior": {
            "scaleDown": {"stabilizationWindowSeconds": 600, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}]}
        },
    }
    return document("HorizontalPodAutoscaler", "autoscaling/v2", f"{HOUSE}-house", "house", spec=spec)


def _network(topology: Topology) -> list[Document]:
    """Into a house to the door and its boxes, into a worker nowhere; out to wherever the engines are."""
    everybody: Document = {"podSelector": {"matchLabels": labels("")}, "policyTypes": ["Ingress"], "ingress": []}
    open_ports = [{"protocol": "TCP", "port": port} for port in (topology.door.port, *(box.port for box in topology.boxes))]
    house = {"podSelector": selector("house"), "policyTypes": ["Ingress"], "ingress": [{"ports": open_ports}]}
    return [
        document("NetworkPolicy", "networking.k8s.io/v1", f"{HOUSE}-nobody", spec=everybody),
        document("NetworkPolicy", "networking.k8s.io/v1", f"{HOUSE}-viewers", "house", spec=house),
    ]


def _notes(topology: Topology, text: str, keys: list[str], *, apart: bool) -> str:
    """What must be there before, what must be said about the addresses, and what this arrangement cannot do."""
    names = [file.removeprefix(f"{KEYS}/") for file in keys]
    lines = ["Before `kubectl apply -f .`, in a namespace of its own:", ""]
    lines.append(
        f"- the PersistentVolumeClaim {HOUSE}-films with your films; {'ReadOnlyMany' if apart else 'ReadWriteOnce'} is enough."
    )
    if names:
        files = " ".join(f"--from-file={name}" for name in names)
        lines.append(f"- kubectl create secret generic {HOUSE}-keys {files}")
    if apart:
        lines.append(
            f"- {HOUSE}-shared (config.yaml) needs a storage class that gives ReadWriteMany: keys, and films brought by hand."
        )
    engines = topology.engines
    urls = (engines.sql, engines.rows, engines.log, engines.blobs, engines.cache)
    if any(place in url for url in urls for place in ("127.0.0.", "localhost", "[::1]")):
        lines.append(
            "- ENGINES: the topology names addresses of this machine; in a pod they are the pod's own. Name the cluster's."
        )
    if engines.keys and f'keys = "{KEYS}"' not in text:
        lines.append(f'- KEYS: in a pod the engines\' keys lie in {KEYS}: say keys = "{KEYS}" under [engines].')
    if not all(box.public for box in topology.boxes):
        lines.append(
            "- BOXES: a box without `public` is looked for at the door's own host: let your balancer pass its port on, too."
        )
    lines += ["", "The door speaks HTTP: put what ends TLS before it, and say so by `trusted_hops` ([door] in the topology)."]
    if not apart:
        lines.append(
            "On engines that are files there is one house, workers and all: it cannot be scaled, and an update interrupts it."
        )
    return "\n".join([*lines, ""])
