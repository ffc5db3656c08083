"""What is known of the place of a node in a query: what it decides there.

`alterations` asks, to leave out the changes that nobody could notice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from diag.kql import nodes, statements, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.kql.implied import Patterns

Node = Any  # a node of the tree

WORDS = ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
OPPOSITE = {"==": "!=", "=~": "!~", "<": ">=", ">": "<=", "in": "!in", "in~": "!in~"}
OPPOSITE |= {
    f"{word}{case}": f"!{word}{case}" for word in WORDS for case in ("", "_cs")
}
OPPOSITE |= {after: before for before, after in OPPOSITE.items()}
# Functions whose texts and numbers only shape what is shown.
SHAPING = {
    *("strcat", "strcat_delim", "strcat_array", "substring", "round", "split"),
    *("trim", "trim_start", "trim_end", "coalesce", "column_ifexists", "array_slice"),
    *("format_datetime", "format_timespan", "replace_string", "replace", "typeof"),
}
REGEXES = {"extract", "extract_all", "replace_regex", "countof"}
CHOICES = ("iff", "iif")
CONDITIONS = {"countif": 0, "not": -1}
IN_ORDER = {"prev", "next", "row_number", "row_cumsum", "row_window_session"}
LISTED = {"make_list", "make_list_if", "take_any", "take_anyif", "any"}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the place that a node stands in.

    `role` says what the node is there: `and` or `or` for a term, `condition`, `text`
    (a text that decides), `regex`, `branches` (a regex that is a term of an `or`),
    `number` (texts do not matter), `skip` (nothing does), or nothing. `ordered`: the
    order of the rows here is read later. `parts`: columns that only part the rows.
    `patterns`: what has to match further on.
    """

    role: str = ""
    ordered: bool = False
    parts: frozenset[str] = frozenset()
    patterns: Patterns = frozenset()


def inside(node: Node, field: str, around: Around) -> Around:
    """Return what is known of the place that a field of a node is.

    Args:
        node: The node.
        field: The name of its field; of one with several items, `item_of` says more.
        around: The place of the node itself.
    """
    match node, field:
        case (statements.Query() | steps.Nested(), "pipeline"):
            return replace(around, role="")
        case (steps.Pipeline(), _):
            return replace(around, role="")
        case (steps.Where() | steps.Search(), "predicate"):
            return Around("condition", patterns=around.patterns)
        case (nodes.Logic(op="and"), _):
            return replace(around, role="and")
        case (nodes.Binary(op="*" | "/" | "%"), _):
            return Around("factor")
        case (nodes.Binary(), _):
            return Around(_compared(node, around.role))
        case (nodes.Path(), "key") | (steps.SortKey() | steps.Join(), "value" | "on"):
            return Around("skip")
        case (nodes.Item() | statements.Let(), "value"):
            return Around("text")
        case _:
            return Around("number" if isinstance(node, steps.Operator) else "")


def _compared(node: nodes.Binary, role: str) -> str:
    """Return what a text is that a comparison compares with."""
    turned = node.op.startswith("!")
    if node.op not in OPPOSITE and node.op != "matches regex":
        return "number"
    if node.op == "matches regex":
        return "branches" if role == "or" else "regex"
    # Here another text would do what leaving out the term does.
    if role == "or" if not turned else role in {"and", "condition"}:
        return "number"
    return "text"


def item_of(node: Node, number: int, around: Around) -> Around:
    """Return what is known of the place of one item among several in a node.

    Args:
        node: The node that holds the items.
        number: Which of them.
        around: What `inside` said of them all.
    """
    match node:
        case nodes.Logic(op=op):
            return Around(op)
        case nodes.Among(items=items):
            return Around("text" if len(items) == 1 else "skip")
        case nodes.Call():
            return Around(_argument(node, number))
        case steps.DataTable():
            return Around("number")
        case _:
            return around


def _argument(node: nodes.Call, number: int) -> str:
    name, last = node.name, len(node.args) - 1
    if name in SHAPING:
        literal = isinstance(node.args[number], nodes.Literal)
        return "skip" if literal else ""
    if name in REGEXES:
        return "regex" if number == 0 else "skip"
    if name == "case" or name in CHOICES:
        chosen = number % 2 == 0 and number != last
        return "condition" if chosen else _branch(node.args[number])
    if CONDITIONS.get(name, 1 if name.endswith(("if", "_if")) else -1) == number:
        return "condition"
    return "text"


def _branch(value: nodes.Expr) -> str:
    """Return what the value of a branch is: a sentence is wording, a word decides."""
    match value:
        case nodes.Literal(value=str(text)) if " " in text:
            return "skip"
    return "text"


def order_matters(rest: Sequence[steps.Operator], *, outer: bool) -> bool:
    """Return whether the order of rows is read by the operators behind.

    Args:
        rest: The operators behind, in order.
        outer: Whether it is read behind the last one.
    """
    for operator in rest:
        called = {one.name for one in _all(operator) if isinstance(one, nodes.Call)}
        match operator:
            case steps.Take():
                return True
            case steps.Summarize():
                return bool(called & LISTED)
            case steps.Sort() | steps.Top() | steps.Join() | steps.Union():
                return False
            case _ if called & IN_ORDER:
                return True
    return outer


def compared_with_before(rest: Sequence[steps.Operator]) -> frozenset[str]:
    """Return the columns of which the operators behind ask whether they stay equal."""
    found = set()
    for operator in rest:
        for one in _all(operator):
            match one:
                case (
                    nodes.Binary(
                        op="==" | "!=" | "=~",
                        left=nodes.Name(name=name),
                        right=nodes.Call(name="prev" | "next"),
                    )
                    | nodes.Binary(
                        op="==" | "!=" | "=~",
                        left=nodes.Call(name="prev" | "next"),
                        right=nodes.Name(name=name),
                    )
                ):
                    found.add(name)
    return frozenset(found)


def _all(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes inside."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if is_dataclass(item):
                yield from _all(item)
