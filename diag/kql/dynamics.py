"""Properties of dynamic values: `a.b`, `a["b c"]`, `a[0]`, `a[-1]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.values import WHOLE, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.scope import Scope


def path(scope: Scope, node: nodes.Path) -> Value:
    """Compile a chain of properties into one look-up; what is missing is null.

    Raises:
        KqlError: The base is no dynamic value, or a key is neither text nor number.
    """
    keys: list[nodes.Expr] = []
    base: nodes.Expr = node
    while isinstance(base, nodes.Path):
        keys.append(base.key)
        base = base.base
    value = scope.value(base)
    if value.type is not Type.DYNAMIC:
        said = f"only dynamic values have properties, this is {value.type}"
        raise scope.error(said, base.at, "KQL105")
    steps = ""
    for key in reversed(keys):
        found = scope.value(key)
        if found.type not in {Type.STRING, *WHOLE}:
            said = f"a property is named by a text or a number, not by {found.type}"
            raise scope.error(said, key.at, "KQL105")
        step = _step(found)
        if step:
            steps += step
            continue
        value = _looked_up(scope, value, steps)
        steps = ""
        value = made(_dynamic_step(value, found), Type.DYNAMIC, value, nullable=True)
    return _looked_up(scope, value, steps)


def _looked_up(scope: Scope, value: Value, steps: str) -> Value:
    if not steps:
        return value
    place = scope.plan.bind(f"${steps}")
    sql = f"json_extract({value.sql}, {place})"
    return made(sql, Type.DYNAMIC, value, nullable=True)


def _step(key: Value) -> str:
    """Return a constant key as a step of a JSON path, '' if it cannot be one."""
    if not key.is_literal or key.literal is None:
        return ""
    if key.type is Type.STRING:
        # A quote cannot be written in such a path.
        text = str(key.literal)
        return f'."{text}"' if text and '"' not in text else ""
    index = int(key.literal)
    return f"[{index}]" if index >= 0 else f"[#{index}]"


def _dynamic_step(value: Value, key: Value) -> str:
    if key.type is Type.STRING:
        # A JSON pointer, in which `~` and `/` are escaped.
        safe = f"replace(replace({key.sql}, '~', '~0'), '/', '~1')"
        return f"json_extract({value.sql}, concat('/', {safe}))"
    sign = f"CASE WHEN {key.sql} < 0 THEN '#' ELSE '' END"
    return f"json_extract({value.sql}, concat('$[', {sign}, {key.sql}, ']'))"
