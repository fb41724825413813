"""What an app may ask of the API, by what a member let it do (docs/oauth.md). What is not named here is for our own pages only.

A new field of these types is closed to apps until it is written down. Whatever else a question reaches is reached through one
of them. Decides, and knows no store.
"""

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

WATCH = frozenset(
    {
        *(f"Query.{name}" for name in ("viewer", "home", "libraryMark", "title", "titles", "search", "genres", "myList")),
        *(f"Mutation.{name}" for name in ("play", "heartbeat", "stop", "keepTitle", "dropTitle", "putAway")),
        *(f"Viewer.{name}" for name in ("profile", "screens", "operator")),
    }
)
ACCOUNT = frozenset(
    {
        *(f"Query.{name}" for name in ("viewer", "membership", "plans")),
        *(f"Viewer.{name}" for name in ("email", "screens")),
        # How the account stands and what it costs; not its card, and not the address at which a payment is said yes to.
        *(f"Membership.{name}" for name in ("billing", "state", "plays", "note", "plan", "nextPlan", "closed", "problem")),
        *(f"Membership.{name}" for name in ("price", "nextCharge", "nextChargeAt", "credit", "discount", "due")),
        *(f"Membership.{name}" for name in ("periodFrom", "periodUntil", "trialUntil", "graceUntil", "retryAt", "pausedUntil")),
        "Query.invoices",
        *(f"Invoice.{name}" for name in ("number", "issuedAt", "total", "tax", "creditNote", "what", "refunded")),
    }
)
OPERATE = frozenset({"Query.viewer", "Query.operator", "Viewer.operator", "Mutation.retryJob", "Mutation.cancelJob"})
OPENS: Mapping[str, frozenset[str]] = {"watch": WATCH, "account": ACCOUNT, "operate": OPERATE}
GUARDED = frozenset({"Query", "Mutation", "Viewer", "Membership", "Invoice"})
ASKED_OF_ANYTHING = "__"
"""How the names begin that tell of the schema itself."""


def closed_to(scopes: str, question: str, schema: GraphQLSchema) -> str:
    """The first field of a question that an app with these scopes may not ask for, as `Mutation.removeProfile`; "": none.

    A question that cannot be read raises graphql's own error.
    """
    opened = frozenset[str]().union(*(OPENS.get(scope, frozenset()) for scope in scopes.split()))
    types = TypeInfo(schema)
    looker = _Looker(types, opened)
    visit(parse(question), TypeInfoVisitor(types, looker))
    return looker.closed


class _Looker(Visitor):
    def __init__(self, types: TypeInfo, opened: frozenset[str]) -> None:
        super().__init__()
        self._types = types
        self._opened = opened
        self.closed = ""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Fragments count where they stand: each says of which type it is."""
        parent = self._types.get_parent_type()
        asked = f"{parent.name if parent else '?'}.{node.name.value}"
        of_guarded = parent is None or parent.name in GUARDED
        if of_guarded and asked not in self._opened and not node.name.value.startswith(ASKED_OF_ANYTHING) and not self.closed:
            self.closed = asked
