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
from diag.kql.query import Last
from diag.kql.values import Value
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.need import Need
    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope
    from diag.kql.source import Source

ID = re.compile(r"\bc[0-9]+\b")
PARAMETER = re.compile(r"\$[a-z]+[0-9]*\b")
NOW = "$now"
# What makes rows cannot be left out, whether its value is needed or not.
MULTIPLIES = "unnest("
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


@dataclass(slots=True)
class Arm:
    """One SELECT: id to SQL, and all that follows the list.

    With `grouped` the items are aggregates, which make one row of many.
    """

    items: dict[str, str]
    tail: str
    grouped: bool = False


@dataclass(slots=True)
class Stage:
    """A common table expression.

    `distinct` and `recursive` ones need all their columns; a recursive one calls
    itself `_self` in its second arm.
    """

    name: str
    arms: list[Arm]
    distinct: bool = False
    recursive: bool = False

    def text(self) -> str:
        """Return the SQL of the stage."""
        word = "SELECT DISTINCT" if self.distinct else "SELECT"
        text = " UNION ALL ".join(
            f"{word} {_listed(arm.items)} {arm.tail}".rstrip() for arm in self.arms
        )
        return text.replace("_self", self.name) if self.recursive else text


def _listed(items: dict[str, str]) -> str:
    return ", ".join(
        sql if sql == name else f"{sql} AS {name}" for name, sql in items.items()
    )


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

    def render(self, result: Relation) -> tuple[str, Last]:
        """Return the whole SELECT, and the end of it.

        Stages and columns that nothing needs are left out.

        A stage that is read twice is computed once: otherwise `let` tables that
        build on one another would multiply the work.

        Raises:
            KqlError: It is so long that planning it would take too long.
        """
        ids = tuple(column.id for column in result.columns)
        # An order that the author did not ask for, so that runs are equal.
        last = Last(result.stage, ids, reading(result))
        final = last.text
        kept = self._pruned(final)
        texts = [final, *(stage.text() for stage in kept)]
        if sum(map(len, texts)) > LONGEST_SQL:
            raise self.source.error("KQL006", "the query becomes too long", 0)
        uses = Counter(name for text in texts for name in STAGE.findall(text))
        parts = []
        for stage in kept:
            how = "MATERIALIZED" if uses[stage.name] > 1 else "NOT MATERIALIZED"
            # What refers to itself cannot be either of the two.
            how = "" if stage.recursive else f"{how} "
            columns = f"({', '.join(stage.arms[0].items)})" if stage.recursive else ""
            parts.append(f"{stage.name}{columns} AS {how}({stage.text()})")
        recursive = "RECURSIVE " if any(stage.recursive for stage in kept) else ""
        return (f"WITH {recursive}{', '.join(parts)} {final}" if parts else final), last

    def _pruned(self, final: str) -> list[Stage]:
        needed = set(ID.findall(final))
        stages = set(STAGE.findall(final))
        kept = []
        for stage in reversed(self.stages):
            if stage.name not in stages:
                continue
            for arm in stage.arms:
                if not stage.distinct and not stage.recursive:
                    arm.items = {
                        name: sql
                        for name, sql in arm.items.items()
                        if name in needed or MULTIPLIES in sql
                    }
                if not arm.items:
                    arm.items = {"c": "count(*)" if arm.grouped else "1"}
                text = " ".join([*arm.items.values(), arm.tail])
                needed.update(ID.findall(text))
                stages.update(STAGE.findall(text))
            kept.append(stage)
        return kept[::-1]

    def parameters(self, sql: str) -> dict[str, Any]:
        """Return the bound values that a statement uses."""
        used = {name[1:] for name in PARAMETER.findall(sql)}
        return {name: value for name, value in self.bound.items() if name in used}


STAGE = re.compile(r"\b_s[0-9]+\b")


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
