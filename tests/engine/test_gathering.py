"""Groups that the database makes are those that are made of its rows one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.analyze import load
from diag.engine.gathering import SPARE, gather, groups_of
from diag.engine.load import rules_of
from diag.store import Store
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from diag.engine.compiled import CompiledRule
    from diag.engine.gathering import Gathered

NOW = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - naive UTC, as in the store
RULE = """\
id: ARC-X-001
name: of {{{{Note}}}}
description: x
severity: low
version: 1.0.0
query: |
  datatable(Key:string, Other:string, StartTime:datetime, EndTime:datetime,
    File:string, Line:long, Worst:string, Times:long, Note:string, Unseen:string) [
  {rows}]
  | extend Other = iff(Other == "", "", Other)
  | sort by {order}
finding: {{title: '{{{{Other}}}}', severityFrom: Worst{count}}}
evidence: {{limit: {limit}}}
group: {{by: [{by}]}}
tests:
- {{name: a, asOf: 2026-03-10, log: {{himds: x}}, expectCount: 1}}
- {{name: b, asOf: 2026-03-10, log: {{himds: x}}, expect: []}}
"""
TIMES = st.sampled_from(
    [
        *(f"datetime(2026-03-10T0{hour}:00:00Z)" for hour in range(4)),
        "datetime(null)",
    ]
)
WORDS = st.sampled_from(["", "a", "B", "high", "Medium", "né", "'x"])
ROWS = st.lists(
    st.tuples(
        *(st.sampled_from(["k", "l", ""]), WORDS, TIMES, TIMES),
        st.sampled_from(["", "one.log", "two.log"]),
        st.integers(1, 4) | st.none(),
        *(WORDS, st.integers(0, 3) | st.none()),
    ),
    max_size=24,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root: Path = tmp_path_factory.mktemp("gathering")
    (root / "himds.log").write_text('time="2026-03-10T01:00:00Z" level=info msg="x"\n')
    with load([root], cache=False) as loaded:
        yield loaded.store


def literal(value: str | int | None) -> str:
    if isinstance(value, str):
        return value if value.startswith("datetime(") else f'"{value}"'
    return "long(null)" if value is None else str(value)


def compiled_of(
    rows: Sequence[tuple[Any, ...]], by: str, order: str, limit: int, *, count: bool
) -> CompiledRule:
    listed = ",\n  ".join(
        ", ".join(map(literal, (*row, f"note {number}", f"unseen {number}")))
        for number, row in enumerate(rows)
    )
    counted = ", count: Times" if count else ""
    text = RULE.format(rows=listed, order=order, limit=limit, by=by, count=counted)
    rules = rules_of([[("a.yaml", text)]])
    [compiled] = rules.compile(rules)
    return compiled


def comparable(groups: list[Gathered], shown: frozenset[str]) -> list[Gathered]:
    """Return groups with the columns that are shown, in the order of these."""
    same = [
        replace(one, first={name: one.first[name] for name in sorted(shown)})
        for one in groups
    ]
    return sorted(same, key=lambda one: repr(one.first))


# What is equal in all that it is sorted by may come in any order: Note differs.
ORDERS = st.sampled_from(
    ["Note desc", "StartTime asc, Note asc", "Key desc, Note desc"]
)


@settings(max_examples=examples(120))
@given(
    rows=ROWS,
    by=st.sampled_from(["Key", "Key, Other"]),
    order=ORDERS,
    limit=st.integers(1, 5),
    count=st.booleans(),
)
def test_groups_are_the_same(
    rows: list[tuple[Any, ...]], by: str, order: str, limit: int, *, count: bool
) -> None:
    if not rows:
        return
    compiled = compiled_of(rows, by, order, limit, count=count)
    assert compiled.shown == {"Other", "Note"}
    with Store(STORE[0]) as store:
        plain = store.query(*compiled.query.bind({}, NOW)).rows
        number, found = gather(store, compiled, NOW)
    assert number == len(rows) == len(plain)
    assert {name for one in found for name in one.first} >= compiled.shown
    wanted = groups_of(compiled, plain)
    assert comparable(found, compiled.shown) == comparable(wanted, compiled.shown)


STORE: list[Path] = []


@pytest.fixture(autouse=True, scope="module")
def _path(store: Store) -> None:
    STORE[:] = [store.path]


def test_only_what_is_shown_is_read(store: Store) -> None:
    row = ("k", "", "datetime(null)", "datetime(null)", "a", 1, "", 1)
    compiled = compiled_of([row, row], "Key", "Note asc", 3, count=False)
    [one] = gather(store, compiled, NOW)[1]
    assert one.first == {"Other": "", "Note": "note 0"}


def test_a_line_in_many_rows_does_not_hide_the_next(store: Store) -> None:
    same = ("k", "", "datetime(null)", "datetime(null)", "a", 1, "", 1)
    rows = [same] * (2 * SPARE) + [(*same[:5], 2, "", 1)]
    compiled = compiled_of(rows, "Key", "Note asc", 2, count=False)
    number, [one] = gather(store, compiled, NOW)
    assert (number, one.count) == (len(rows), len(rows))
    assert one.places == [("a", 1), ("a", 2)]


def test_more_rows_than_are_read_one_by_one(store: Store) -> None:
    text = RULE.format(rows="", order="Line asc", limit=2, by="Key", count="")
    begin, end = text.index("query:"), text.index("finding:")
    query = (
        "query: 'union (range Line from 1 to 50500 step 1), "
        "(range Line from 50501 to 101000 step 1) "
        '| extend Key = iff(Line % 2 == 0, "even", "odd"), Other = "x", Note = "n", '
        'Worst = "high", File = "a.log" | sort by Line asc\'\n'
    )
    rules = rules_of([[("a.yaml", text[:begin] + query + text[end:])]])
    [compiled] = rules.compile(rules)
    number, groups = gather(store, compiled, NOW)
    assert number == 101_000
    assert sorted((one.count, one.places[0][1]) for one in groups) == [
        (50_500, 1),
        (50_500, 2),
    ]
