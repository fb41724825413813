"""`matinee deploy …`: the house for other people's machines."""

from pathlib import Path
from typing import Literal

import cyclopts
import yaml
from rich.console import Console

from matinee.topology import BadTopology
from matinee.topology_file import Changes, read_topology
from matinee.up.kubernetes import Rendering, render
from matinee.up.kubernetes_parts import STATE
from matinee.wiring import CACHING, HOUSE, MANY

NOTES = "NOTES.md"

deploy = cyclopts.App(name="deploy")


@deploy.command(name="render")
def render_house(
    *,
    topology: Path,
    out: Path,
    image: str = "matinee:0.3.0",
    format: Literal["kubernetes"] = "kubernetes",
) -> None:
    """Write plain Kubernetes manifests for a topology, and NOTES.md, which says what to create before applying them.

    The same topology gives the same files. They hold no secret: keys are named, and read from a Secret that you make.

    Parameters
    ----------
    topology
        What runs where, on which engines; its engines' addresses are those that pods see (deploy/region.toml shows one).
    out
        The folder to write into; it is made if it is missing. Files of the same names are replaced, others left alone.
    image
        The image that the Dockerfile makes, as your cluster finds it, with its version.
    format
        What to write; there is one.
    """
    house = read_topology(topology, Path(STATE) / "state", tuple(HOUSE), Changes(elsewhere=True), MANY, CACHING)
    written = write(render(house, topology.read_text(), image), out)
    Console(soft_wrap=True, highlight=False).print(*written, sep="\n")


def write(rendering: Rendering, out: Path) -> list[Path]:
    """Raises BadTopology where nothing can be written."""
    texts = {name: yaml.safe_dump_all(each, sort_keys=False, width=130) for name, each in rendering.files.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in {**texts, NOTES: rendering.notes}.items():
            (out / name).write_text(text)
    except OSError as error:
        raise BadTopology(f"--out {out}: cannot be written ({error.strerror}): give a folder of your own") from error
    return [out / name for name in (*texts, NOTES)]
