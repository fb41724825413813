"""Every question the schema allows, found by reading the schema: a field that is added tomorrow is asked tomorrow.

A type is asked for whole, and from there along every field that leads back to a type (a title's series, its next episode, what
is like it), so far and no further. Arguments are drawn from a purse that holds values of each kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_non_null_type,
    is_required_argument,
)

STEPS_BACK = 2
"""How often a question goes on along a field that leads back (the next episode of a series' next one); of one id, once."""

Purse = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Asked:
    field: str
    text: str
    variables: Mapping[str, Any]


def every_question(schema: GraphQLSchema, operation: str, purse: Purse) -> Iterator[Asked]:
    """Of a root, every field with every value of the purse in each of its arguments, once whole and once along each way."""
    root = schema.query_type if operation == "query" else schema.mutation_type
    assert root is not None
    for name, field in root.fields.items():
        given = ", ".join(f"${arg}: {spec.type}" for arg, spec in field.args.items())
        handed = ", ".join(f"{arg}: ${arg}" for arg in field.args)
        head = f"{operation}{f'({given})' if given else ''}"
        everything, by_id = _variables(field, purse)
        for number, selection in enumerate(_selections(field, STEPS_BACK if len(by_id) == 1 else 1)):
            text = f"{head} {{ {name}{f'({handed})' if handed else ''} {selection} }}"
            for variables in by_id if number else everything:
                yield Asked(name, text, variables)


def _variables(field: GraphQLField, purse: Purse) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each id with each first value of the others, then each other value in turn; and the former alone."""
    choices = {name: _values(arg, purse) for name, arg in field.args.items()}
    ids = [name for name, arg in field.args.items() if get_named_type(arg.type).name == "ID"]
    first = {name: values[0] for name, values in choices.items()}
    by_id = [first | dict(zip(ids, picked, strict=True)) for picked in product(*(choices[name] for name in ids))]
    others = [first | {name: value} for name, values in choices.items() if name not in ids for value in values[1:]]
    return [*by_id, *others], by_id


def _values(arg: GraphQLArgument, purse: Purse) -> list[Any]:
    kind = get_named_type(arg.type)
    if isinstance(kind, GraphQLEnumType):
        values: list[Any] = list(kind.values)
    elif isinstance(kind, GraphQLInputObjectType):
        values = [{name: _values(GraphQLArgument(field.type), purse)[-1] for name, field in kind.fields.items()}]
    else:
        values = list(purse[kind.name])
    return values if is_non_null_type(arg.type) else [*values, None]


def _selections(field: GraphQLField, steps: int) -> Iterator[str]:
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType | GraphQLUnionType):
        yield ""
        return
    yield _whole(kind, frozenset())
    for way in _ways_back(kind, frozenset()):
        yield from _along(way, steps)


def _along(way: tuple[list[str], GraphQLObjectType], steps: int) -> Iterator[str]:
    names, kind = way
    yield _nested(names, _whole(kind, frozenset()))
    if steps > 1:
        for following in _ways_back(kind, frozenset()):
            for inner in _along(following, steps - 1):
                yield _nested(names, inner)


def _nested(names: Sequence[str], inner: str) -> str:
    for name in reversed(names):
        inner = f"{{ {name} {inner} }}"
    return inner


def _whole(kind: Any, around: frozenset[str]) -> str:
    """All fields of a type and of what it holds, but for those that lead back to it or to what is around it."""
    if isinstance(kind, GraphQLUnionType):
        parts = " ".join(f"... on {each.name} {_whole(each, around)}" for each in kind.types)
        return f"{{ __typename {parts} }}"
    inside = around | {kind.name}
    fields = []
    for name, field in kind.fields.items():
        of = get_named_type(field.type)
        name += _wanted(field)
        if not isinstance(of, GraphQLObjectType | GraphQLUnionType):
            fields.append(name)
        elif of.name not in inside:
            fields.append(f"{name} {_whole(of, inside)}")
    return "{ __typename " + " ".join(fields) + " }"


def _wanted(field: GraphQLField) -> str:
    """The arguments a field cannot be asked without, each with something of its kind."""
    something = {"ID": '"no-such-id"', "String": '"o"', "Int": "7", "Float": "7.5", "Boolean": "true"}
    needed = {name: get_named_type(arg.type).name for name, arg in field.args.items() if is_required_argument(arg)}
    wanted = [f"{name}: {something[kind]}" for name, kind in needed.items()]
    return f"({', '.join(wanted)})" if wanted else ""


def _ways_back(kind: Any, around: frozenset[str]) -> Iterator[tuple[list[str], GraphQLObjectType]]:
    """From a type along its fields to every type that `_whole` leaves out, and to every type that itself leads back."""
    if isinstance(kind, GraphQLUnionType):
        for each in kind.types:
            for names, to in _ways_back(each, around):
                yield [f"... on {each.name}", *names], to
        return
    inside = around | {kind.name}
    for name, field in kind.fields.items():
        of = get_named_type(field.type)
        if not isinstance(of, GraphQLObjectType):
            continue
        asked = name + _wanted(field)
        if of.name in inside:
            yield [asked], of
        else:
            for names, to in _ways_back(of, inside):
                yield [asked, *names], to
