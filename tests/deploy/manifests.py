"""What `matinee deploy render` writes is accepted by Kubernetes' own schemas and holds together."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from matinee.topology import REPOSITORY, BadTopology, Topology
from matinee.topology_file import Changes, read_topology
from matinee.up.deploying import write
from matinee.up.kubernetes import render
from matinee.up.kubernetes_parts import STATE
from matinee.wiring import CACHING, HOUSE, MANY

REGION = REPOSITORY / "deploy" / "region.toml"
TOPOLOGIES = [*sorted((REPOSITORY / "topology").glob("*.toml")), REGION]
IMAGE = "registry.example.org/matinee:0.3.0"
MADE_BY_HAND = {("PersistentVolumeClaim", "matinee-films"), ("Secret", "matinee-keys")}

Document = Mapping[str, Any]


def topology_of(file: Path) -> Topology:
    return read_topology(file, Path(STATE) / "state", tuple(HOUSE), Changes(elsewhere=True), MANY, CACHING)


def rendered(file: Path, folder: Path) -> list[Document]:
    """Every document, as somebody would read it who has the files only."""
    paths = write(render(topology_of(file), file.read_text(), IMAGE), folder)
    return [each for path in paths if path.suffix == ".yaml" for each in yaml.safe_load_all(path.read_text())]


def pods(documents: list[Document]) -> Iterator[tuple[Document, Document]]:
    """Each set or deployment with its pod's specification."""
    for each in documents:
        if each["kind"] in {"StatefulSet", "Deployment"}:
            yield each, each["spec"]["template"]["spec"]


def of_kind(documents: list[Document], kind: str) -> list[Document]:
    return [each for each in documents if each["kind"] == kind]


@pytest.fixture(params=TOPOLOGIES, ids=lambda file: file.stem)
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> list[Document]:
    return rendered(request.param, tmp_path)


def test_kubernetes_knows_every_word(documents: list[Document]) -> None:
    """The newest Kubernetes whose schemas can be had takes each document, and one that is some years old does too."""
    for version in (kubernetes_validate.latest_version(), "1.29"):
        for each in documents:
            kubernetes_validate.validate(dict(each), version, strict=True)


def test_a_misspelt_word_would_be_seen(tmp_path: Path) -> None:
    """The check above refuses what Kubernetes would silently ignore."""
    house = dict(rendered(REGION, tmp_path)[2])
    assert house["kind"] == "StatefulSet"
    house["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(house, kubernetes_validate.latest_version(), strict=True)


def test_every_container_is_watched_bounded_and_without_rights(documents: list[Document]) -> None:
    """Whoever breaks into a container finds no root, no capability and no place to write a program to."""
    for _, spec in pods(documents):
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert "hostNetwork" not in spec
        for container in spec["containers"]:
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
            assert container["resources"]["requests"].keys() == container["resources"]["limits"].keys() == {"cpu", "memory"}
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert container["image"] == IMAGE


def test_every_name_leads_somewhere(documents: list[Document]) -> None:
    """Claims, secrets, ports and folders that a pod asks for are there, or the notes say to make them."""
    there = {(each["kind"], each["metadata"]["name"]) for each in documents} | MADE_BY_HAND
    for owner, spec in pods(documents):
        assert owner["spec"]["selector"]["matchLabels"] == owner["spec"]["template"]["metadata"]["labels"]
        claims = {each["metadata"]["name"] for each in owner["spec"].get("volumeClaimTemplates", [])}
        volumes = {each["name"]: each for each in spec["volumes"]}
        named = [("ConfigMap", each["configMap"]["name"]) for each in volumes.values() if "configMap" in each]
        named += [("Secret", each["secret"]["secretName"]) for each in volumes.values() if "secret" in each]
        named += [
            ("PersistentVolumeClaim", each["persistentVolumeClaim"]["claimName"])
            for each in volumes.values()
            if "persistentVolumeClaim" in each
        ]
        assert set(named) <= there
        for container in spec["containers"]:
            assert {each["name"] for each in container["volumeMounts"]} == set(volumes) | claims
            folders = [each["mountPath"] for each in container["volumeMounts"]]
            assert len(set(folders)) == len(folders)
        if owner["kind"] == "StatefulSet":
            assert ("Service", owner["spec"]["serviceName"]) in there


def test_services_budgets_scalers_and_policies_find_their_pods(documents: list[Document]) -> None:
    """No selector misses: a budget for nobody protects nobody, and a policy for nobody lets everybody in."""
    templates = [owner["spec"]["template"] for owner, _ in pods(documents)]

    def finds(labels: Document) -> bool:
        return any(labels.items() <= template["metadata"]["labels"].items() for template in templates)

    for each in of_kind(documents, "Service"):
        assert finds(each["spec"]["selector"])
        ports = {port["name"] for template in templates for c in template["spec"]["containers"] for port in c.get("ports", [])}
        assert {port["targetPort"] for port in each["spec"]["ports"]} <= ports
    for each in [*of_kind(documents, "PodDisruptionBudget"), *of_kind(documents, "NetworkPolicy")]:
        chosen = each["spec"].get("selector") or each["spec"]["podSelector"]
        assert finds(chosen["matchLabels"])
    owners = {(owner["kind"], owner["metadata"]["name"]) for owner, _ in pods(documents)}
    for each in of_kind(documents, "HorizontalPodAutoscaler"):
        target = each["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) in owners


def test_a_region_grows_and_is_never_wholly_taken_away(tmp_path: Path) -> None:
    """On large engines houses come and go with the viewers, one at a time; as many workers run as the topology counts."""
    documents = rendered(REGION, tmp_path)
    scaler, budget = of_kind(documents, "HorizontalPodAutoscaler")[0], of_kind(documents, "PodDisruptionBudget")[0]
    assert 1 <= budget["spec"]["minAvailable"] < scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"]
    house = of_kind(documents, "StatefulSet")[0]
    assert "replicas" not in house["spec"], "applying the file again would undo the scaler's work"
    arguments = house["spec"]["template"]["spec"]["containers"][0]["args"]
    (workers,) = of_kind(documents, "Deployment")
    assert workers["spec"]["template"]["spec"]["containers"][0]["args"][:2] == ["run", "worker-1"]
    assert workers["spec"]["replicas"] == 2
    assert [arguments[at + 1] for at, word in enumerate(arguments) if word == "--without"] == ["worker-1", "worker-2"]
    # What two pods of one name have of their own: a fresh state directory, by which the studio tells them apart.
    volumes = {each["name"]: each for each in workers["spec"]["template"]["spec"]["volumes"]}
    assert volumes["state"] == {"name": "state", "emptyDir": {}}


@pytest.mark.parametrize("count", [1, 3])
def test_a_count_in_the_topology_is_a_number_of_pods(count: int, tmp_path: Path) -> None:
    """Who writes three workers gets three, and leaves all of them out of the houses."""
    file = tmp_path / "house.toml"
    file.write_text(re.sub(r"(\[process.worker\]\n.*\n)count = 2", rf"\g<1>count = {count}", REGION.read_text()))
    documents = rendered(file, tmp_path / "out")
    (workers,) = of_kind(documents, "Deployment")
    names = ["worker"] if count == 1 else [f"worker-{number}" for number in range(1, count + 1)]
    arguments = of_kind(documents, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert workers["spec"]["replicas"] == count
    assert workers["spec"]["template"]["spec"]["containers"][0]["args"][1] == names[0]
    assert [arguments[at + 1] for at, word in enumerate(arguments) if word == "--without"] == names
    assert workers["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]["exec"]["command"][-2].endswith(
        f"/run/{names[0]}.health.sock"
    )


def test_a_region_of_one_machine_says_what_a_cluster_lacks(tmp_path: Path) -> None:
    """The region that comes with Matinee is rendered; what its addresses and keys mean in a pod, the notes say."""
    file = REPOSITORY / "topology" / "one-region.toml"
    notes = render(topology_of(file), file.read_text(), IMAGE).notes
    assert "ENGINES" in notes
    assert 'say keys = "/run/keys"' in notes
    assert "--from-file=postgres --from-file=s3-reader --from-file=s3-writer" in notes


def test_the_boxes_have_a_key_of_their_own() -> None:
    """What a cluster's Secret must hold is listed whole: the key that writes, and the one that only reads."""
    assert (
        "--from-file=postgres --from-file=s3 --from-file=s3-reader"
        in render(topology_of(REGION), REGION.read_text(), IMAGE).notes
    )


TOLD = """
[alarms]
pagerduty = "https://events.pagerduty.com/v2/enqueue"
pagerduty_key = "/run/keys/pagerduty"
webhooks = ["https://chat.example.org/hooks/films"]
webhook_key = "/run/keys/webhooks"

[mail]
smtp = "smtp://mail.example.org:587?tls=start&login=/run/keys/smtp"
from = "Matinee <films@example.org>"
reply_to = ""

[billing]
provider = "stripe"
key = "/run/keys/stripe"
hooks_key = "/run/keys/stripe-hooks"
"""


def test_all_keys_that_a_house_names_are_in_its_secret(tmp_path: Path) -> None:
    """Those of alarms, letters and payments too, though the machine on which the manifests are written has none of them."""
    file = tmp_path / "house.toml"
    file.write_text(REGION.read_text() + TOLD)
    notes = render(topology_of(file), file.read_text(), IMAGE).notes
    named = re.findall(r"--from-file=(\S+)", notes)
    assert named == ["pagerduty", "postgres", "s3", "s3-reader", "smtp", "stripe", "stripe-hooks", "webhooks"]
    for key in ("pagerduty", "smtp", "stripe"):
        file.write_text((REGION.read_text() + TOLD).replace(f"/run/keys/{key}", f"keys/{key}"))
        with pytest.raises(BadTopology, match=f"keys/{key}: in a pod the keys lie in /run/keys/"):
            render(topology_of(file), file.read_text(), IMAGE)


def test_on_files_there_is_one_house_and_it_is_not_scaled(tmp_path: Path) -> None:
    """Two pods on one SQLite file would lose what people have: the laptop's engines make one pod, and the notes say so."""
    rendering = render(topology_of(TOPOLOGIES[0]), TOPOLOGIES[0].read_text(), IMAGE)
    kinds = [each["kind"] for file in rendering.files.values() for each in file]
    assert kinds.count("StatefulSet") == 1
    assert not {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"} & set(kinds)
    assert rendering.files["house.yaml"][0]["spec"]["replicas"] == 1
    assert "cannot be scaled" in rendering.notes


def test_there_is_time_to_drain(documents: list[Document]) -> None:
    """A pod is not killed while its supervisor still waits, eight seconds for each child."""
    from matinee.up import kubernetes, supervisor

    assert kubernetes.DRAIN_S == supervisor.DRAIN_S
    for owner, spec in pods(documents):
        if owner["kind"] == "StatefulSet":
            boxes = len(spec["containers"][0]["ports"]) - 1
            assert spec["terminationGracePeriodSeconds"] > kubernetes.DESELECTED_S + supervisor.DRAIN_S * (boxes + 2)


def test_the_caches_fit_their_volume(tmp_path: Path) -> None:
    """The boxes' caches and what else lies in the state have room on the claim."""
    claim = of_kind(rendered(REGION, tmp_path), "StatefulSet")[0]["spec"]["volumeClaimTemplates"][0]
    size = claim["spec"]["resources"]["requests"]["storage"]
    assert int(size.removesuffix("Gi")) * 2**30 > sum(box.cache_bytes for box in topology_of(REGION).boxes)


def test_the_same_topology_gives_the_same_files(tmp_path: Path) -> None:
    """Who renders again and compares sees what the topology changed, and nothing else."""
    for name in ("one", "two"):
        rendered(REGION, tmp_path / name)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_the_pods_read_the_topology_that_was_rendered(documents: list[Document], tmp_path: Path) -> None:
    """The map holds the file as it was written, and it is a whole topology."""
    text = of_kind(documents, "ConfigMap")[0]["data"]["topology.toml"]
    (tmp_path / "again.toml").write_text(text)
    assert topology_of(tmp_path / "again.toml").boxes


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("postgresql://matinee@", "postgresql://matinee:geheim@", "a ConfigMap is no secret"),
        ("/run/keys/postgres", "/etc/passwords/postgres", "/run/keys/"),
    ],
)
def test_secrets_do_not_get_into_manifests(old: str, new: str, word: str, tmp_path: Path) -> None:
    """A password in an engine's address is refused, and so is a key file where no pod has one."""
    file = tmp_path / "house.toml"
    file.write_text(REGION.read_text().replace(old, new))
    with pytest.raises(BadTopology, match=word):
        rendered(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("image", ["matinee", "matinee:latest", "registry:5000/matinee"])
def test_an_image_has_a_version(image: str) -> None:
    """Nobody knows what runs where an image is called latest."""
    with pytest.raises(BadTopology, match="version"):
        render(topology_of(REGION), REGION.read_text(), image)


def test_an_engine_on_this_machine_is_spoken_of(tmp_path: Path) -> None:
    """An address of the loopback is another place in a pod; the notes say so."""
    file = tmp_path / "house.toml"
    file.write_text(REGION.read_text().replace("kafka://kafka:", "kafka://127.0.0.1:"))
    assert "ENGINES" in render(topology_of(file), file.read_text(), IMAGE).notes
    assert "ENGINES" not in render(topology_of(REGION), REGION.read_text(), IMAGE).notes
