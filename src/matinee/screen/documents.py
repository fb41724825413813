"""The questions our own pages ask, each known by its digest.

The web build writes them to `documents.json`: SHA-256 to text. A browser sends the digest (as `extensions.persistedQuery`
or as `documentId`), so nobody can make the house answer a question of their own making, however cheap to ask and dear to
answer. Where any question may be asked (in development), its text counts.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from matinee.ports.rpc import Refused

UNREADABLE = Refused("invalid", "That could not be read.", "Send query, variables and operationName, as GraphQL over HTTP does.")
UNKNOWN = Refused("invalid", "This page is older than the house.", "Load it again.")


class Documents:
    def __init__(self, manifest: Path, *, any_text: bool) -> None:
        self._manifest = manifest
        self._any_text = any_text
        self._read_ns = 0
        self._texts: Mapping[str, str] = {}

    def text_of(self, asked: Mapping[str, object]) -> str:
        """The text of the question asked, or Refused."""
        query, digest = asked.get("query"), _digest(asked)
        if isinstance(query, str) and self._any_text:
            return query
        if digest is None and isinstance(query, str):
            digest = hashlib.sha256(query.encode()).hexdigest()
        if digest is None:
            raise UNREADABLE
        text = self._known(digest)
        if text is None:
            raise UNKNOWN
        return text

    def _known(self, digest: str) -> str | None:
        """Of a digest that is not known the file is looked at again: the web app may have been built anew."""
        if digest not in self._texts:
            try:
                written_ns = self._manifest.stat().st_mtime_ns
                if written_ns != self._read_ns:
                    self._texts, self._read_ns = _read(self._manifest), written_ns
            except FileNotFoundError:
                self._texts = {}
        return self._texts.get(digest)


def _read(manifest: Path) -> Mapping[str, str]:
    """The questions whose text is what their digest says; one that was altered is none of ours."""
    try:
        found: object = json.loads(manifest.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return {}
    texts = cast("dict[str, object]", found)
    return {
        digest: text
        for digest, text in texts.items()
        if isinstance(text, str) and hashlib.sha256(text.encode()).hexdigest() == digest
    }


def _digest(asked: Mapping[str, object]) -> str | None:
    document_id, extensions = asked.get("documentId"), asked.get("extensions")
    if isinstance(document_id, str) and document_id.startswith("sha256:"):
        return document_id.removeprefix("sha256:")
    if not isinstance(extensions, dict):
        return None
    persisted = cast("dict[str, object]", extensions).get("persistedQuery")
    digest = cast("dict[str, object]", persisted).get("sha256Hash") if isinstance(persisted, dict) else None
    return digest if isinstance(digest, str) else None
