"""A function call: which kind of function it is, and whether it may stand here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.aggregates import AGGREGATES, aggregate
from diag.kql.among import rows_of
from diag.kql.functions import ALIASES, FUNCTIONS, Args
from diag.kql.plan import reading
from diag.kql.refusals import FUNCTIONS_BEYOND
from diag.kql.source import nearest, quoted
from diag.kql.values import Value, null_of
from diag.kql.windows import WINDOWS, window
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Call
    from diag.kql.scope import Scope

# Functions that look at their arguments' syntax, not at their values.
SYNTAX = ("toscalar", "column_ifexists", "materialize")


def call(scope: Scope, node: Call) -> Value:
    """Compile a function call.

    Raises:
        KqlError: There is no such function, or its arguments do not fit.
    """
    if node.name in scope.names.functions:
        return _defined(scope, node)
    name = ALIASES.get(node.name, node.name)
    if name in AGGREGATES:
        return aggregate(scope, node)
    if name in WINDOWS:
        return window(scope, node)
    if name == "toscalar":
        return _toscalar(scope, node)
    if name == "column_ifexists":
        return _column_ifexists(scope, node)
    if name not in FUNCTIONS:
        raise _unknown(scope, node)
    function = FUNCTIONS[name]
    if not function.least <= len(node.args) <= function.most:
        said = f"{node.name}() is written {function.signature}"
        raise scope.error(f"{said}: {function.help}", node.at, "KQL104")
    return function.build(Args(scope, node, tuple(_arguments(scope, node, name))))


def _defined(scope: Scope, node: Call) -> Value:
    found = scope.expand(scope, node)
    if isinstance(found, Value):
        return found
    said = f"{quoted(node.name)[1:-1]}() gives rows; use toscalar() for a value"
    raise scope.error(said, node.at, "KQL105")


def _arguments(scope: Scope, node: Call, name: str) -> list[Value]:
    if name == "extract" and len(node.args) == 4:  # noqa: PLR2004 - the fourth is typeof()
        kind = Value(null_of(Type.STRING), Type.STRING)
        return [*(scope.value(arg) for arg in node.args[:3]), kind]
    return [scope.value(arg) for arg in node.args]


def _unknown(scope: Scope, node: Call) -> Exception:
    if node.name == "materialize":
        said = "materialize() gives rows; it stands where a table is expected"
        return scope.error(said, node.at, "KQL105")
    if node.name in FUNCTIONS_BEYOND:
        said = f"function {node.name}() is not supported"
        return scope.error(said, node.at, "KQL201")
    known = [
        *scope.names.functions,
        *FUNCTIONS,
        *ALIASES,
        *AGGREGATES,
        *WINDOWS,
        *SYNTAX,
    ]
    hint = nearest(node.name, known, form="{}()")
    word = quoted(node.name)[1:-1]
    return scope.error(f"unknown function {word}(){hint}", node.at)


def _toscalar(scope: Scope, node: Call) -> Value:
    """Compile `toscalar(rows)`: the first value of the first row."""
    if len(node.args) != 1:
        raise scope.error("toscalar() takes rows", node.at, "KQL104")
    relation = rows_of(scope, node.args)
    if relation is None:
        return scope.value(node.args[0])
    first = relation.columns[0]
    keys = reading(relation)
    order = f" ORDER BY {', '.join(keys)}" if keys else ""
    sql = f"(SELECT {first.id} FROM {relation.stage}{order} LIMIT 1)"
    if first.type is Type.STRING:
        sql = f"coalesce({sql}, '')"
    # A count is there even when no row is; anything else may be missing.
    return Value(sql, first.type, nullable=first.type is not Type.STRING)


def _column_ifexists(scope: Scope, node: Call) -> Value:
    if len(node.args) != 2:  # noqa: PLR2004 - a name and a value
        said = "column_ifexists() is written column_ifexists(name, otherwise)"
        raise scope.error(said, node.at, "KQL104")
    name = node.args[0]
    if not isinstance(name, nodes.Literal) or name.type is not Type.STRING:
        said = "column_ifexists() needs the column's name as a constant text"
        raise scope.error(said, name.at, "KQL105")
    if scope.column(str(name.value)) is not None:
        return scope.name(nodes.Name(str(name.value), name.at))
    return scope.value(node.args[1])
