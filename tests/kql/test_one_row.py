"""arg_max and arg_min take one row, and the place in the log decides between equals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.kql import compile_query
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = tuple[int | None, int | None, str]

TIMES = ("0001-01-01", "1969-12-31T23:59:59.999999", "2026-03-10", "9999-12-31")
KINDS = {"datetime": "datetime({})", "long": "long({})", "real": "real({})"}
PLACES = st.one_of(st.none(), st.integers(0, 4), st.sampled_from([-1, (1 << 62)]))


def _table(kind: str, rows: Sequence[Row]) -> str:
    values = TIMES if kind == "datetime" else ("-7", "0", "3", str(1 << 52))
    listed = []
    for place, value, name in rows:
        shown = "null" if value is None else values[value]
        at = "null" if place is None else place
        listed.append(f'long({at}), {KINDS[kind].format(shown)}, "{name}"')
    return f"datatable(EventId: long, V: {kind}, Name: string)[{', '.join(listed)}]"


def _expected(rows: Sequence[Row], *, most: bool) -> set[str]:
    known = [row for row in rows if row[1] is not None]
    if not known:
        return {""}

    def key(row: Row) -> tuple[int, bool, int]:
        return row[1] or 0, row[0] is None, row[0] or 0

    best = (max if most else min)(map(key, known))
    return {row[2] for row in known if key(row) == best}


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(
        st.tuples(
            PLACES, st.one_of(st.none(), st.integers(0, 3)), st.sampled_from("abcd")
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(list(KINDS)),
    st.booleans(),
)
def test_equal_values_are_decided_by_the_place(
    rows: list[Row], kind: str, most: bool
) -> None:
    word = "arg_max" if most else "arg_min"
    query = compile_query(f"{_table(kind, rows)} | summarize {word}(V, Name)")
    with duckdb.connect() as db:
        found = db.execute(query.sql, dict(query.bound)).fetchall()
    assert found[0][1] in _expected(rows, most=most)
