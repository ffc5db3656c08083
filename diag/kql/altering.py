"""Go through a query's syntax tree and yield it once for each small change.

Which changes make sense at a node is said in `alterations`; here every node is
visited, and the tree around a changed node is built anew.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from diag.kql import alterations, steps, surrounding
from diag.kql.implied import later_patterns
from diag.kql.parse import parse_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.kql.alterations import Change
    from diag.kql.statements import Query


@dataclass(frozen=True, slots=True)
class Altered:
    """A query in which one thing was changed. `line` counts from 1 in its text."""

    tree: Query
    change: str
    before: str
    after: str
    line: int


def alter_query(text: str, *, ordered: bool = False) -> Iterator[Altered]:
    """Yield a query with one clause, limit, window or text changed at a time.

    Args:
        text: KQL without errors.
        ordered: The order of the result's rows matters to whoever reads it.

    Yields:
        In the order of the text as far as its tree has it. Some do not compile,
        and some mean the same as the query: the caller looks at what they
        compile to.

    Raises:
        KqlError: The text is no query.
    """
    tree = parse_query(text)
    for changed, change in _of_node(tree, surrounding.Around(ordered=ordered)):
        line = text.count("\n", 0, change.at) + 1
        yield Altered(changed, change.what, change.before, change.after, line)


def _of_node(
    node: Any,  # noqa: ANN401 - any node of the tree
    around: surrounding.Around,
) -> Iterator[tuple[Any, Change]]:
    """Yield a node with one change at it or anywhere inside."""
    yield from alterations.of(node, around)
    if isinstance(node, steps.Pipeline):
        yield from _of_pipeline(node, around)
        return
    for field in fields(node):
        value = getattr(node, field.name)
        inner = surrounding.inside(node, field.name, around)
        for changed, change in _of_value(value, node, inner):
            yield replace(node, **{field.name: changed}), change


def _of_value(
    value: Any,  # noqa: ANN401 - a field of a node
    parent: Any,  # noqa: ANN401 - a node
    around: surrounding.Around,
) -> Iterator[tuple[Any, Change]]:
    if is_dataclass(value):
        yield from _of_node(value, around)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            if not is_dataclass(item):
                continue
            here = surrounding.item_of(parent, number, around)
            for changed, change in _of_node(item, here):
                yield (*value[:number], changed, *value[number + 1 :]), change


def _of_pipeline(
    node: steps.Pipeline, around: surrounding.Around
) -> Iterator[tuple[steps.Pipeline, Change]]:
    """Yield a pipeline with one change; what is behind an operator counts too."""
    inner = surrounding.inside(node, "source", around)
    for changed, change in _of_node(node.source, inner):
        yield replace(node, source=changed), change
    for number, one in enumerate(node.operators):
        rest = node.operators[number + 1 :]
        before = node.operators[:number]
        here = replace(
            inner,
            ordered=surrounding.order_matters(rest, outer=around.ordered),
            parts=surrounding.compared_with_before(rest),
            patterns=later_patterns(rest),
        )
        if (gone := alterations.without(one, here)) is not None:
            yield replace(node, operators=(*before, *rest)), gone
        for changed, change in _of_node(one, here):
            yield replace(node, operators=(*before, changed, *rest)), change
