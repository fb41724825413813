"""The secrets of the servers: random, made on this machine, each in a file of mode 0600 in a form its clients read themselves.

PostgreSQL's is a password file (`postgresql://matinee@127.0.0.1:PORT/matinee?passfile=FILE`); the S3 keys are credentials
files, one that may do everything and one that may only read.
"""

import json
import os
import secrets
from configparser import ConfigParser
from pathlib import Path

from infra.ports import Address

S3_WRITER = "s3-writer"
S3_READER = "s3-reader"
_MAY = {S3_WRITER: ["Admin", "Read", "Write", "List", "Tagging"], S3_READER: ["Read"]}


def password_file(data: Path) -> Path:
    return data / "keys" / "postgres"


def password_of(data: Path) -> str:
    return password_file(data).read_text().rstrip("\n").rpartition(":")[2]


def write_password(data: Path, address: Address, password: str = "") -> None:
    """For this address; a new password unless one is given."""
    _write(password_file(data), f"{address.host}:{address.port}:*:matinee:{password or secrets.token_urlsafe(32)}\n")


def s3_keys_file(data: Path, who: str) -> Path:
    return data / "keys" / who


def s3_keys(data: Path, who: str) -> tuple[str, str]:
    """Access key and secret key, made when they are first asked for."""
    file = s3_keys_file(data, who)
    if not file.exists():
        access, secret = secrets.token_hex(10).upper(), secrets.token_urlsafe(30)
        _write(file, f"[default]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n")
    # Not interpolated: a secret may hold anything.
    kept = ConfigParser(interpolation=None)
    kept.read(file)
    return kept["default"]["aws_access_key_id"], kept["default"]["aws_secret_access_key"]


def write_s3_identities(data: Path, file: Path) -> None:
    """What SeaweedFS wants to know about who may do what."""
    identities = [
        {"name": who, "credentials": [dict(zip(("accessKey", "secretKey"), s3_keys(data, who), strict=True))], "actions": may}
        for who, may in _MAY.items()
    ]
    _write(file, json.dumps({"identities": identities}))


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    new.replace(file)
