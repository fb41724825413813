"""The GraphQL schema: what a browser may ask. Exported to `web/schema.graphql` by `matinee schema`."""

import strawberry
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter

from matinee.screen.schema.browsing import BrowsingMutation, BrowsingQuery
from matinee.screen.schema.members import MembersMutation, MembersQuery
from matinee.screen.schema.operating import OperatingMutation, OperatingQuery
from matinee.screen.schema.playing import PlayingMutation


@strawberry.type
class Query(MembersQuery, BrowsingQuery, OperatingQuery):
    pass


@strawberry.type
class Mutation(MembersMutation, BrowsingMutation, PlayingMutation, OperatingMutation):
    pass


# What a page of ours asks is a tenth of this; more is somebody trying how much we can bear.
LIMITS = [lambda: MaxTokensLimiter(1000), lambda: MaxAliasesLimiter(15), lambda: QueryDepthLimiter(10)]
SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, extensions=LIMITS)
