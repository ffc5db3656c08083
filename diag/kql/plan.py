"""The SELECT in the making: one common table expression for each operator.

No text of a query is ever part of the SQL: texts are bound, names are replaced
by ids of ours, and what remains is made of the constants of this package.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from diag.kql.need import ALWAYS
from diag.kql.query import ID, Last, Lean
from diag.kql.stages import STAGE, Arm, Stage, is_plain, pruned, texts_of
from diag.kql.values import Value
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.need import Need
    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope
    from diag.kql.source import Source

PARAMETER = re.compile(r"\$[a-z]+[0-9]*\b")
# Planning cannot be interrupted; this much takes a few seconds.
LONGEST_SQL = 250_000
# A place in the log, best first.
TIES = (("EventId",), ("TimeGenerated", "File", "Line"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation: the author's name, and our id in the SQL.

    `written` as for `Value`.
    """

    name: str
    type: Type
    id: str
    nullable: bool = True
    written: bool = False

    @property
    def value(self) -> Value:
        """The column as a value."""
        nullable = self.nullable and self.type is not Type.STRING
        return Value(self.id, self.type, nullable=nullable, written=self.written)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows on their way: where they come from, and what they hold.

    `order` is the id of the column that numbers ordered rows, or empty; `keys` are
    the SQL of what they were sorted by, if it is known. `stable` says that rows
    without an order come in the same sequence on every run.
    `partition` is the id of the column within whose values all operators work,
    or empty. `need` is what the store must hold for there to be a row.
    """

    stage: str
    columns: tuple[Column, ...]
    order: str = ""
    keys: tuple[str, ...] = ()
    stable: bool = True
    partition: str = ""
    need: Need = ALWAYS

    @property
    def hidden(self) -> dict[str, str]:
        """The ids of columns that go along unseen, each selected as itself."""
        keys = ID.findall(" ".join(self.keys)) if self.order else ()
        return {own: own for own in (self.order, self.partition, *keys) if own}

    @property
    def ordered_by(self) -> tuple[str, ...]:
        """What ordered rows are sorted by; nothing for rows without an order.

        To number rows only to sort them by their numbers would be to sort twice.
        """
        return (self.keys or (self.order,)) if self.order else ()

    def over(self, *keys: str) -> str:
        """Return the inside of an OVER clause that sees rows in an order.

        Args:
            keys: The order; by default that of the rows.
        """
        within = f"PARTITION BY {self.partition} " if self.partition else ""
        listed = ", ".join(keys or self.ordered_by)
        return f"{within}ORDER BY {listed}" if listed else within.rstrip()


class Plan:
    """Collects stages and bound values of one query."""

    def __init__(self, source: Source, without: str = "") -> None:
        """Begin without any stage; see `compile_query` for the arguments."""
        self.source = source
        self.without = without
        self.stages: list[Stage] = []
        self.bound: dict[str, Any] = {}
        self.joins = 0
        # Ids of columns with messages, and of those with their templates and fields.
        self.templates: dict[str, tuple[str, str]] = {}
        # Of which reading of a table, and which column of it, a column is.
        self.origins: dict[str, tuple[int, str]] = {}
        # What a column was computed from, and where.
        self.made: dict[str, tuple[Scope, Expr]] = {}
        self._names: dict[tuple[type, Any], str] = {}
        self._ids = count()

    def new_id(self) -> str:
        """Return an id that no column of this query has."""
        return f"c{next(self._ids)}"

    def bind(self, value: Any) -> str:  # noqa: ANN401 - what the driver takes
        """Return the parameter that stands for a value."""
        key = (type(value), value)
        if key not in self._names:
            name = f"p{len(self._names)}"
            self._names[key] = name
            self.bound[name] = value
        return f"${self._names[key]}"

    def rows_of(self, table: str) -> str:
        """Return the SQL behind a SELECT that reads a table."""
        rows = f'FROM "{table}"'
        if table == "Events" and self.without:
            rows += f' WHERE "Log" <> {self.bind(self.without)}'
        return rows

    def text(self, value: str) -> Value:
        """Return a string constant."""
        return Value(self.bind(value), Type.STRING, nullable=False, literal=value)

    def add(self, *arms: Arm, distinct: bool = False, recursive: bool = False) -> str:
        """Add a stage and return its name."""
        name = f"_s{len(self.stages)}"
        self.stages.append(Stage(name, list(arms), distinct, recursive))
        return name

    def keep(
        self,
        relation: Relation,
        tail: str,
        more: dict[str, str] | None = None,
    ) -> str:
        """Add a stage with all columns of a relation, and return its name.

        Args:
            relation: Whose columns are kept under their ids.
            tail: From FROM on.
            more: Further ids and their SQL.
        """
        items = {column.id: column.id for column in relation.columns}
        items |= relation.hidden
        return self.add(Arm({**items, **(more or {})}, tail))

    def offer(self, *tails: str) -> None:
        """Offer other arms for the last stage, with the same columns; see `Stage`.

        They read rows more than once, so that what they read must be cheap: the rows
        of a table, and nothing but tests and computed columns since.

        Args:
            tails: Of each arm from FROM on.
        """
        last = self.stages[-1]
        if is_plain(last, self.stages):
            items = last.arms[0].items
            last.offered = tuple(Arm(dict(items), tail) for tail in tails)

    def render(self, result: Relation) -> tuple[str, Last]:
        """Return the whole SELECT, and the end of it.

        Stages and columns that nothing needs are left out.

        Raises:
            KqlError: It is so long that planning it would take too long.
        """
        ids = tuple(column.id for column in result.columns)
        # An order that the author did not ask for, so that runs are equal.
        last = Last(result.stage, ids, reading(result))
        sql = f"{self._head(last.text)}{last.text}"
        if len(sql) > LONGEST_SQL:
            raise self.source.error("KQL006", "the query becomes too long", 0)
        return sql, last

    def lean(self, last: Last) -> Lean | None:
        """Return a begin of the SELECT that reads less, if anything can be spared.

        Args:
            last: The end of what was rendered.
        """
        unread = texts_of(self.stages, self.templates) & {*last.ids}
        if not unread or not any(stage.offered for stage in self.stages):
            return None
        less = last._replace(ids=tuple(one for one in last.ids if one not in unread))
        kept = pruned(self.stages, less.text, self.templates)
        if not any(stage.parted for stage in kept):
            return None
        head = self._head(less.text)
        return Lean(head, self.parameters(head), frozenset(unread))

    def _head(self, final: str) -> str:
        """Return the stages before a last SELECT.

        A stage that is read twice is computed once: otherwise `let` tables that
        build on one another would multiply the work.
        """
        kept = pruned(self.stages, final, self.templates)
        uses = Counter(STAGE.findall(final))
        for stage in kept:
            names = STAGE.findall(stage.text())
            # What was parted reads few of the rows twice; to keep all would cost more.
            uses.update(set(names) if stage.parted else names)
        parts = []
        for stage in kept:
            how = "MATERIALIZED" if uses[stage.name] > 1 else "NOT MATERIALIZED"
            # What refers to itself cannot be either of the two.
            how = "" if stage.recursive else f"{how} "
            columns = f"({', '.join(stage.arms[0].items)})" if stage.recursive else ""
            parts.append(f"{stage.name}{columns} AS {how}({stage.text()})")
        recursive = "RECURSIVE " if any(stage.recursive for stage in kept) else ""
        return f"WITH {recursive}{', '.join(parts)} " if parts else ""

    def parameters(self, sql: str) -> dict[str, Any]:
        """Return the bound values that a statement uses."""
        used = {name[1:] for name in PARAMETER.findall(sql)}
        return {name: value for name, value in self.bound.items() if name in used}


def ties(relation: Relation) -> list[str]:
    """Return what decides between equal rows, so that every run is the same."""
    ids = {column.name: column.id for column in relation.columns}
    for names in TIES:
        if all(name in ids for name in names):
            return [ids[name] for name in names]
    return [c.id for c in relation.columns if c.type is not Type.DYNAMIC]


def reading(relation: Relation) -> tuple[str, ...]:
    """Return what rows are to be sorted by when they are read: their order, or ties.

    Rows that come in the same sequence anyway need none.
    """
    if relation.order:
        return relation.ordered_by
    return () if relation.stable else tuple(ties(relation))


def sequence(relation: Relation) -> list[str]:
    """Return ids of columns that ascend with the rows, where `reading` has any SQL."""
    if relation.order:
        return [relation.order]
    return [] if relation.stable else ties(relation)
