"""What collect found out is answered by figures, soon; and of a profile that is gone nothing is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from insight.collecting import Collecting, soon
from insight.evening import NOW_MS, RUNTIME_MS, fact
from matinee.contracts import events_pb2 as pb
from matinee.contracts import figures_pb2 as fp
from matinee.insight.streams.job import parted
from matinee.insight.streams.keeping import as_told
from matinee.insight.streams.tables import ROWS, STATES
from matinee.ports.log import Entry
from matinee.ports.rpc import Call, Refused

HOUR_MS = 3_600_000
CALL = Call("trace", "test", 5, house=True)


class Street(Collecting):
    """Those who watch, as their players tell of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now_ms = self.clock.now_ms()

    async def tell(self, *facts: pb.PlayerFact) -> None:
        for each in facts:
            topic = "ledger" if each.WhichOneof("what") in ("watched", "thumbed", "hidden") else "telemetry"
            key = each.profile_id if topic == "ledger" else each.view_id or each.producer_id
            await self.log.append(topic, [Entry(key, each.SerializeToString())])

    async def watch(self, profile: str, title: str, *, view: str = "", minutes: int = 3) -> None:
        view = view or f"{profile}-{title}"
        for number in range(1, minutes + 1):
            watched = pb.Watched(position_ms=number * 60_000, runtime_ms=RUNTIME_MS, watched_ms=60_000, over=number == minutes)
            at_ms = self.now_ms - (minutes - number) * 60_000
            await self.tell(fact(view, number, at_ms, profile=profile, view_id=view, title_id=title, watched=watched))

    async def hide(self, profile: str, *titles: str) -> None:
        """Those titles, or all, out of what was watched so far."""
        about = {"profile": profile, "hidden": pb.Hidden(title_ids=titles)}
        await self.tell(fact(f"hid {self.now_ms} {titles}", 1, self.now_ms + 1, **about))

    async def play(self, view: str, *, box: str = "a", stalled_ms: int = 0, fatal: bool = False) -> None:
        at_ms, about = self.now_ms, {"view_id": view, "title_id": "heat"}
        await self.tell(
            fact(view, 1, at_ms - 30_000, play_asked=pb.PlayAsked(), **about),
            fact(view, 2, at_ms - 29_000, play_began=pb.PlayBegan(join_ms=800, height=720, box_id=box), **about),
            fact(
                view,
                3,
                at_ms - 9_000,
                measured=pb.Measured(playing_ms=20_000, stalled_ms=stalled_ms, join_ms=800, bits=8),
                **about,
            ),
        )
        if fatal:
            await self.tell(fact(view, 4, at_ms, failed=pb.Failed(code="media 4", fatal=True, box_id=box), **about))

    async def taste(self, profile: str) -> fp.TasteOf:
        return await self.figures.taste(fp.TasteRequest(profile_id=profile), CALL)

    async def titles(self, profile: str) -> set[str]:
        """Those of its taste."""
        return {each.title_id for each in (await self.taste(profile)).likings}

    async def history(self, profile: str) -> list[str]:
        page = await self.figures.history(fp.HistoryRequest(profile_id=profile, limit=50), CALL)
        return [each.title_id for each in page.views]

    async def ranked(self, kind: fp.RankingKind, country: str = "DE") -> list[str]:
        request = fp.RankingRequest(kind=kind, country=country, limit=10)
        return [each.title_id for each in (await self.figures.ranking(request, CALL)).titles]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    street = Street(tmp_path)
    await street.start()
    yield street
    await street.close()


async def test_what_was_watched_is_known(street: Street) -> None:
    """A film is in its viewer's history and taste, and in the lists of their country, as soon as the player told of it."""
    await street.watch("asha", "heat")
    await street.watch("ben", "heat")
    await street.watch("ben", "ran")
    await street.tell(fact("t", 1, street.now_ms, profile="ben", title_id="up", thumbed=pb.Thumbed(thumb=pb.Thumbed.LOVE)))
    await soon(lambda: _is(street.taste("ben"), lambda taste: taste.thumbs == {"up": 3}))
    await soon(lambda: _is(street.ranked(fp.BY_TOP_TEN), lambda titles: titles == ["heat", "ran"]))
    assert set(await street.history("ben")) == {"ran", "heat"}
    assert {each.title_id: each.permille for each in (await street.taste("asha")).likings} == {"heat": 300}
    assert await street.ranked(fp.BY_POPULARITY) == ["heat", "ran"]
    assert await street.ranked(fp.BY_POPULARITY, "") == ["heat", "ran"]
    assert await street.ranked(fp.BY_TREND, "FR") == []
    followers = await street.figures.followers(fp.FollowersRequest(title_id="heat", limit=5), CALL)
    assert [each.title_id for each in followers.titles] == ["ran"]
    completion = await street.figures.completion(fp.CompletionRequest(title_ids=["heat"]), CALL)
    assert (completion.titles[0].views, completion.titles[0].tenths[3]) == (2, 2)


async def _is(asked: Awaitable[object], holds: Callable[[object], bool]) -> bool:
    return holds(await asked)


async def test_a_bad_box_is_found_and_the_views_behind_it(street: Street) -> None:
    """From the figure of a box to the sessions behind it, the worst first, and to what happened in one of them."""
    await street.play("good", box="a")
    await street.play("slow", box="b", stalled_ms=5_000)
    await street.play("dead", box="b", fatal=True)
    hour = {"from_ms": street.now_ms - HOUR_MS, "to_ms": street.now_ms + HOUR_MS}

    async def boxes() -> dict[str, fp.QualityPoint]:
        request = fp.BreakdownRequest(dimension="box", hourly=True, limit=10, **hour)
        return {each.value: each for each in (await street.figures.breakdown(request, CALL)).points}

    await soon(lambda: _is(boxes(), lambda found: "b" in found and found["b"].fatal == 1 and "a" in found))  # type: ignore[operator,index]
    by_box = await boxes()
    assert (by_box["a"].playing_ms, by_box["a"].rebuffer_ratio) == (20_000, 0)
    assert by_box["b"].rebuffer_ratio == pytest.approx(5 / 45)
    assert by_box["b"].join_p50_ms == pytest.approx(800, rel=0.05)
    request = fp.SessionsRequest(dimension="box", value="b", limit=10, **hour)
    found = await street.figures.sessions(request, CALL)
    assert [each.view_id for each in found.sessions] == ["dead", "slow"]
    one = await street.figures.session(fp.SessionId(view_id="dead"), CALL)
    assert [(each.what, each.detail) for each in one.timeline] == [("asked", ""), ("began", "800"), ("failed", "media 4")]
    whole = fp.QualityRequest(dimension="all", **{**hour, "from_ms": street.now_ms - 300_000})
    points = (await street.figures.quality(whole, CALL)).points
    assert sum(each.attempts for each in points) == sum(each.starts for each in points) == 3
    with pytest.raises(Refused):
        await street.figures.quality(fp.QualityRequest(dimension="weather", **hour), CALL)
    with pytest.raises(Refused):
        await street.figures.session(fp.SessionId(view_id="never"), CALL)


async def test_what_is_hidden_is_known_no_more(street: Street) -> None:
    """One title, or all, leaves history and taste and is told as hidden, until it is watched again."""
    for title in ("heat", "ran", "up"):
        await street.watch("asha", title)
    await soon(lambda: _is(street.titles("asha"), lambda titles: titles == {"heat", "ran", "up"}))
    await street.hide("asha", "heat")
    await soon(lambda: _is(street.titles("asha"), lambda titles: titles == {"ran", "up"}))
    await soon(lambda: _is(street.history("asha"), lambda titles: set(titles) == {"ran", "up"}))
    assert list((await street.taste("asha")).hidden) == ["heat"]
    await street.hide("asha")
    await soon(lambda: _is(street.history("asha"), lambda titles: titles == []))
    await soon(lambda: _is(street.titles("asha"), lambda titles: titles == set()))
    assert list((await street.taste("asha")).hidden) == ["heat", "ran", "up"]
    street.now_ms += 600_000
    await street.watch("asha", "heat", view="again")
    await soon(lambda: _is(street.titles("asha"), lambda titles: titles == {"heat"}))
    assert (list((await street.taste("asha")).hidden), await street.history("asha")) == (["ran", "up"], ["heat"])


async def test_a_good_word_brings_back_nothing_that_was_taken_out(street: Street) -> None:
    """What is said of a hidden title later is said of one that was not watched, as far as anybody can tell."""
    await street.watch("asha", "heat")
    await street.hide("asha", "heat")
    up = pb.Thumbed(thumb=pb.Thumbed.UP)
    await street.tell(fact("t", 1, street.now_ms + 2, profile="asha", title_id="heat", thumbed=up))
    await soon(lambda: _is(street.taste("asha"), lambda taste: taste.thumbs == {"heat": 2}))
    assert [(each.title_id, each.permille) for each in (await street.taste("asha")).likings] == [("heat", 0)]


async def test_everybodys_taste_is_told_page_by_page(street: Street) -> None:
    """Each profile once, in the order of their ids, without what they hid."""
    for profile in ("ben", "asha", "cleo"):
        await street.watch(profile, "heat")
        await street.watch(profile, "ran")
    await street.hide("ben", "heat")
    await soon(lambda: _is(street.titles("cleo"), lambda titles: titles == {"heat", "ran"}))
    await soon(lambda: _is(street.titles("ben"), lambda titles: titles == {"ran"}))
    told, after = dict[str, set[str]](), ""
    while page := (await street.figures.everybody(fp.EverybodyRequest(after=after, limit=2), CALL)).profiles:
        told |= {each.profile_id: {liking.title_id for liking in each.taste.likings} for each in page}
        after = page[-1].profile_id
    assert list(told.items()) == [("asha", {"heat", "ran"}), ("ben", {"ran"}), ("cleo", {"heat", "ran"})]


async def test_how_a_trial_goes_is_told(street: Street) -> None:
    """Who saw each arm's rows, who played from them, and the votes: one for a profile and day. However long its name is, and
    whatever other trial's begins like it."""
    name = "a trial of two models with names that are longer than anybody needs: "
    about = {"row_id": "for-you", "trial": f"{name}2"}
    for profile, arm in (("asha", "challenger"), ("ben", "challenger"), ("cleo", "base")):
        seen = pb.RowSeen(page="home", teams=["base", "challenger"], title_ids=["heat", "ran"], **about)
        await street.tell(fact(f"tab of {profile}", 1, street.now_ms, profile=profile, row_seen=seen))
        for number in (1, 2):
            asked = pb.PlayAsked(arm=arm, **about)
            at_ms = street.now_ms + number
            await street.tell(
                fact(f"{profile}{number}", 1, at_ms, profile=profile, view_id=f"{profile}{number}", play_asked=asked)
            )

    async def arms() -> dict[str, tuple[int, int, int]]:
        found = (await street.figures.votes(fp.TrialRequest(trial_id=f"{name}2"), CALL)).arms
        return {each.arm: (each.profiles, each.watched, each.votes) for each in found}

    await soon(lambda: _is(arms(), lambda found: found == {"challenger": (3, 2, 2), "base": (3, 1, 1)}))
    assert not (await street.figures.votes(fp.TrialRequest(trial_id=f"{name}1"), CALL)).arms


async def test_a_profile_that_is_gone_is_forgotten(street: Street) -> None:
    """Its taste, thumbs and history go with it, and what is told of it afterwards; everybody else's stay."""
    for profile in ("asha", "ben"):
        await street.watch(profile, "heat")
        await street.tell(fact(f"{profile}2", 1, NOW_MS, profile=profile, title_id="up", thumbed=pb.Thumbed(thumb=pb.Thumbed.UP)))
    await soon(lambda: _is(street.taste("ben"), lambda taste: taste.thumbs == {"up": 2}))
    await street.log.append("profiles", [Entry("asha", pb.ProfileGone(profile_id="asha").SerializeToString())])
    await soon(lambda: _is(street.taste("asha"), lambda taste: not taste.likings and not taste.thumbs))
    await soon(lambda: _is(street.history("asha"), lambda titles: titles == []))
    await street.watch("asha", "ran")
    await street.tell(fact("asha3", 1, NOW_MS, profile="asha", title_id="ran", thumbed=pb.Thumbed(thumb=pb.Thumbed.UP)))
    await street.watch("ben", "ran")
    await soon(lambda: _is(street.titles("ben"), lambda titles: titles == {"heat", "ran", "up"}))
    assert set(await street.history("ben")) == {"heat", "ran"}
    assert await street.history("asha") == []
    assert await street.taste("asha") == fp.TasteOf()
    for table in ("history", "history_past"):
        assert await street.rows.page(table, "asha", 10) == []
    assert "asha" not in await street.sql.read(kept_of)


def kept_of(db: sa.Connection) -> set[str]:
    """Whose states and rows there are."""
    keys = [key for table in (STATES, ROWS) for key in db.execute(sa.select(table.c.key)).scalars()]
    return {parted(as_told(key))[0] for key in keys}


async def test_what_is_of_no_profile_keeps_nothing_waiting(street: Street) -> None:
    """There is no history it could stand in; what others watched comes into theirs as ever."""
    await street.watch("", "heat")
    await street.watch("asha", "ran")
    await soon(lambda: _is(street.history("asha"), lambda titles: titles == ["ran"]))
    await soon(lambda: _is(street.ranked(fp.BY_TOP_TEN), lambda titles: titles == ["ran"]))


async def test_no_sum_is_too_large_to_be_kept(street: Street) -> None:
    """Whatever players make up, the figures stand at the most there is, and those of others are counted beside them."""
    for number in range(5):
        much = pb.Measured(playing_ms=1000, bits=2**62)
        await street.tell(fact("t", number + 1, street.now_ms, view_id=f"v{number}", title_id="heat", measured=much))
    await street.play("good")
    asked = fp.QualityRequest(dimension="all", from_ms=street.now_ms - HOUR_MS, to_ms=street.now_ms + 1, hourly=True)
    await soon(lambda: _is(street.figures.quality(asked, CALL), lambda told: sum(each.starts for each in told.points) == 1))
    assert max(each.bits for each in (await street.figures.quality(asked, CALL)).points) == 2**63 - 1
