"""`mv-apply`: a pipeline that sees the elements of one row at a time.

All rows are expanded at once; a hidden column tells which row an element is of,
and every operator inside works within it (`Relation.partition`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.kql.plan import Column, Relation, reading
from diag.kql.shapes import rows_in
from diag.kql.stages import Arm

if TYPE_CHECKING:
    from diag.kql.scope import Scope


def numbered_rows(scope: Scope) -> tuple[Relation, str]:
    """Return the rows with a hidden number each, and the number's id."""
    relation = rows_in(scope)
    row = scope.plan.new_id()
    keys = reading(relation)
    by = f"ORDER BY {', '.join(keys)}" if keys else ""
    more = {row: f"row_number() OVER ({by})"}
    stage = scope.plan.keep(relation, f"FROM {scope.source()}", more)
    return replace(relation, stage=stage, partition=row), row


def applied(scope: Scope, outer: Relation, inner: Relation, row: str) -> Relation:
    """Return the rows with what the pipeline made of their elements.

    Args:
        scope: For ids.
        outer: The rows, numbered.
        inner: The pipeline's result, with the number of the row.
        row: The number's id.

    Returns:
        The columns of the rows that the result has not, then the result's.
    """
    names = {column.name for column in inner.columns}
    columns: list[Column] = []
    items: dict[str, str] = {}
    for column in outer.columns:
        if column.name not in names:
            own = scope.plan.new_id()
            items[own] = f"l.{column.id}"
            columns.append(replace(column, id=own))
    for column in inner.columns:
        own = scope.plan.new_id()
        items[own] = f"r.{column.id}"
        columns.append(replace(column, id=own))
    tail = f"FROM {outer.stage} AS l JOIN {inner.stage} AS r ON l.{row} = r.{row}"
    stage = scope.plan.add(Arm(items, tail))
    return Relation(stage, tuple(columns), stable=False, need=outer.need)
