"""What is allowed in a query and seldom meant: KQL3xx (rule-language.md, 8.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from diag.kql import nodes, statements, steps
from diag.kql.parse import parse_query
from diag.kql.surrounding import all_nodes
from diag.kql.tokens import Kind, tokens_of
from diag.schema import TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"[A-Za-z0-9]+(?:[ .:/_-]+[A-Za-z0-9]+)*")
LOWERED = ("tolower", "toupper")
STEPPING = ("prev", "next")
EQUAL = ("==", "!=")
EXACT = (*EQUAL, "has_cs", "contains_cs", "startswith_cs", "endswith_cs")
ORDERED = ("<", "<=", ">", ">=")
FILTERING = ("leftanti", "leftsemi", "rightanti", "rightsemi", "anti", "semi")


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of advice about a place of a query: line and column from 1."""

    code: str
    text: str
    line: int
    column: int


def advise(text: str) -> list[Advice]:
    """Return what an author should look at again.

    Args:
        text: A query without errors.

    Returns:
        In the order of the text.

    Raises:
        KqlError: It has errors.
    """
    tree = parse_query(text)
    found = [*_without_kind(text), *_of_pipelines(tree), *_of_values(tree)]
    return [
        Advice(code, said, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        for at, code, said in sorted(set(found))
    ]


Found = tuple[int, str, str]


def _without_kind(text: str) -> Iterator[Found]:
    """Look at the words: the tree does not tell a default from what was written."""
    tokens = tokens_of(text).list
    for number, token in enumerate(tokens[1:], start=1):
        if token.text != "join" or tokens[number - 1].text != "|":
            continue
        names, before = [], token
        for one, after in pairwise(tokens[number + 1 :]):
            setting = before.text in "=." or after.text in "=."
            if one.text == "(" or (one.kind is Kind.NAME and not setting):
                break
            names.append(one.text)
            before = one
        if "kind" not in names:
            said = "join without kind= keeps one row of each key (innerunique)"
            yield token.start, "KQL301", f"{said}; write which kind is meant"


def _of_pipelines(tree: statements.Query) -> Iterator[Found]:
    lets = {let.name: let.value for let in tree.lets}
    keyed = _compares_a_key(tree)
    for one in all_nodes(tree):
        if isinstance(one, steps.Pipeline):
            if not keyed:
                yield from _steps_without_key(one)
            yield from _take_without_order(one)
            yield from _joins_with_itself(one, lets)


def _steps_without_key(pipeline: steps.Pipeline) -> Iterator[Found]:
    """Look for `prev` and `next` where no column is compared with its own before."""
    calls = [
        one
        for operator in pipeline.operators
        if isinstance(operator, steps.Columns | steps.Where)
        for one in all_nodes(operator)
        if isinstance(one, nodes.Call) and one.name in STEPPING
    ]
    if calls:
        said = "the row before or after may be of another machine; compare a key, such"
        yield (
            min(one.at for one in calls),
            "KQL302",
            f"{said} as prev(Computer) == Computer",
        )


def _compares_a_key(tree: statements.Query) -> bool:
    """Return whether a column is compared with its own of another row anywhere."""
    stepped: dict[str, str] = {}
    pairs: list[tuple[nodes.Expr, nodes.Expr]] = []
    for one in all_nodes(tree):
        match one:
            case nodes.Item(name=name, value=value) if of := _stepped(value):
                stepped[name] = of
            case nodes.Binary(op="==" | "!=" | "=~", left=left, right=right):
                pairs += [(left, right), (right, left)]
    for side, other in pairs:
        of = _stepped(side)
        if isinstance(side, nodes.Name):
            of = stepped.get(side.name, "")
        if of and isinstance(other, nodes.Name) and other.name == of:
            return True
    return False


def _stepped(node: nodes.Expr) -> str:
    """Return the column of which a value is that of another row."""
    match node:
        case nodes.Call(name="prev" | "next", args=(nodes.Name(name), *_)):
            return name
    return ""


def _take_without_order(pipeline: steps.Pipeline) -> Iterator[Found]:
    ordered = False
    for one in pipeline.operators:
        match one:
            case steps.Sort() | steps.Top():
                ordered = True
            case steps.Summarize() | steps.Join() | steps.Union():
                ordered = False
            case steps.Take() if not ordered:
                said = "take without an order gives any rows; sort first, or use top"
                yield one.at, "KQL303", said


def _joins_with_itself(
    pipeline: steps.Pipeline, lets: dict[str, Any]
) -> Iterator[Found]:
    """Look for rows of one table that meet each other whatever their times are."""
    left = _table(pipeline, lets)
    for number, one in enumerate(pipeline.operators):
        if isinstance(one, steps.Summarize):
            return  # one row of each key
        if not isinstance(one, steps.Join) or one.kind in FILTERING or one.lookup:
            continue
        bounded = any(
            isinstance(part, nodes.Between)
            or (isinstance(part, nodes.Binary) and part.op in ORDERED)
            for later in pipeline.operators[number + 1 :]
            for part in all_nodes(later)
        )
        if left == "Events" and _table(one.right, lets) == left and not bounded:
            said = "Events is joined with itself without a bound of time"
            yield one.at, "KQL308", f"{said}; compare the times behind the join"


def _table(pipeline: steps.Pipeline, lets: dict[str, Any]) -> str:
    """Return the table whose rows a pipeline gives; empty when it sums them up."""
    for one in pipeline.operators:
        distinct = isinstance(one, steps.Columns) and one.shape is steps.Shape.DISTINCT
        if distinct or isinstance(one, steps.Summarize):
            return ""
    match pipeline.source:
        case steps.Nested(pipeline=inner):
            return _table(inner, lets)
        case steps.Table(value=nodes.Name(name=name)):
            value = lets.get(name)
            others = {known: it for known, it in lets.items() if known != name}
            if isinstance(value, nodes.Name):
                value = steps.Pipeline(steps.Table(value, value.at), (), value.at)
            return _table(value, others) if isinstance(value, steps.Pipeline) else name
    return ""


def _of_values(tree: statements.Query) -> Iterator[Found]:
    for one in all_nodes(tree):
        match one:
            case nodes.Binary(op="contains", right=nodes.Literal(value=str(text))):
                if WORD.fullmatch(text):
                    said = (
                        "contains looks inside of words; for whole ones has is quicker"
                    )
                    yield one.at, "KQL304", said
            case nodes.Binary(op=op, left=left, right=right) if op in EXACT:
                yield from _lowered(op, left, right, one.at)
                yield from _lowered(op, right, left, one.at)
            case nodes.Among(op="in" | "!in", left=left, items=items):
                for item in items:
                    yield from _lowered("in", left, item, one.at)
            case steps.Where(predicate=predicate):
                yield from _on_the_clock(predicate)


def _lowered(op: str, side: nodes.Expr, other: nodes.Expr, at: int) -> Iterator[Found]:
    if not isinstance(side, nodes.Call) or side.name not in LOWERED:
        return
    text = other.value if isinstance(other, nodes.Literal) else ""
    changed = text.upper() if side.name == "toupper" else str(text).lower()
    if isinstance(text, str) and text != changed:
        said = f"{side.name}() never gives '{text[:40]}'; write it in one case"
        yield at, "KQL306", said
    elif op in EQUAL:
        better = "=~" if op == "==" else "!~"
        yield at, "KQL305", f"{side.name}() is not needed; compare with {better}"


def _on_the_clock(predicate: nodes.Expr) -> Iterator[Found]:
    for one in all_nodes(predicate):
        match one:
            case nodes.Binary(op=op, left=left, right=right) if op in ORDERED:
                sides: tuple[nodes.Expr, ...] = (left, right)
            case nodes.Between(value=value, low=low, high=high):
                sides = (value, low, high)
            case _:
                continue
        if any(_is_date(side) for side in sides) and any(map(_is_column, sides)):
            said = "a date on the calendar; a rule is about the time before now()"
            yield one.at, "KQL307", f"{said}, such as ago(1d)"


def _is_date(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Literal) and node.type is Type.DATETIME


def _is_column(node: nodes.Expr) -> bool:
    times = {name for name, kind in TABLES["Events"].items() if kind is Type.DATETIME}
    return isinstance(node, nodes.Name) and node.name in times


def names_in(text: str) -> set[str]:
    """Return all names in a text of KQL, whatever they mean there.

    Raises:
        KqlError: Its words cannot be told apart.
    """
    return {one.text for one in tokens_of(text).list if one.kind is Kind.NAME}
