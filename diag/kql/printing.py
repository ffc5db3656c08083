"""Expressions as KQL again, for messages: short, and on one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.literals import EPOCH, UNITS
from diag.kql.precedence import POWERS
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.steps import Pipeline

SPANS = ("d", "h", "m", "s", "ms", "micro")
LONGEST = 100


def shown(node: nodes.Expr) -> str:
    """Return an expression as one line of KQL, cut to a readable length.

    Args:
        node: A node of the syntax tree. What a pipeline in it does is left out.
    """
    text = " ".join(written(node).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def written(node: nodes.Expr) -> str:
    """Return an expression as KQL."""
    match node:
        case nodes.Literal():
            return _literal(node)
        case nodes.Name(name=name):
            return name
        case nodes.Star():
            return "*"
        case nodes.Path(base=base, key=nodes.Literal(value=str(key))):
            return f"{written(base)}.{key}"
        case nodes.Path(base=base, key=key):
            return f"{written(base)}[{written(key)}]"
        case nodes.Call(name=name, args=args):
            return f"{name}({_listed(args)})"
        case nodes.Negative(operand=operand):
            return f"-{_inside(operand, 99)}"
        case nodes.Binary(op=op, left=left, right=right):
            power = _power(op)
            return f"{_inside(left, power)} {op} {_inside(right, power + 1)}"
        case nodes.Logic(op=op, terms=terms):
            return f" {op} ".join(_inside(term, _power(op) + 1) for term in terms)
        case nodes.Among(op=op, left=left, items=items):
            return f"{_inside(left, _power(op))} {op} ({_listed(items)})"
        case nodes.Between(negated=negated, value=value, low=low, high=high):
            word = "!between" if negated else "between"
            return f"{written(value)} {word} ({written(low)} .. {written(high)})"
        case nodes.Subquery(pipeline=pipeline):
            return _pipeline(pipeline)


def _listed(items: tuple[nodes.Expr, ...]) -> str:
    return ", ".join(written(item) for item in items)


def _power(op: str) -> int:
    return POWERS.get(op.partition(" ")[0], 99)


def _inside(node: nodes.Expr, least: int) -> str:
    """Return an operand, in parentheses when it binds less tightly."""
    text = written(node)
    op = getattr(node, "op", "between" if isinstance(node, nodes.Between) else "")
    return f"({text})" if op and _power(op) < least else text


def _pipeline(pipeline: Pipeline) -> str:
    source = getattr(pipeline.source, "value", None)
    return f"{source.name} | ..." if isinstance(source, nodes.Name) else "... | ..."


def _literal(node: nodes.Literal) -> str:
    if node.value is None:
        return f"{node.type}(null)"
    match node.type:
        case Type.STRING:
            return json.dumps(node.value, ensure_ascii=False)
        case Type.TIMESPAN:
            return span_text(node.value)
        case Type.DATETIME:
            moment = EPOCH.timestamp() + node.value / UNITS["s"]
            found = EPOCH.fromtimestamp(moment, EPOCH.tzinfo)
            return f"datetime({found:%Y-%m-%dT%H:%M:%S})"
        case Type.DYNAMIC:
            return f"dynamic({json.dumps(node.value, ensure_ascii=False)})"
        case Type.BOOL:
            return str(node.value).lower()
        case _:
            return str(node.value)


def unit_of(span: int) -> str:
    """Return the largest unit of which a timespan, in microseconds, is a multiple."""
    return next((unit for unit in SPANS if span % int(UNITS[unit]) == 0), "micro")


def span_text(span: int) -> str:
    """Return a timespan in its largest whole unit, such as `90m`."""
    unit = unit_of(span) if span else "s"
    return f"{span // int(UNITS[unit])}{unit}"
