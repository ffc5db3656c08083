"""Expressions to SQL: every node gets a type, and what does not fit is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.among import among
from diag.kql.arithmetic import arithmetic, negative
from diag.kql.calls import call
from diag.kql.checks import as_bool
from diag.kql.compare import ORDERS, between, equality, order
from diag.kql.constants import constant
from diag.kql.dynamics import path
from diag.kql.plan import LONGEST_SQL
from diag.kql.strings import TESTS, any_column, text_test
from diag.kql.values import Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.scope import Scope

EQUALS = {"==", "!=", "=~", "!~"}


def value_of(scope: Scope, node: nodes.Expr) -> Value:
    """Compile an expression.

    Args:
        scope: What it can see.
        node: The expression.

    Returns:
        Its SQL and type.

    Raises:
        KqlError: A name is unknown, a type does not fit, or it becomes too long.
    """
    value = _value_of(scope, node)
    # What `let` and its functions name is written out wherever the name stands, so
    # that a short text can stand for a very long expression.
    if len(value.sql) > LONGEST_SQL:
        raise scope.error("the expression becomes too long", node.at, "KQL006")
    return value


def _value_of(scope: Scope, node: nodes.Expr) -> Value:
    match node:
        case nodes.Literal():
            return constant(scope.plan, node.value, node.type)
        case nodes.Name():
            return scope.name(node)
        case nodes.Path():
            return path(scope, node)
        case nodes.Call():
            return call(scope, node)
        case nodes.Negative():
            return negative(scope, node)
        case nodes.Logic():
            return logic(scope, node)
        case nodes.Binary():
            return binary(scope, node)
        case nodes.Among():
            return among(scope, node)
        case nodes.Between():
            return between(scope, node)
        case nodes.Subquery():
            said = "rows stand where a value is expected; use toscalar()"
            raise scope.error(said, node.at, "KQL105")
        case nodes.Star():
            raise scope.error("'*' cannot stand here", node.at, "KQL105")


def binary(scope: Scope, node: nodes.Binary, *, filtering: bool = False) -> Value:
    """Compile an operator between two values.

    Args:
        scope: What it can see.
        node: The operator.
        filtering: Null counts as false, as in `where`; that is simpler SQL.
    """
    if isinstance(node.left, nodes.Star):
        return any_column(scope, node)
    left, right = value_of(scope, node.left), value_of(scope, node.right)
    if node.op in EQUALS:
        return equality(scope, node, (left, right), filtering=filtering)
    if node.op in ORDERS:
        return order(scope, node, left, right)
    if node.op in TESTS:
        return text_test(scope, node, left, right)
    return arithmetic(scope, node, left, right)


def logic(scope: Scope, node: nodes.Logic) -> Value:
    """Compile a chain of `and` or `or`, three-valued as in SQL."""
    terms = [truth(scope, term) for term in node.terms]
    word = f" {node.op.upper()} "
    return made(f"({word.join(term.sql for term in terms)})", Type.BOOL, *terms)


def truth(scope: Scope, node: nodes.Expr) -> Value:
    """Compile an expression that must be a bool."""
    return as_bool(scope, value_of(scope, node), node)


def condition(scope: Scope, node: nodes.Expr) -> Value:
    """Compile the predicate of a `where`: null is as good as false in it."""
    if isinstance(node, nodes.Logic):
        terms = [condition(scope, term) for term in node.terms]
        if node.op == "and":
            # What must be there is rare; what must not, most rows pass.
            terms.sort(key=lambda term: term.sql.startswith("(NOT "))
        word = f" {node.op.upper()} "
        return made(f"({word.join(term.sql for term in terms)})", Type.BOOL, *terms)
    if isinstance(node, nodes.Binary):
        return as_bool(scope, binary(scope, node, filtering=True), node)
    if isinstance(node, nodes.Literal) and node.type is Type.STRING:
        # A bare text means: somewhere in the row (rule-language.md, 6.4).
        whole = nodes.Binary("has", nodes.Star(node.at), node, node.at)
        return any_column(scope, whole)
    return truth(scope, node)
