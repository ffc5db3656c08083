"""What the texts of `search` mean: anywhere in a row, with `*` as any characters."""

from __future__ import annotations

from dataclasses import replace

from diag.kql import nodes
from diag.kql.strings import escaped
from diag.schema import Type


def searched(node: nodes.Expr) -> nodes.Expr:
    """Return a condition in which texts that stand alone are searched for.

    Args:
        node: `"x"`, `Column:"x"`, and what `and`, `or` and `not()` make of them.
    """
    match node:
        case nodes.Literal(type=Type.STRING):
            return _found(nodes.Star(node.at), node)
        case nodes.Binary(op=":", left=left, right=nodes.Literal() as text):
            return _found(left, text)
        case nodes.Logic():
            return replace(node, terms=tuple(searched(term) for term in node.terms))
        case nodes.Call(name="not"):
            return replace(node, args=tuple(searched(arg) for arg in node.args))
        case _:
            return node


def _found(place: nodes.Expr, text: nodes.Literal) -> nodes.Expr:
    value = str(text.value)
    bare = value.strip("*")
    if "*" in bare:
        # Something in the middle: as a pattern that begins and ends at its texts.
        pattern = ".*".join(escaped(part) for part in value.split("*"))
        literal = replace(text, value=f"(?i){pattern}")
        return nodes.Binary("matches regex", place, literal, text.at)
    start, end = value.startswith("*"), value.endswith("*")
    op = {
        (False, False): "has",
        (True, True): "contains",
        (False, True): "hasprefix",
        (True, False): "hassuffix",
    }[start, end]
    if not bare:
        return nodes.Literal(value=True, type=Type.BOOL, at=text.at)
    return nodes.Binary(op, place, replace(text, value=bare), text.at)
