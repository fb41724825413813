"""How a profile likes to watch, its PIN, and where its account is at home."""

from dataclasses import asdict
from enum import Enum
from typing import Annotated, Any, Self

import strawberry

from matinee.contracts import identity_pb2 as pb
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.viewing import Info


@strawberry.enum
class SubtitleSize(Enum):
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@strawberry.enum
class SubtitleStyle(Enum):
    SHADOW = "shadow"
    BOX = "box"
    YELLOW = "yellow"


@strawberry.type
class Preferences:
    language: str = strawberry.field(description="BCP 47, of what is heard; empty: whatever the film was made in.")
    autoplay_next: bool = strawberry.field(description="The next episode begins by itself.")
    subtitles: bool
    subtitle_language: str = strawberry.field(description="BCP 47; empty: the one that is heard.")
    subtitle_size: SubtitleSize
    subtitle_style: SubtitleStyle

    @classmethod
    def of(cls, said: pb.Preferences) -> Self:
        return cls(
            language=said.language,
            autoplay_next=said.autoplay_next,
            subtitles=said.subtitles,
            subtitle_language=said.subtitle_language,
            subtitle_size=SubtitleSize(said.subtitle_size),
            subtitle_style=SubtitleStyle(said.subtitle_style),
        )


@strawberry.input(description="What is left out stays as it is.")
class PreferencesInput:
    language: str | None = None
    autoplay_next: bool | None = None
    subtitles: bool | None = None
    subtitle_language: str | None = None
    subtitle_size: SubtitleSize | None = None
    subtitle_style: SubtitleStyle | None = None

    def said(self) -> dict[str, Any]:
        """By the names that the message has, without what was left out."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: value.value if isinstance(value, Enum) else value for name, value in given.items()}


@strawberry.type(description="A limit on offer, by the name that the country's board gives it.")
class RatingStep:
    years: int
    label: str


@strawberry.type(description="Where the account is at home: which titles are shown, and by which names their ages go.")
class Country:
    code: str = strawberry.field(description="ISO 3166, two letters; empty: not known.")
    changes_at: str | None = strawberry.field(description="From when on it may be changed; null: at once.")
    board: str = strawberry.field(description="Who rates titles there.")
    limits: list[RatingStep] = strawberry.field(description="Youngest first; the last is everything.")

    @classmethod
    def of(cls, answer: pb.CountryAnswer) -> Self:
        return cls(
            code=answer.country,
            changes_at=iso(answer.changes_at_ms) if answer.changes_at_ms else None,
            board=answer.board,
            limits=[RatingStep(years=each.years, label=each.label) for each in answer.limits],
        )


CountryAnswer = Annotated[Country | Refused, strawberry.union("CountryAnswer")]


@strawberry.type
class CountryQuery:
    @strawberry.field(description="Where the account is at home.")
    async def country(self, info: Info) -> Country:
        viewing = info.context
        asked = pb.AccountId(account_id=viewing.asker.account_id)
        return Country.of(await viewing.desks.identity.get_country(asked, viewing.call))


@strawberry.type
class CountryMutation:
    @strawberry.mutation(description="Once in thirty days, and not while a kids' profile watches.")
    async def set_country(self, info: Info, code: str) -> CountryAnswer:
        viewing = info.context
        change = pb.CountryChange(account_id=viewing.asker.account_id, country=code, asked_by=viewing.asker.profile_id)
        try:
            return Country.of(await viewing.desks.identity.set_country(change, viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)
