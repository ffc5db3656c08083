"""A compiled query: plain data that can be kept and run without the compiler."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.kql.need import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from diag.kql.need import Need
    from diag.schema import Type


# What `now()` reads, and how columns are called.
NOW = "$now"
ID = re.compile(r"\bc[0-9]+\b")


class Last(NamedTuple):
    """The SELECT that a query ends with, behind all its common table expressions.

    `stage` is what it reads, `ids` its columns there, and `keys` the SQL of what it
    sorts by; none when the rows come in the same sequence anyway.
    """

    stage: str
    ids: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def text(self) -> str:
        """The SQL of it."""
        order = f" ORDER BY {', '.join(self.keys)}" if self.keys else ""
        return f"SELECT {', '.join(self.ids) or '1'} FROM {self.stage}{order}"


class Lean(NamedTuple):
    """What may stand before `Last` when it reads none of the columns `unread`.

    `head` is SQL, `bound` its constants by parameter; `unread` are ids.
    """

    head: str
    bound: Mapping[str, Any]
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT and what it needs; `last` is its end, which `sql` holds, too.

    `lean` is a quicker begin of it for who does not read the texts of events.

    `columns` are the result's names and types, in order; `bound` the constants by
    parameter; `late` the parameter and type of each name whose value comes when
    it runs; `timed` says that it asks for `now()`; `drawn` is what `render` asked
    for, or empty; `need` is what a store must hold for there to be a row.
    """

    sql: str
    last: Last
    columns: Mapping[str, Type]
    bound: Mapping[str, Any] = field(default_factory=dict)
    late: Mapping[str, tuple[str, Type]] = field(default_factory=dict)
    timed: bool = False
    drawn: str = ""
    need: Need = ALWAYS
    lean: Lean | None = None

    def over(self, select: str, now: datetime) -> tuple[str, dict[str, Any]]:
        """Return another SELECT over the rows of a query without `late` names.

        Args:
            select: SQL of ours that reads `last.stage`.
            now: As in `bind`.

        Returns:
            SQL and parameters.
        """
        head, bound = self.sql.removesuffix(self.last.text), self.bound
        if self.lean and not self.lean.unread & {*ID.findall(select)}:
            head, bound = self.lean.head, self.lean.bound
        return f"{head}{select}", {**bound, **({"now": now} if NOW in head else {})}

    def bind(
        self, values: Mapping[str, Any], now: datetime
    ) -> tuple[str, dict[str, Any]]:
        """Return the SQL and its parameters.

        Args:
            values: A value for each name in `late`: naive UTC datetimes,
                microseconds for timespans, JSON text for dynamic.
            now: Naive UTC; what `now()` returns.
        """
        params = dict(self.bound)
        params |= {place: values[name] for name, (place, _) in self.late.items()}
        if self.timed:
            params["now"] = now
        return self.sql, params

    def bind_all(
        self, rows: Sequence[Mapping[str, Any]], now: datetime, *, asked: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """Return a SELECT that runs the query once for each row of values.

        Planning a query takes longer than running it; this plans one for all.

        Args:
            rows: As `values` of `bind`; at least one.
            now: Naive UTC.
            asked: Only whether there is a row, which spares reading its columns.

        Returns:
            SQL and parameters. The first column of its result is the place of the
            row in `rows`, the others are those of the query; with `asked` there are
            no others, and one row for each place where the query has any.
        """
        params = dict(self.bound) | ({"now": now} if self.timed else {})
        places = [(name, place) for name, (place, _) in self.late.items()]
        inner = self.sql
        for _, place in places:
            inner = inner.replace(f"${place} ", f"_f.{place} ")
        listed = []
        for number, row in enumerate(rows):
            own = {f"r{number}_{place}": row[name] for name, place in places}
            params |= own
            listed.append(f"({', '.join([str(number), *(f'${key}' for key in own)])})")
        names = ", ".join(["n", *(place for _, place in places)])
        values = f"(VALUES {', '.join(listed)}) AS _f({names})"
        if asked:
            return f"SELECT _f.n FROM {values} WHERE EXISTS ({inner})", params
        return f"SELECT _f.n, _q.* FROM {values}, LATERAL ({inner}) AS _q", params
