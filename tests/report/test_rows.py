"""Rows of a query as text: what a terminal of a certain width shows."""

from __future__ import annotations

import pytest

from diag.report.rows import Style, span, write_rows
from diag.schema import Type

COLUMNS = {"Number": Type.LONG, "Text": Type.STRING, "More": Type.STRING}


def table(rows: list[tuple[object, ...]], width: int, *, cut: bool) -> list[str]:
    style = Style(width=width, cut=cut)
    return "".join(write_rows(COLUMNS, rows, "table", style)).splitlines()


def test_on_a_terminal_the_widest_column_gives_way() -> None:
    lines = table([(1, "x" * 60, "short")], 40, cut=True)
    assert max(map(len, lines)) <= 40
    assert lines[2].startswith("     1  xxx")
    assert lines[2].endswith("x…  short")


def test_columns_without_room_are_named_and_not_wrapped() -> None:
    lines = table([(1, "x" * 60, "y" * 60)], 20, cut=True)
    assert lines[0] == "Number  Text"
    assert lines[2] == f"     1  {'x' * 7}…"
    assert lines[3] == "(1 row; no room for More)"


def test_elsewhere_nothing_is_cut() -> None:
    lines = table([(1, "x" * 60, "y" * 60), (2, "", None)], 20, cut=False)
    assert lines[2] == f"     1  {'x' * 60}  {'y' * 60}"
    assert lines[3:] == ["     2", "(2 rows)"]


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "00:00:00"),
        (1, "00:00:00.0000010"),
        (-90_000_000, "-00:01:30"),
        (93_600_000_000, "1.02:00:00"),
        (-86_400_000_001, "-1.00:00:00.0000010"),
    ],
)
def test_timespans_are_written_as_kusto_does(microseconds: int, text: str) -> None:
    assert span(microseconds) == text
