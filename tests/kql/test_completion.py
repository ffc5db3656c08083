"""Completion offers all that the compiler accepts, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from diag.errors import KqlError
from diag.kql import compile_query
from diag.kql.aggregates import AGGREGATES, SPREADING
from diag.kql.calls import SYNTAX
from diag.kql.completion import Completion, Kind, completions
from diag.kql.functions import ALIASES, FUNCTIONS
from diag.kql.grammar import OPERATORS, SOURCES
from diag.kql.precedence import POWERS
from diag.kql.windows import WINDOWS
from diag.schema import TABLES, Type

ALL = completions()
CALLED = (Kind.FUNCTION, Kind.AGGREGATE, Kind.WINDOW)


def names(*kinds: Kind) -> set[str]:
    return {one.name for one in ALL if one.kind in kinds}


def by_name(one: Completion) -> str:
    return f"{one.kind} {one.table}{one.name}"


def test_everything_that_the_compiler_looks_up_is_offered() -> None:
    assert names(Kind.OPERATOR) == set(OPERATORS)
    assert names(Kind.SOURCE) == set(SOURCES)
    assert names(Kind.COMPARISON) == set(POWERS)
    assert names(Kind.FUNCTION) == {*FUNCTIONS, *ALIASES, *SYNTAX}
    assert names(Kind.AGGREGATE) == {*AGGREGATES, *SPREADING}
    assert names(Kind.WINDOW) == set(WINDOWS)
    assert names(Kind.TABLE) == set(TABLES)


def test_columns_have_their_table_and_type() -> None:
    found = {(one.table, one.name): one.form for one in ALL if one.kind is Kind.COLUMN}
    assert found == {
        (table, name): str(kind)
        for table, columns in TABLES.items()
        for name, kind in columns.items()
    }
    [only] = [
        one for one in completions({"T": {"a": Type.LONG}}) if one.kind is Kind.COLUMN
    ]
    assert only == Completion(Kind.COLUMN, "a", "long", "", "T")


def test_nothing_is_offered_twice() -> None:
    counted = Counter((one.kind, one.table, one.name) for one in ALL)
    assert counted.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    "one", [one for one in ALL if one.kind not in {Kind.TABLE, Kind.COLUMN}], ids=by_name
)  # fmt: skip
def test_a_word_has_a_form_that_begins_with_it_and_one_line_of_help(
    one: Completion,
) -> None:
    assert one.form.startswith(one.name)
    assert "\n" not in one.help
    assert not one.help[0].islower()
    assert one.help.endswith(".")
    if one.kind in CALLED:
        assert one.form.endswith(")")


@pytest.mark.parametrize("name", sorted(names(*CALLED)))
def test_the_compiler_knows_each_function(name: str) -> None:
    """Called with too much it says how it is written, not that it is unknown."""
    with pytest.raises(KqlError) as caught:
        compile_query(f"Events | summarize {name}({', '.join(['nope'] * 200)})")
    assert "unknown function" not in caught.value.text
    assert "is not supported" not in caught.value.text


@pytest.mark.parametrize("name", sorted(names(Kind.OPERATOR)))
def test_the_compiler_knows_each_operator(name: str) -> None:
    try:
        compile_query(f"Events | {name} )")
    except KqlError as error:
        assert error.code == "KQL004"
        assert "unknown operator" not in error.text


@pytest.mark.parametrize("name", sorted(names(Kind.COMPARISON)))
def test_the_compiler_knows_each_comparison(name: str) -> None:
    for right in ('"a"', '("a")', "(1 .. 2)", "regex 'a'", "1", "true"):
        left = {"1": "1", "(1 .. 2)": "1", "true": "true"}.get(right, '"a"')
        try:
            compile_query(f"print x = {left} {name} {right}")
        except KqlError:
            continue
        return
    pytest.fail(f"{name} compiles with nothing")
