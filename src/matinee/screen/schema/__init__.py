"""The GraphQL schema: what a browser may ask. Exported to `web/schema.graphql` by `matinee schema`."""

import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    AddValidationRules,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from strawberry.types import ExecutionContext

from matinee.screen.schema.activity import ActivityMutation, ActivityQuery
from matinee.screen.schema.browsing import BrowsingMutation, BrowsingQuery
from matinee.screen.schema.letters import LettersMutation, LettersQuery
from matinee.screen.schema.members import MembersMutation, MembersQuery
from matinee.screen.schema.money import MoneyMutation, MoneyQuery
from matinee.screen.schema.money_operating import MoneyOperatingMutation, MoneyOperatingQuery
from matinee.screen.schema.operating import OperatingMutation, OperatingQuery
from matinee.screen.schema.picking import PickingMutation, PickingQuery
from matinee.screen.schema.playing import PlayingMutation
from matinee.screen.schema.preferences import CountryMutation, CountryQuery
from matinee.screen.schema.thumbs import ThumbsQuery


@strawberry.type
class Query(
    MembersQuery,
    CountryQuery,
    LettersQuery,
    BrowsingQuery,
    PickingQuery,
    ThumbsQuery,
    ActivityQuery,
    MoneyQuery,
    OperatingQuery,
    MoneyOperatingQuery,
):
    pass


@strawberry.type
class Mutation(
    MembersMutation,
    CountryMutation,
    LettersMutation,
    BrowsingMutation,
    PickingMutation,
    ActivityMutation,
    PlayingMutation,
    MoneyMutation,
    OperatingMutation,
    MoneyOperatingMutation,
):
    pass


# What a page of ours asks is a tenth of this; more is somebody trying how much we can bear.
MOST_TOKENS = 1000
BOUNDS = [*MaxAliasesLimiter(15).validation_rules, *QueryDepthLimiter(10).validation_rules]


class DoorSchema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """The door tells and logs what went wrong; a question that was no good is nobody's business but its asker's."""


SCHEMA = DoorSchema(
    query=Query,
    mutation=Mutation,
    extensions=[
        lambda: MaxTokensLimiter(MOST_TOKENS),
        # The same rules each time, by which the cache below knows a question that was checked before.
        lambda: AddValidationRules(BOUNDS),
        # A page asks the same again and again: it is read and checked once. Bounded, for anybody may ask new ones.
        lambda: ParserCache(maxsize=200),
        lambda: ValidationCache(maxsize=200),
    ],
)
