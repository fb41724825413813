"""A real box: what it gives to whom, and what it survives."""

import itertools
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from edge.stage import FILM_BYTES, NewBox, StagedBox, kids_on_disk, put, serving, token, wait_until
from matinee.contracts.ids import BoxId
from matinee.edge.nginx import BadBoxPlan, BoxPlan, lay_out, quoted, render

WHOLE = FILM_BYTES * 100


def test_a_good_token_opens_its_film(box: StagedBox):
    """With your token you get every file of your film, whole or in part, manifests too, by address or with a query."""
    for name in ("manifest.mpd", "master.m3u8", "v720/init.mp4", "v720/1.m4s"):
        answer = box.ask(token() + name + "?CMCD=bl%3D2000")
        assert (answer.status, answer.body) == (200, WHOLE)
    part = box.ask(token() + "v720/1.m4s", headers="Range: bytes=4-7\r\n")
    assert (part.status, part.body, part.headers["content-range"]) == (206, WHOLE[4:8], f"bytes 4-7/{len(WHOLE)}")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("manifest.mpd", "application/dash+xml"),
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("v720/init.mp4", "video/mp4"),
        ("v720/1.m4s", "video/iso.segment"),
        ("thumbs/1.jpg", "image/jpeg"),
        ("thumbs/1.webp", "image/webp"),
        ("chapters.json", "application/json"),
    ],
)
def test_files_say_what_they_are(box: StagedBox, name: str, kind: str):
    """A player that looks at the type of a file finds the right one."""
    assert box.ask(token() + name).headers["content-type"] == kind


def test_the_first_part_of_a_film_asked_for_stores_all_of_it(new_box: NewBox):
    """A jump into a segment that is not here yet is answered, and the next viewer finds the segment whole."""
    box = serving(new_box())
    assert box.ask(token() + "v720/1.m4s", headers="Range: bytes=100-\r\n").status == 206
    (box.films / "films" / "ed1" / "v720" / "1.m4s").unlink()
    assert box.ask(token(view="another-one") + "v720/1.m4s").body == WHOLE


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (lambda: "/films/ed1/v720/1.m4s", 403),
        (lambda: token(left_s=-2) + "v720/1.m4s", 410),
        (lambda: token(edition="ed2").replace("ed2", "ed1") + "v720/1.m4s", 403),
        (lambda: token() + "../ed2/v720/1.m4s", 403),
        (lambda: token() + "%2e%2e/ed2/v720/1.m4s", 403),
        (lambda: token() + "v720//1.m4s", 403),
        (lambda: token() + "v720%2f1.m4s", 403),
        (lambda: token() + "v720/1.m4s%00", 400),
        (lambda: token() + "v720/1.m4s%0a", 403),
        (lambda: token() + "v720/9.m4s", 404),
        (lambda: token() + "v720", 404),
        (lambda: "/", 403),
        (lambda: "/keys", 403),
        (lambda: "/nginx.conf", 403),
    ],
)
def test_anything_else_is_refused_in_a_way_a_player_can_read(box: StagedBox, address: Callable[[], str], status: int):
    """A refusal has its reason as its status, can be read by a page of another origin, is kept by nobody, and holds no film."""
    answer = box.ask(address())
    assert answer.status == status
    assert FILM_BYTES not in answer.body
    if status != 400:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "MOVE", "TRACE"])
def test_films_can_only_be_read(box: StagedBox, method: str):
    """Nothing can be written to a box."""
    assert box.ask(token() + "v720/1.m4s", method).status == 405


def test_a_browser_may_ask_first(box: StagedBox):
    """The question a browser sends before a Range is answered with yes; HEAD tells the size without the bytes."""
    answer = box.ask(token() + "v720/1.m4s", "OPTIONS")
    assert answer.status == 204
    assert answer.headers["access-control-allow-headers"] == "Range"
    head = box.ask(token() + "v720/1.m4s", "HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(WHOLE)))


def test_a_box_listens_on_one_port_only(box: StagedBox):
    """The origin and the agent cannot be reached from the network: the films' port is the only one."""
    listening = set[int]()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for row in Path(table).read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in held_by(box.worker):
                listening.add(int(fields[1].rpartition(":")[2], 16))
    assert listening == {box.port}


def test_the_folder_and_the_keys_belong_to_their_owner_alone(box: StagedBox):
    """No other user can reach a box's sockets or read its keys."""
    assert box.folder.stat().st_mode & 0o777 == 0o700
    wait_until(lambda: kids_on_disk(box) == ["k1", "k2"])
    assert (box.folder / "keys.json").stat().st_mode & 0o777 == 0o600


def test_pictures_are_all_that_the_picture_socket_gives(box: StagedBox):
    """The front door gets a title's three pictures, to be kept for ever, and nothing else: no film, no stray file."""
    line = box.line("art.sock")
    for name in ("card", "backdrop", "poster"):
        answer = line.ask(f"/art/art1/{name}.webp")
        assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"picture", "image/webp")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    others = [
        "/art/art1/secret.txt",
        "/art/art1/card.webp.bak",
        "/films/ed1/v720/1.m4s",
        "/art/../films/ed1/v720/1.m4s",
        "/art/art1/",
        "/",
    ]
    others += ["/art/art2/card.webp", "/art/art1/%2e%2e/card.webp", "/art/art1/card.webp%0a", token() + "v720/1.m4s", "/keys"]
    assert {line.ask(target).status for target in others} == {404}
    assert line.ask("/art/art1/card.webp", "POST").status == 405


def test_ten_viewers_of_a_new_segment_fetch_it_once(new_box: NewBox):
    """However many press Play at once, the origin gives each segment once, and all of them see it whole."""
    box = serving(new_box(origin_also="limit_rate 4m; access_log origin.log;"))
    segment = FILM_BYTES * 120_000
    put(box.films / "films" / "ed1" / "v720" / "2.m4s", segment)
    addresses = [token(view=f"viewer-{number}") + "v720/2.m4s" for number in range(10)]
    with ThreadPoolExecutor(10) as viewers:
        seen = [answer.body == segment for answer in viewers.map(box.ask, addresses)]
    assert seen == [True] * 10
    assert (box.folder / "origin.log").read_text().count("/films/ed1/v720/2.m4s") == 1


def test_what_is_cached_plays_on_without_an_origin_and_no_token_is_ever_logged(new_box: NewBox):
    """When the origin is gone, what the box holds still plays; what it lacks fails at once; no log tells anybody's token."""
    box = serving(new_box(origin_also="keepalive_timeout 0;"))
    mine = token()
    assert box.ask(mine + "v720/1.m4s").status == 200
    (box.folder / "origin.sock").unlink()
    asked_s = time.monotonic()
    assert box.ask(mine + "v720/1.m4s").body == WHOLE
    assert box.ask(mine + "v720/init.mp4").status == 502
    assert time.monotonic() - asked_s < 2
    assert box.ask(mine + "x" * 9000).status == 414
    box.stop()
    mac = mine.split("/")[1].rpartition(".")[2].encode()
    written = [path for path in [*box.folder.rglob("*"), box.said] if path.is_file()]
    assert box.said in written
    assert not [path for path in written if mac in path.read_bytes()]


@pytest.mark.parametrize(
    "name", ["two words", "a;b", "it's", 'a "quoted" one', "back\\slash", "curly{}", "#hash", "filmé", "x" * 120]
)
def test_films_may_lie_in_any_folder(new_box: NewBox, name: str):
    """A folder's name may have spaces, quotes and whatever else people put there, and may lie deep."""
    box = serving(new_box(name=f"{name}/box", blobs=f"{name}/blobs"))
    assert box.ask(token() + "v720/1.m4s").body == WHOLE


@pytest.mark.parametrize("name", ["$HOME", "line\nfeed", "nul\0", "esc\x1b"])
def test_a_folder_that_nginx_cannot_be_told_of_is_refused(tmp_path: Path, name: str):
    """A name that would mean something else to nginx is refused before anything is written."""
    with pytest.raises(BadBoxPlan, match="move it to a plainer one"):
        lay_out(tmp_path / "box", BoxPlan(BoxId("a"), "127.0.0.1", 9000, Path("/films") / name, 10**6))
    assert not (tmp_path / "box").exists()


def test_a_quoted_word_stays_one_word():
    """Nothing in a path can end its quotes."""
    assert quoted('a"; root /; #\\') == r'"a\"; root /; #\\"'


@pytest.mark.parametrize(
    ("host", "listen"),
    [("127.0.0.1", "127.0.0.1:9000"), ("::1", "[::1]:9000"), ("[::]", "[::]:9000"), ("localhost", "localhost:9000")],
)
def test_a_box_listens_where_it_is_told(host: str, listen: str):
    """Names and addresses of both kinds work."""
    assert f"listen {listen};" in render(BoxPlan(BoxId("a"), host, 9000, Path("/films"), 10**6), "")


@pytest.mark.parametrize(
    ("host", "port", "size"), [("a;b", 9000, 1), ("", 9000, 1), ("::1", 0, 1), ("::1", 70000, 1), ("::1", 9000, 0)]
)
def test_a_plan_that_cannot_be_is_refused(host: str, port: int, size: int):
    """A wrong host, port or size is named before nginx is started."""
    with pytest.raises(BadBoxPlan, match="box a: "):
        render(BoxPlan(BoxId("a"), host, port, Path("/films"), size), "")


def test_every_setting_of_nginx_has_its_reason(box: StagedBox):
    """Whoever reads the configuration finds above each setting why it is there."""
    text = re.sub(r"types \{[^}]*\}|~\\\.\w+\\z .*;", "", (box.folder / "nginx.conf").read_text())
    lines = ["", *(line.strip() for line in text.splitlines())]
    settings = [(above, line) for above, line in itertools.pairwise(lines) if line.endswith((";", "}")) and line != "}"]
    assert len(settings) > 60
    assert [line for above, line in settings if not above.startswith("#") and not line.startswith("#")] == []


def test_a_file_in_the_way_is_left_alone(tmp_path: Path):
    """Only a box's own dead sockets are removed; a file of that name is somebody's, and is named."""
    put(tmp_path / "agent.sock", b"mine")
    with pytest.raises(BadBoxPlan, match=r"agent\.sock: .*move it elsewhere"):
        lay_out(tmp_path, BoxPlan(BoxId("a"), "127.0.0.1", 9000, tmp_path, 10**6))
    assert (tmp_path / "agent.sock").read_bytes() == b"mine"


def held_by(pid: int) -> set[str]:
    held = set[str]()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        # A connection may be closed by now.
        with suppress(FileNotFoundError):
            held.add(str(each.readlink()))
    return held
