"""Which small changes of a query make sense at a node of its syntax tree.

They are chosen so that a change that nobody notices says something: changes that
cannot matter, or that repeat another one, are left out. Such are the direction of a
sort that nothing reads, a text in an `or` whose term is left out anyway, and texts
that only join others for show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from diag.kql import nodes, steps
from diag.kql.implied import is_implied
from diag.kql.literal_changes import altered_literal, without_one
from diag.kql.printing import shown
from diag.kql.surrounding import CHOICES, OPPOSITE, Around
from diag.schema import Type

Node = Any  # a node of the tree
Changed = Iterator[tuple[Node, "Change"]]

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
SWAPPED = {"min": "max", "minif": "maxif", "arg_min": "arg_max"}
SWAPPED |= {"isempty": "isnotempty", "isnull": "isnotnull"}
SWAPPED |= {after: before for before, after in SWAPPED.items()}
JOINS = {"leftouter": "inner", "leftanti": "leftsemi", "leftsemi": "leftanti"}
FILTERING_JOINS = ("leftanti", "leftsemi")
COUNTED = ("count", "dcount", "countif", "dcountif")
PARTITION = "Computer"  # rules sort by it first, in either direction


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed at an offset of the text, and how it read before and after."""

    what: str
    before: str
    after: str
    at: int


def of(node: Node, around: Around) -> Changed:
    """Yield the changes that make sense at one node, without those further inside.

    Args:
        node: Any node of the tree.
        around: The place that it stands in.
    """
    if around.role == "skip":
        return
    match node:
        case nodes.Literal():
            for value, what, gone in altered_literal(node, around.role):
                change = _change(what, node, value)
                yield value, replace(change, before=gone, after="") if gone else change
        case nodes.Binary():
            yield from _binary(node)
        case nodes.Logic():
            yield from _terms(node, around)
        case nodes.Among():
            yield from _among(node)
        case nodes.Between():
            turned = replace(node, negated=not node.negated)
            yield turned, _change("turned", node, turned)
        case nodes.Call():
            yield from _call(node, around)
        case nodes.Name() | nodes.Path() if around.role in {"and", "or", "condition"}:
            yield _negated(node)
        case steps.Sort() | steps.Top():
            yield from _order(node, around)
        case steps.Join(kind=kind) if kind in JOINS:
            told = Change("join turned", kind, JOINS[kind], node.at)
            yield replace(node, kind=JOINS[kind]), told
        case steps.Union(tables=tables) if len(tables) > 1:
            for number, rest in without_one(tables):
                told = Change("table left out", f"table {number + 1}", "", node.at)
                yield replace(node, tables=rest), told
        case steps.Parse() | steps.DataTable():
            yield from _written_rows(node)


def _change(what: str, before: nodes.Expr, after: nodes.Expr) -> Change:
    return Change(what, shown(before), shown(after), before.at)


def _negated(node: nodes.Expr) -> tuple[Node, Change]:
    turned = nodes.Call("not", (node,), node.at)
    return turned, _change("turned", node, turned)


def _binary(node: nodes.Binary) -> Changed:
    if node.op in BOUNDARY:
        moved = replace(node, op=BOUNDARY[node.op])
        yield moved, _change("boundary moved", node, moved)
    if node.op in OPPOSITE:
        turned = replace(node, op=OPPOSITE[node.op])
        yield turned, _change("turned", node, turned)
    elif node.op == "matches regex":
        yield _negated(node)


def _terms(node: nodes.Logic, around: Around) -> Changed:
    for number, rest in without_one(node.terms):
        gone = node.terms[number]
        if node.op == "and" and is_implied(gone, rest, around.patterns):
            continue
        kept = replace(node, terms=rest) if len(rest) > 1 else rest[0]
        yield kept, Change(f"'{node.op}' term left out", shown(gone), "", gone.at)


def _among(node: nodes.Among) -> Changed:
    if node.op in OPPOSITE:
        turned = replace(node, op=OPPOSITE[node.op])
        yield turned, _change("turned", node, turned)
    else:
        yield _negated(node)
    if len(node.items) > 1:
        for number, rest in without_one(node.items):
            gone = node.items[number]
            what = Change(f"left out of {node.op}", shown(gone), "", gone.at)
            yield replace(node, items=rest), what


def _call(node: nodes.Call, around: Around) -> Changed:
    name, args = node.name, node.args
    if name in SWAPPED:
        swapped = replace(node, name=SWAPPED[name])
        yield swapped, _change("turned", node, swapped)
    elif name == "not" and len(args) == 1:
        yield args[0], _change("turned", node, args[0])
    elif around.role in {"and", "or", "condition"}:
        yield _negated(node)
    if name in CHOICES and len(args) == 3:  # noqa: PLR2004 - condition, then, else
        for value in args[1:]:
            yield value, _change("branch alone", node, value)
    if name == "case":
        for start in range(0, len(args) - 1, 2):
            rest = (*args[:start], *args[start + 2 :])
            kept = replace(node, args=rest) if len(rest) > 1 else rest[0]
            gone = f"{shown(args[start])}, {shown(args[start + 1])}"
            yield kept, Change("branch left out", gone, "", args[start].at)
    if name in COUNTED:
        counted = nodes.Call(*(_ONE if name == "count" else _ALL), node.at)
        yield counted, _change("count changed", node, counted)


_ONE = "max", (nodes.Literal(1, Type.LONG, 0),)
_ALL: tuple[str, tuple[nodes.Expr, ...]] = "count", ()


def _order(node: steps.Sort | steps.Top, around: Around) -> Changed:
    if not around.ordered and isinstance(node, steps.Sort):
        return
    parts = {*around.parts, PARTITION}
    for number, key in enumerate(node.keys):
        if isinstance(key.value, nodes.Name) and key.value.name in parts:
            continue
        turned = replace(key, descending=not key.descending)
        keys = (*node.keys[:number], turned, *node.keys[number + 1 :])
        before, after = (
            f"{shown(key.value)} {'desc' if one.descending else 'asc'}"
            for one in (key, turned)
        )
        yield replace(node, keys=keys), Change("order turned", before, after, node.at)
        return  # the keys behind only order what is equal


def _written_rows(node: steps.Parse | steps.DataTable) -> Changed:
    if isinstance(node, steps.Parse):
        for number, part in enumerate(node.pattern):
            if not isinstance(part, str) or not part.strip():
                continue
            pattern = (*node.pattern[:number], "zqxjv", *node.pattern[number + 1 :])
            what = Change("text replaced", f'"{part}"', '"zqxjv"', node.at)
            yield replace(node, pattern=pattern), what
        return
    width = len(node.columns)
    for start in range(0, len(node.values), width):
        values = (*node.values[:start], *node.values[start + width :])
        row = ", ".join(shown(cell) for cell in node.values[start : start + width])
        at = node.values[start].at
        yield replace(node, values=values), Change("row left out", row, "", at)


def without(operator: Node, around: Around) -> Change | None:
    """Return the change that a pipeline's operator is left out, if that is one.

    Args:
        operator: The operator. Of a chain of `and` each term is left out by itself.
        around: The place that it stands in.
    """
    match operator:
        case steps.Where(predicate=nodes.Logic(op="and")):
            return None
        case steps.Where(predicate=predicate):
            if is_implied(predicate, (), around.patterns):
                return None
            return Change("where left out", shown(predicate), "", operator.at)
        case steps.Join(kind=kind) if kind in FILTERING_JOINS:
            return Change("join left out", f"join kind={kind}", "", operator.at)
        case steps.Union(tables=(_,)):
            return Change("union left out", "union", "", operator.at)
        case steps.Take(rows=rows):
            return Change("take left out", f"take {shown(rows)}", "", operator.at)
        case _:
            return None
