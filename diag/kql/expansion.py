"""Functions in `let`: compiled anew at each call, with the call's arguments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.kql import nodes, statements, steps
from diag.kql.among import rows_of
from diag.kql.convert import to_type
from diag.kql.scope import Defined, called
from diag.kql.source import quoted
from diag.kql.values import NUMBERS, Value

if TYPE_CHECKING:
    from diag.kql.nodes import Call
    from diag.kql.plan import Relation
    from diag.kql.scope import Names, Scope
    from diag.kql.statements import Parameter


def define(scope: Scope, let: statements.Let) -> None:
    """Give a `let` name its meaning: a function, rows or a value.

    Args:
        scope: Without rows; its names are added to.
        let: The statement.

    Raises:
        KqlError: The name has a meaning already, or the value is wrong.
    """
    names = scope.names
    if let.name in names:
        said = f"{quoted(let.name)} has a meaning already"
        raise scope.error(said, let.at, "KQL109")
    value = let.value
    if isinstance(value, statements.Function):
        names.functions[let.name] = Defined(value, names.copy())
        return
    found = body(scope, value)
    if isinstance(found, Value):
        names.values[let.name] = found
    else:
        names.tables[let.name] = found


def body(scope: Scope, value: nodes.Expr | steps.Pipeline) -> Value | Relation:
    """Compile what may be a value or rows, as a name alone does not tell which."""
    if isinstance(value, steps.Pipeline):
        return scope.rows(value, scope.names)
    if isinstance(value, nodes.Call) and value.name == "materialize":
        table = steps.Table(value, value.at)
        return scope.rows(steps.Pipeline(table, (), value.at), scope.names)
    call = called(scope.names, value)
    if call is not None:
        return scope.expand(scope, call)
    if isinstance(value, nodes.Name) and value.name not in scope.names.values:
        rows = rows_of(scope, (value,))
        if rows is not None:
            return rows
    return scope.value(value)


def call_function(scope: Scope, node: Call) -> Value | Relation:
    """Compile a call of a function in `let`.

    Raises:
        KqlError: The arguments do not fit its parameters.
    """
    defined = scope.names.functions[node.name]
    function = defined.function
    least = sum(parameter.default is None for parameter in function.parameters)
    if not least <= len(node.args) <= len(function.parameters):
        count = len(function.parameters)
        said = f"{quoted(node.name)[1:-1]}() takes {count} arguments"
        raise scope.error(f"{said}, not {len(node.args)}", node.at, "KQL104")
    names = defined.names.copy()
    for number, parameter in enumerate(function.parameters):
        given = number < len(node.args)
        argument = node.args[number] if given else parameter.default
        if argument is not None:
            _bind(scope, names, parameter, argument)
    # The body sees its parameters and what was named before it, not the caller's rows.
    inner = replace(scope, names=names, relation=None, aggregates=False, before=[])
    for let in function.lets:
        define(inner, let)
    return body(inner, function.body)


def _bind(
    scope: Scope, names: Names, parameter: Parameter, argument: nodes.Expr
) -> None:
    names.functions.pop(parameter.name, None)
    if parameter.type is None:
        rows = rows_of(scope, (argument,))
        if rows is None:
            said = f"{quoted(parameter.name)} takes rows"
            raise scope.error(said, argument.at, "KQL105")
        names.tables[parameter.name] = rows
        return
    value = scope.flat(scope.value(argument))
    if value.type is not parameter.type and not {value.type, parameter.type} <= NUMBERS:
        said = f"{quoted(parameter.name)} is {parameter.type}, this is {value.type}"
        raise scope.error(said, argument.at, "KQL105")
    converted = to_type(value, parameter.type)
    names.values[parameter.name] = value if value.type is parameter.type else converted
    names.tables.pop(parameter.name, None)
