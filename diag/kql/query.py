"""A compiled query: plain data that can be kept and run without the compiler."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from diag.schema import Type


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT and what it needs.

    `columns` are the result's names and types, in order; `bound` the constants by
    parameter; `late` the parameter and type of each name whose value comes when
    it runs; `timed` says that it asks for `now()`; `drawn` is what `render` asked
    for, or empty.
    """

    sql: str
    columns: Mapping[str, Type]
    bound: Mapping[str, Any] = field(default_factory=dict)
    late: Mapping[str, tuple[str, Type]] = field(default_factory=dict)
    timed: bool = False
    drawn: str = ""

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
