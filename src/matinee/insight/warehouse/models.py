"""The models: a folder of SQL files, each one question, in DuckDB's dialect.

What a model reads are tables and other models, by their names; which ones is read off its SQL. For another engine a model is
transpiled, never written anew, so that a laptop and a region answer alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

FOLDER = Path(__file__).parents[1] / "models"
DIALECT = "duckdb"
DIALECTS = ("duckdb", "spark", "redshift")


@dataclass(frozen=True)
class Model:
    """`says` is the comment at its head: what one line of it is. `reads` are the tables and models it is made of."""

    name: str
    sql: str
    says: str
    reads: frozenset[str]


@cache
def models() -> Mapping[str, Model]:
    """By name, each after those it reads."""
    found = {file.stem: _model(file) for file in sorted(FOLDER.glob("*.sql"))}
    order = TopologicalSorter({name: model.reads & found.keys() for name, model in found.items()}).static_order()
    return {name: found[name] for name in order}


def in_dialect(model: Model, dialect: str) -> str:
    """The model's SQL for that engine. Raises sqlglot's UnsupportedError for what it has no words for."""
    tree = _parsed(model.sql)
    if dialect == "spark":
        tree = tree.transform(_spark_percentile)
    return tree.sql(dialect, pretty=True, comments=False, unsupported_level=ErrorLevel.RAISE)


def _spark_percentile(node: exp.Expr) -> exp.Expr:
    """The one that interpolates; sqlglot would take the approximate one."""
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont):
        (ordered,) = node.expression.expressions
        return exp.func("percentile", ordered.this, node.this.this)
    return node


def needed(names: Sequence[str]) -> list[str]:
    """These models and all they are made of, in an order in which they can be made."""
    wanted, todo = set[str](), list(names)
    while todo:
        name = todo.pop()
        if name in models() and name not in wanted:
            wanted.add(name)
            todo += models()[name].reads
    return [name for name in models() if name in wanted]


def _model(file: Path) -> Model:
    sql = file.read_text()
    says = " ".join(line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--"))
    tree = _parsed(sql)
    inner = {each.alias for each in tree.find_all(exp.CTE)}
    reads = frozenset(each.name for each in tree.find_all(exp.Table) if each.name and each.name not in inner)
    return Model(file.stem, sql, says, reads)


def _parsed(sql: str) -> exp.Expr:
    (tree,) = sqlglot.parse(sql, read=DIALECT)
    assert tree is not None
    return tree
