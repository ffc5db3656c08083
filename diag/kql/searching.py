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
        case nodes.Star():
            return nodes.Literal(value=True, type=Type.BOOL, at=node.at)
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
        # Something in the middle: a pattern that begins and ends with whole words.
        parts = [escaped(part) for part in value.split("*")]
        start = r"\b" if _is_word(value[0]) else ""
        end = r"\b" if _is_word(value[-1]) else ""
        pattern = f"(?i){start}{'.*'.join(parts)}{end}"
        literal = replace(text, value=pattern)
        return nodes.Binary("matches regex", place, literal, text.at)
    before, after = value.startswith("*"), value.endswith("*")
    op = {
        (False, False): "has",
        (True, True): "contains",
        (False, True): "hasprefix",
        (True, False): "hassuffix",
    }[before, after]
    if not bare:
        return nodes.Literal(value=True, type=Type.BOOL, at=text.at)
    return nodes.Binary(op, place, replace(text, value=bare), text.at)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
