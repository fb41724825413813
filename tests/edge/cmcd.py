"""What players say of themselves with each piece they ask for (CMCD): a box writes it down, and serves all of them one copy."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from edge.stage import FILM_BYTES, NewBox, serving, token, wait_until

SAID = 'bl=8000,br=3000,bs,d=4000,mtp=9100,ot=v,sf=d,sid="view-0123",st=v,tb=6000'


def lines_of(said: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.read_text().splitlines() if line.startswith('{"at_s"')]


def test_what_a_player_says_is_written_down_and_kept_out_of_the_cache(new_box: NewBox):
    """Two players that say different things share one copy of a piece; what each said is logged, with how it was served."""
    box = serving(new_box())
    for cmcd in (SAID, 'br=500,ot=a,sid="view-4567"'):
        answer = box.ask(f"{token()}v720/1.m4s?CMCD={quote(cmcd)}")
        assert (answer.status, answer.body) == (200, FILM_BYTES * 100)
    wait_until(lambda: len(lines_of(box.said)) == 2)
    first, second = lines_of(box.said)
    assert (first["cmcd"], first["status"], first["cache"]) == (SAID, 200, "MISS")
    assert (second["cmcd"], second["cache"]) == ('br=500,ot=a,sid="view-4567"', "HIT")
    assert first["bytes"] > len(FILM_BYTES) * 100
    assert first["took_s"] >= 0


def test_only_what_is_known_is_written_and_nobody_is_named(new_box: NewBox):
    """What is not of the standard's form, who watches what, and tokens stay out of the log; who says nothing is not in it."""
    box = serving(new_box())
    strange = 'br=1,cid="a film",nor="..%2f8.m4s",com.example-name="Ann",sid="<script>",bl=many,su'
    for query in ("", "?CMCD=", "?CMCD=" + "x" * 1001, f"?CMCD={quote(strange)}"):
        box.ask(token() + "v720/1.m4s" + query)
    wait_until(lambda: lines_of(box.said) != [])
    assert [line["cmcd"] for line in lines_of(box.said)] == ["br=1,su"]
    assert token().split("/")[1].rpartition(".")[2] not in box.said.read_text()
