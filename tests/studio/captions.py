"""Subtitles that were written to be slow."""

import time

import pytest

from matinee.studio.captions import read_captions


@pytest.mark.parametrize(
    "text", ["\n" * 300_000, " " * 300_000, "00:01 --> 00:09\n" + "<" * 300_000], ids=["lines", "blanks", "tags"]
)
def test_a_file_of_nothing_costs_no_time(text: str) -> None:
    """However much emptiness a subtitle file holds, my film does not wait for it."""
    begun_s = time.process_time()
    assert len(read_captions(text)) <= 1
    assert time.process_time() - begun_s < 2
