"""What an address of S3 says: `s3://BUCKET[/PREFIX]?endpoint=URL&region=REGION&keys=FILE[&reader_keys=FILE]`.

The studio writes with the one key, the boxes read with the other, which may do nothing else. Both files are AWS
credentials, which only their owner may read.
"""

import re
from configparser import ConfigParser, Error
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class BadS3Url(ValueError):
    """The address or a file of keys it names cannot be used; the text says what to do."""


@dataclass(frozen=True)
class S3Url:
    bucket: str
    prefix: str
    endpoint: str
    region: str
    keys: Path
    reader_keys: Path | None


def read_s3_url(url: str) -> S3Url:
    place = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(place.query).items()}
    if not place.netloc or not {"endpoint", "keys"} <= asked.keys():
        raise BadS3Url(f"{url} names no S3 bucket: write s3://BUCKET?endpoint=URL&region=REGION&keys=FILE")
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", asked["endpoint"]):
        raise BadS3Url(f"{url}: endpoint={asked['endpoint']} is no address of a server: write http://HOST:PORT or https://HOST")
    return S3Url(
        bucket=place.netloc,
        prefix=place.path.strip("/"),
        endpoint=asked["endpoint"],
        region=asked.get("region", "us-east-1"),
        keys=Path(asked["keys"]),
        reader_keys=Path(asked["reader_keys"]) if "reader_keys" in asked else None,
    )


def read_s3_keys(file: Path) -> tuple[str, str]:
    """Access key and secret key."""
    if not file.is_file():
        raise BadS3Url(f"there is no file {file} with S3 keys: name one of AWS credentials in the URL, keys=FILE")
    if file.stat().st_mode & 0o077:
        raise BadS3Url(f"the S3 keys in {file} can be read by others: chmod 600 {file}")
    # Not interpolated: a secret may hold anything.
    kept = ConfigParser(interpolation=None)
    try:
        kept.read_string(file.read_text())
        return kept["default"]["aws_access_key_id"], kept["default"]["aws_secret_access_key"]
    except KeyError as error:
        raise BadS3Url(f"the file {file} has no {error} in a section [default]: write it as AWS credentials") from error
    except (OSError, UnicodeDecodeError, Error) as error:
        # Not the error's own words: they may quote a line, and with it a secret.
        raise BadS3Url(f"the file {file} cannot be read ({type(error).__name__}): write it as AWS credentials") from None
