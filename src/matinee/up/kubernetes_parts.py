"""What the manifests are made of: metadata, probes, rights, and the one container that all pods run."""

from collections.abc import Mapping, Sequence
from typing import Any

HOUSE = "matinee"
STATE, SHARED, FILMS, CONFIG, SECRETS, KEYS = (
    "/var/lib/matinee",
    "/var/lib/matinee-shared",
    "/films",
    "/etc/matinee",
    "/run/secrets",
    "/run/keys",
)
"""Where a container finds its state, what all pods of the house share, the library, the topology, and the engines' keys.

The keys are copied from `SECRETS` to `KEYS` by `deploy/start`: Kubernetes lets a group read them, which PostgreSQL's client and
we refuse of a file with a password."""
USER = 10001

Document = dict[str, Any]


def document(kind: str, version: str, name: str, component: str = "", **body: object) -> Document:
    """A manifest with its name and labels."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels(component)}, **body}


def labels(component: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": HOUSE, **({"app.kubernetes.io/component": component} if component else {})}


def selector(component: str) -> Document:
    return {"matchLabels": labels(component)}


def asked(how: Mapping[str, object], *, every_s: int, misses: int) -> Document:
    # A busy machine is not a dead one: it has five seconds.
    return {**how, "periodSeconds": every_s, "timeoutSeconds": 5, "failureThreshold": misses}


def socket_answers(socket: str) -> Document:
    """curl, because a Python that starts every ten seconds to ask one question would cost more than the question."""
    url = "http://process/health"
    argv = ["curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "4", "--unix-socket", socket, url]
    return {"exec": {"command": argv}}


def container(
    name: str, image: str, arguments: Sequence[str], *, resources: Document, shared: bool, secret: bool, **more: object
) -> Document:
    mounts: list[Document] = [
        {"name": "state", "mountPath": STATE},
        {"name": "topology", "mountPath": CONFIG, "readOnly": True},
        {"name": "films", "mountPath": FILMS, "readOnly": True},
        # The root is read only, and encoders and Python want a place for what they forget.
        {"name": "scratch", "mountPath": "/tmp"},  # noqa: S108 # a volume of the pod's own
        {"name": "keys", "mountPath": KEYS},
    ]
    if shared:
        mounts.append({"name": "shared", "mountPath": SHARED})
    if secret:
        mounts.append({"name": "secret", "mountPath": SECRETS, "readOnly": True})
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": list(arguments),
        "env": [{"name": "MATINEE_SHARED", "value": SHARED}] if shared else [],
        "resources": resources,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "privileged": False,
            # No process of ours binds a port below 1024 or becomes somebody else.
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
        **more,
    }


def pod(component: str, containers: Sequence[Document], *, leave_s: int, shared: bool, secret: bool, state: bool) -> Document:
    """The template of a pod; `state`: it lives in an empty folder, and not on a claim of the set's."""
    volumes: list[Document] = [
        {"name": "topology", "configMap": {"name": f"{HOUSE}-topology"}},
        {"name": "films", "persistentVolumeClaim": {"claimName": f"{HOUSE}-films", "readOnly": True}},
        {"name": "scratch", "emptyDir": {}},
        # In memory: keys never reach a disk of the node.
        {"name": "keys", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
    ]
    if state:
        volumes.append({"name": "state", "emptyDir": {}})
    if shared:
        volumes.append({"name": "shared", "persistentVolumeClaim": {"claimName": f"{HOUSE}-shared"}})
    if secret:
        volumes.append({"name": "secret", "secret": {"secretName": f"{HOUSE}-keys", "defaultMode": 0o440}})
    return {
        "metadata": {"labels": labels(component)},
        "spec": {
            # Nothing here speaks to Kubernetes.
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": leave_s,
            "securityContext": _nobody(),
            "topologySpreadConstraints": _spread(component),
            "containers": list(containers),
            "volumes": volumes,
        },
    }


def claim(name: str, mode: str, size: str) -> Document:
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    return {"metadata": {"name": name, "labels": labels("")}, "spec": spec}


def _nobody() -> Document:
    return {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        # Fresh volumes belong to root; the group is how we come to own a folder in them.
        "fsGroup": USER,
        # A cache of millions of files would be gone through at every start otherwise.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _spread(component: str) -> list[Document]:
    return [
        # Better two on a node than one waiting for a node.
        {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector(component)}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
