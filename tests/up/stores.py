"""A house whose stores are away: it says which one, and does not hang."""

import subprocess
import sys
from pathlib import Path

from matinee.topology import REPOSITORY
from running import free_ports

TOLD_WITHIN_S = 120.0  # eight times what it takes


def test_a_process_whose_store_is_away_says_so_and_leaves(tmp_path: Path) -> None:
    """Started while PostgreSQL is down, a process waits a little, names what did not answer, and ends to be started again."""
    keys = tmp_path / "keys"
    keys.mkdir()
    s3_key = "[default]\naws_access_key_id = none\naws_secret_access_key = none\n"
    for name, said in {"postgres": "*:*:*:*:none\n", "s3-writer": s3_key, "s3-reader": s3_key}.items():
        (keys / name).write_text(said)
        (keys / name).chmod(0o600)
    region = (REPOSITORY / "topology" / "one-region.toml").read_text()
    region = region.replace("../.cache/engines/data/keys", "keys").replace(":21432/", f":{free_ports(1)}/")
    (tmp_path / "region.toml").write_text(region)
    argv = [sys.executable, "-m", "matinee", "run", "front-2", "--state", str(tmp_path / "state")]
    argv += ["--topology", str(tmp_path / "region.toml")]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=TOLD_WITHIN_S, check=False)
    assert ended.returncode == 1
    assert "process front-2 needs a store that is away" in ended.stderr
    why = next(line for line in ended.stderr.splitlines() if "cannot start" in line)
    assert '"service": "identity"' in why
    assert "refused" in why
    assert "Traceback" not in ended.stderr
