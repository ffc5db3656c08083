"""The syntax tree of pipelines: sources and operators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.kql.nodes import Expr, Item
    from diag.schema import Type


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a sort. `nulls` is first, last or empty for the default."""

    value: Expr
    descending: bool
    nulls: str


@dataclass(frozen=True, slots=True)
class Where:
    """Keep rows."""

    predicate: Expr
    at: int


class Shape(StrEnum):
    """The operators that choose columns."""

    PROJECT = "project"
    EXTEND = "extend"
    AWAY = "project-away"
    KEEP = "project-keep"
    RENAME = "project-rename"
    REORDER = "project-reorder"
    SERIALIZE = "serialize"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Columns:
    """`project`, `extend` and their kin."""

    shape: Shape
    items: tuple[Item, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Summarize:
    """Aggregates by keys."""

    aggregates: tuple[Item, ...]
    keys: tuple[Item, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Count:
    """The operator `count`."""

    at: int


@dataclass(frozen=True, slots=True)
class Take:
    """The first rows."""

    rows: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Sort:
    """Put rows in order."""

    keys: tuple[SortKey, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Top:
    """The first rows of an order."""

    rows: Expr
    keys: tuple[SortKey, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Join:
    """`join`, and `lookup`, which drops the right keys."""

    kind: str
    right: Pipeline
    on: tuple[Expr, ...]
    lookup: bool
    at: int


@dataclass(frozen=True, slots=True)
class Union:
    """Rows of several tables; `tag` names the column of `withsource=`."""

    kind: str
    tag: str
    tables: tuple[Pipeline, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Expand:
    """One item of `mv-expand`."""

    name: str
    value: Expr
    type: Type | None
    at: int


@dataclass(frozen=True, slots=True)
class MvExpand:
    """One row for each element; several items run side by side."""

    items: tuple[Expand, ...]
    index: str
    limit: Expr | None
    at: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of a `parse` pattern."""

    name: str
    type: Type
    at: int


@dataclass(frozen=True, slots=True)
class Parse:
    """`parse`: constants, `*` (None) and columns, in turn."""

    kind: str
    filtering: bool
    value: Expr
    pattern: tuple[str | Slot | None, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Search:
    """`search`: rows in which texts stand anywhere. `tables` only as a source."""

    predicate: Expr
    tables: tuple[Pipeline, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Series:
    """`make-series`: aggregates in steps of a column, without holes.

    `start` and `end` are None where the data decides; `defaults` fill the holes.
    `nonempty` gives a row of defaults where there are no rows.
    """

    aggregates: tuple[Item, ...]
    defaults: tuple[Expr | None, ...]
    axis: Expr
    start: Expr | None
    end: Expr | None
    step: Expr
    keys: tuple[Item, ...]
    at: int
    nonempty: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    """`mv-apply`: a pipeline over the elements of each row's arrays."""

    expand: MvExpand
    pipeline: Applied
    at: int


@dataclass(frozen=True, slots=True)
class Applied:
    """The operators of `mv-apply`; their source is the row at hand."""

    operators: tuple[Operator, ...]
    at: int


@dataclass(frozen=True, slots=True)
class As:
    """Give the rows so far a name."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Render:
    """How a screen should draw the result."""

    kind: str
    at: int


Operator = (
    Where
    | Columns
    | Summarize
    | Count
    | Take
    | Sort
    | Top
    | Join
    | Union
    | MvExpand
    | Parse
    | Search
    | Series
    | Apply
    | As
    | Render
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table, a `let` name, or a function that returns rows."""

    value: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Print:
    """One row of expressions."""

    items: tuple[Item, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Range:
    """A column of numbers or times."""

    name: str
    start: Expr
    end: Expr
    step: Expr
    at: int


@dataclass(frozen=True, slots=True)
class DataTable:
    """Rows written in the query."""

    columns: tuple[Slot, ...]
    values: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Nested:
    """A pipeline in parentheses."""

    pipeline: Pipeline
    at: int


Start = Table | Print | Range | DataTable | Union | Search | Nested


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A source and what is done to its rows."""

    source: Start
    operators: tuple[Operator, ...]
    at: int
