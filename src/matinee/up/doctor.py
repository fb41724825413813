"""`matinee doctor`: what this machine lacks, and how to mend it. Looks, and changes nothing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from matinee.topology import REPOSITORY, Topology
from matinee.up.listening import problem_with_port
from matinee.up.open_files import LEAST_OPEN_FILES, problem_with_open_files
from matinee.up.plan import envoy_of, nginx_of

LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    what: str
    problem: str = ""  # empty: it is well
    remedy: str = ""


def examine(topology: Topology) -> int:
    """Prints a line for each thing looked at; 1 when something is missing."""
    console, findings = Console(highlight=False), list(findings_of(topology))
    for finding in findings:
        if finding.problem:
            console.print(
                f"[red]✗[/red] {escape(finding.what)}: {escape(finding.problem)}\n  [bold]{escape(finding.remedy)}[/bold]"
            )
        else:
            console.print(f"[green]✓[/green] {escape(finding.what)}")
    return 1 if any(finding.problem for finding in findings) else 0


def findings_of(topology: Topology) -> Iterator[Finding]:
    from matinee.studio.tools import default_tools

    named, found = topology.tools, default_tools()
    yield _runs(
        "setpriv", Path(shutil.which("setpriv") or "setpriv"), "--version", "install util-linux: apt-get install util-linux"
    )
    setup = "type `make setup`, or name a binary under [tools] in the topology"
    yield _runs("Envoy", envoy_of(topology), "--version", setup)
    yield _runs("nginx", nginx_of(topology), "-v", setup)
    yield _runs("ffmpeg", Path(named.ffmpeg or found.ffmpeg), "-version", setup)
    yield _runs("ffprobe", Path(named.ffprobe or found.ffprobe), "-version", setup)
    yield _runs("Shaka Packager", Path(named.packager or found.packager), "--version", setup)
    built = (REPOSITORY / "web" / "dist" / "index.html").is_file()
    yield Finding("web app", "" if built else "it is not built", "type `make setup`")
    yield _state(topology.state)
    yield Finding("open files", problem_with_open_files(), f"allow {LEAST_OPEN_FILES} or more: `ulimit -Hn` shows the limit")
    for name, port in [("front door", topology.door.port), *((f"box {box.box_id}", box.port) for box in topology.boxes)]:
        yield _port(name, topology.door.host, port)


def _runs(what: str, binary: Path, version_flag: str, remedy: str) -> Finding:
    try:
        done = subprocess.run([binary, version_flag], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(what, f"{binary} cannot be run ({error})", remedy)
    if done.returncode:
        return Finding(what, f"{binary} {version_flag} failed: {(done.stderr or done.stdout).strip()[-200:]}", remedy)
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return Finding(f"{what}: {lines[0].strip() if lines else binary}")


def _state(state: Path) -> Finding:
    place = next(each for each in (state, *state.parents) if each.exists())
    if not os.access(place, os.W_OK):
        return Finding("state directory", f"{place} cannot be written", "give --state a directory of your own")
    free_bytes = shutil.disk_usage(place).free
    if free_bytes < LEAST_FREE_BYTES:
        problem = f"only {free_bytes / 1e9:.1f} GB free at {place}"
        return Finding("state directory", problem, "make room, or give --state a directory on a larger disk")
    return Finding(f"state directory {state}: {free_bytes / 1e9:.0f} GB free")


def _port(what: str, host: str, port: int) -> Finding:
    problem = problem_with_port(host, port)
    return Finding(what, problem, "stop what uses it, or give --port") if problem else Finding(f"{what}: port {port} is free")
