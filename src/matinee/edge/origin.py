"""Where a box fetches what it does not hold: a directory on this machine, or S3, which it asks with a key that may only read.

What lies where on S3 is decided in decisions/0013; what a box makes of it is written in nginx_files/s3.js.
"""

import json
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from matinee.contracts.s3_url import BadS3Url, read_s3_keys, read_s3_url

S3_FILE = "s3.json"

TLS = """\
        # The name S3 is asked for, by which it picks its certificate,
        proxy_ssl_server_name on;
        # and the one that certificate must bear:
        proxy_ssl_name {host};
        # a key is not shown to a stranger.
        proxy_ssl_verify on;
        # The authorities this machine trusts.
        proxy_ssl_trusted_certificate "{authorities}";
        # An authority of S3 is often certified by another one, and that by a third.
        proxy_ssl_verify_depth 4;
"""


@dataclass(frozen=True)
class S3Origin:
    """`host` as it is signed, with its port when one is named; `place` is /BUCKET or /BUCKET/PREFIX."""

    secure: bool
    host: str
    region: str
    place: str
    keys: Path

    @property
    def server(self) -> str:
        """What nginx is to connect to."""
        bare = re.fullmatch(r".*:\d+", self.host) is None
        return f"{self.host}:{443 if self.secure else 80}" if bare else self.host

    @property
    def url(self) -> str:
        """The name of nginx's upstream, not of a host."""
        return "https://s3" if self.secure else "http://s3"

    @property
    def tls(self) -> str:
        if not self.secure:
            return ""
        authorities = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
        return TLS.format(host=re.sub(r":\d+\Z", "", self.host), authorities=authorities)


def s3_origin(url: str) -> S3Origin:
    """The origin behind the URL of the blobs, its key looked at. Raises BadS3Url."""
    said = read_s3_url(url)
    if said.reader_keys is None:
        raise BadS3Url(f"{url} gives the boxes no key: add &reader_keys=FILE, with a key that may only read")
    endpoint = urlsplit(said.endpoint)
    host = re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?", endpoint.netloc)
    if endpoint.scheme not in {"http", "https"} or not host or endpoint.path.strip("/") or endpoint.query:
        raise BadS3Url(f"endpoint={said.endpoint}: a box asks http://HOST[:PORT] or https://HOST[:PORT], and no path behind it")
    place = f"/{said.bucket}/{said.prefix}".rstrip("/")
    for what, word in (("bucket and prefix", place[1:]), ("region", said.region)):
        if not re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", word):
            raise BadS3Url(f"{what} {word!r}: boxes sign letters, digits, dots, dashes and underscores only: name it so")
    read_s3_keys(said.reader_keys)
    return S3Origin(endpoint.scheme == "https", endpoint.netloc, said.region, place, said.reader_keys)


def lay_out_key(folder: Path, origin: S3Origin | None) -> None:
    """What nginx_files/s3.js reads; nothing without S3. A key that cannot be read now may be at the next try: no bad plan."""
    if origin is None:
        (folder / S3_FILE).unlink(missing_ok=True)
        return
    try:
        access, secret = read_s3_keys(origin.keys)
    except BadS3Url as error:
        raise OSError(str(error)) from error
    said = {"access": access, "secret": secret, "region": origin.region, "host": origin.host, "place": origin.place}
    new = folder / f"{S3_FILE}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(said, output)
    new.replace(folder / S3_FILE)
