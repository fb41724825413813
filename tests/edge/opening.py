"""A real box and its keys: they turn, survive, and open nothing but what was granted."""

import os
import signal

import pytest

from edge.stage import FILM_BYTES, KEYS, NewBox, StagedBox, kids_on_disk, put, serving, token, wait_until

WHOLE = FILM_BYTES * 100


def test_keys_turn_without_a_restart(new_box: NewBox):
    """While keys turn, films go on: the old key still opens, until it is dropped, and the same process serves throughout."""
    box = serving(new_box())
    worker, old, new = box.worker, token(kid="k1"), token(kid="k2")
    box.hold({"k1": KEYS["k1"]})
    assert (box.ask(old + "manifest.mpd").status, box.ask(new + "manifest.mpd").status) == (200, 403)
    box.hold(KEYS)
    assert (box.ask(old + "manifest.mpd").status, box.ask(new + "manifest.mpd").status) == (200, 200)
    box.hold({"k2": KEYS["k2"]})
    assert (box.ask(old + "manifest.mpd").status, box.ask(new + "manifest.mpd").status) == (403, 200)
    assert box.worker == worker


def test_a_key_that_changed_closes_what_it_had_opened(new_box: NewBox):
    """A box that has proven a token forgets it with the key: another secret of the same name opens nothing to its bearer."""
    box = serving(new_box())
    mine = token() + "manifest.mpd"
    assert [box.ask(mine).status for _ in range(2)] == [200, 200]
    box.hold({"k1": "another secret under the same name, as long"})
    assert box.ask(mine).status == 403


def test_a_proven_token_opens_its_own_film_and_view_only(box: StagedBox):
    """The MAC of a token that has just opened one film opens nothing else: no other film, no later hour, no other view."""
    mine = token()
    assert box.ask(mine + "manifest.mpd").status == 200
    kid, exp, view, mac = mine.split("/")[1].split(".")
    for forged in (
        f"/{kid}.{exp}.{view}.{mac}/films/ed2/",
        f"/{kid}.{int(exp) + 1}.{view}.{mac}/films/ed1/",
        f"/{kid}.{exp}.view-0002.{mac}/films/ed1/",
        f"/k2.{exp}.{view}.{mac}/films/ed1/",
    ):
        assert box.ask(forged + "manifest.mpd").status == 403
    assert box.ask(mine + "manifest.mpd").status == 200


def test_keys_survive_the_worker_a_reload_and_the_whole_box(new_box: NewBox):
    """A killed worker, a reloaded configuration and a killed box that starts again all serve the film that was playing."""
    box = serving(new_box())
    mine, worker = token() + "v720/1.m4s", box.worker
    wait_until(lambda: kids_on_disk(box) == ["k1", "k2"])
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: box.answers() and box.worker != worker)
    assert box.ask(mine).status == 200
    assert box.process
    worker = box.worker
    os.kill(box.process.pid, signal.SIGHUP)
    wait_until(lambda: box.worker != worker)
    assert box.ask(mine).status == 200
    box.stop(signal.SIGKILL)
    assert (box.folder / "origin.sock").exists()
    box.start()
    assert box.ask(mine).body == WHOLE


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"null", b'{"k1":5}', b'{"k1":{"value":5}}', b'{"k1":{"value":"x"', b"\xff"])
def test_a_key_file_cut_short_does_not_keep_a_box_down(new_box: NewBox, left: bytes):
    """After a crash that left half a key file, the box starts, opens nothing, and serves once it has its keys again."""
    box = new_box()
    put(box.folder / "keys.json", left)
    box.start()
    assert box.ask(token() + "v720/1.m4s").status == 403
    box.hold(KEYS)
    assert box.ask(token() + "v720/1.m4s").status == 200


def test_a_token_for_a_height_opens_no_taller_picture(box: StagedBox):
    """A viewer whose plan ends at 720 lines gets no byte of the 1080 rung, and all else of the film, sounds and manifests too."""
    lower, taller = "v720/1.m4s", "v1080-6000k/1.m4s"
    rest = ("manifest.mpd", "sound/main.m3u8", "thumbs/1.jpg", "chapters.json")
    bounded, any_height = token(height=720), token(view="view-0002")
    assert {box.ask(bounded + name).status for name in (lower, *rest)} == {200}
    assert [box.ask(token(height=each) + taller).status for each in (720, 1079, 1080, 2160)] == [403, 403, 200, 200]
    assert box.ask(any_height + taller).status == 200
    for stretched in (bounded.replace("~720", "~1080"), bounded.replace("~720", "")):
        assert box.ask(stretched + taller).status == 403
