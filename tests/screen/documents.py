"""Which questions the house answers: all in development, else those of its own pages."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from matinee.ports.rpc import Refused
from matinee.screen.documents import Documents

QUESTION = "query Viewer { viewer { email } }"
OTHER = "{ titles { id } }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def built(folder: Path, *texts: str) -> Path:
    manifest = folder / "documents.json"
    manifest.write_text(json.dumps({digest(text): text for text in texts}))
    return manifest


@pytest.mark.parametrize(
    "asked",
    [
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(QUESTION)}}},
        {"documentId": f"sha256:{digest(QUESTION)}"},
        {"query": QUESTION},
        {"query": OTHER, "documentId": f"sha256:{digest(QUESTION)}"},
    ],
)
def test_a_question_of_our_pages_is_known_by_its_digest(tmp_path: Path, asked: dict[str, object]) -> None:
    """However a page names its question, the text is the one that was built in."""
    assert Documents(built(tmp_path, QUESTION), any_text=False).text_of(asked) == QUESTION


@pytest.mark.parametrize(
    "asked",
    [
        {"query": OTHER},
        {"query": QUESTION + " "},
        {"documentId": f"sha256:{digest(OTHER)}"},
        {"documentId": digest(QUESTION)},
        {"extensions": {"persistedQuery": {"sha256Hash": ["x"]}}},
        {"extensions": {"persistedQuery": None}},
        {"extensions": []},
        {},
    ],
)
def test_a_question_of_somebodys_own_making_is_refused(tmp_path: Path, asked: dict[str, object]) -> None:
    """Nobody makes the house work by questions our pages never ask."""
    with pytest.raises(Refused) as refused:
        Documents(built(tmp_path, QUESTION), any_text=False).text_of(asked)
    assert refused.value.kind == "invalid"


def test_in_development_any_question_is_answered(tmp_path: Path) -> None:
    """Who works on the pages tries questions out; those known by digest are answered too."""
    documents = Documents(built(tmp_path, QUESTION), any_text=True)
    assert documents.text_of({"query": OTHER}) == OTHER
    assert documents.text_of({"documentId": f"sha256:{digest(QUESTION)}"}) == QUESTION


def test_a_text_that_is_not_what_its_digest_says_is_none_of_ours(tmp_path: Path) -> None:
    """A file that was tampered with, or is no file of ours, trusts nobody."""
    manifest = built(tmp_path, QUESTION)
    manifest.write_text(json.dumps({digest(QUESTION): OTHER, digest(OTHER): 7}))
    for broken in (manifest.read_text(), "[]", "not json"):
        manifest.write_text(broken)
        with pytest.raises(Refused):
            Documents(manifest, any_text=False).text_of({"documentId": f"sha256:{digest(QUESTION)}"})


def test_pages_built_anew_are_known_without_a_restart(tmp_path: Path) -> None:
    """Building the web app while the house runs costs nobody a reload of the house."""
    documents = Documents(tmp_path / "documents.json", any_text=False)
    with pytest.raises(Refused):
        documents.text_of({"query": QUESTION})
    built(tmp_path, QUESTION)
    assert documents.text_of({"query": QUESTION}) == QUESTION
    os.utime(built(tmp_path, QUESTION, OTHER), (1, 1))
    assert documents.text_of({"query": OTHER}) == OTHER
