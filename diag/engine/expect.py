"""Compare what a rule says about a test's logs with what the test expects."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from diag.engine.literals import parse_span, parse_time
from diag.engine.rule import Status
from diag.engine.ruleset import RuleSet
from diag.engine.run import run_rules
from diag.engine.validate import SEVERITIES
from diag.errors import StoreError
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from diag.engine.compiled import CompiledRule
    from diag.engine.rule import Rule, RuleTest
    from diag.engine.run import Outcome
    from diag.model import Finding
    from diag.store import Store

SHOWN_ROWS = 5
SHOWN_TEXT = 200


def differences(
    store: Store, rules: RuleSet, rule: Rule, test: RuleTest
) -> tuple[str, ...]:
    """Run a rule on a test's logs and say what is not as expected.

    Args:
        store: Made from the test's logs, by the real parsers.
        rules: The set that the rule belongs to.
        rule: Runs alone, at the test's time; its status does not matter.
        test: What is expected of the result rows and of the findings.

    Returns:
        One line for each difference; empty when the test passes.

    Raises:
        RuleError: The rule's query is wrong.
    """
    [compiled] = rules.compile([rule])
    return differences_of(store, compiled, test, rules)


def differences_of(
    store: Store,
    compiled: CompiledRule,
    test: RuleTest,
    rules: RuleSet,
    *,
    judged: bool = True,
    silent: bool = False,
) -> tuple[str, ...]:
    """Run a rule that was compiled, as `differences` does.

    Args:
        store: Made from the test's logs.
        compiled: The rule; it may be another one than the set has by its id.
        test: What is expected.
        rules: For the texts of the files.
        judged: Ask also whether a rule that should fire can be judged at all, which
            does not depend on its query.
        silent: It is known that the query has no row, so it is not asked.
    """
    sql, params = compiled.query.bind({}, test.as_of)
    try:
        rows = [] if silent else store.query(sql, params).dicts()
    except StoreError as error:
        return (f"the query did not finish: {error.text}",)
    names = tuple(compiled.columns)
    rows = [dict(zip(names, row.values(), strict=True)) for row in rows]
    found: list[str] = []
    if test.expect_count is not None and len(rows) != test.expect_count:
        found.append(f"{test.expect_count} rows expected, {len(rows)} found")
    if test.expect is not None:
        found += _row_differences(test.expect, rows, compiled.columns)
    if test.fires and not found and (judged or test.expect_finding):
        found += _told_differences(store, compiled, test, rules)
    return tuple(found)


@dataclass(frozen=True)
class _Alone(RuleSet):
    """One compiled rule as a set, so that it is not compiled again."""

    compiled: CompiledRule | None = None

    def compile(
        self, chosen: Iterable[Rule], errors: list[str] | None = None
    ) -> list[CompiledRule]:
        """Return the rule, if it is asked for; it has no errors."""
        del errors
        return [self.compiled for _ in chosen if self.compiled]


def outcome_of(
    store: Store, compiled: CompiledRule, now: datetime, rules: RuleSet
) -> Outcome:
    """Return what a rule says, alone and whatever its status is.

    Args:
        store: What to judge.
        compiled: The rule.
        now: The time to judge at.
        rules: For the texts of the files.
    """
    # Its status decides in a report, not in a test.
    rule = replace(compiled.rule, status=Status.STABLE, enabled=True)
    alone = _Alone((rule,), texts=rules.texts, compiled=replace(compiled, rule=rule))
    return run_rules(store, alone, now, experimental=True)


def _told_differences(
    store: Store, compiled: CompiledRule, test: RuleTest, rules: RuleSet
) -> list[str]:
    """Compare what the rule says with what a firing test wants it to."""
    outcome = outcome_of(store, compiled, test.as_of, rules)
    found = [
        f"not evaluated: needs {', '.join(note.needs)} {note.reason}".rstrip()
        for note in outcome.not_evaluated
    ]
    if test.expect_finding:
        found += _finding_differences(test.expect_finding, outcome.findings)
    return found


def _row_differences(
    expected: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, Type],
) -> list[str]:
    fits = [
        [number for number, row in enumerate(rows) if _row_fits(want, row, kinds)]
        for want in expected
    ]
    taken = _pair(fits)
    missing = [want for number, want in enumerate(expected) if number not in taken]
    over = [row for number, row in enumerate(rows) if number not in taken.values()]
    found = [f"no row is {_short(dict(want))}" for want in missing[:SHOWN_ROWS]]
    found += [f"not expected: {_short(dict(row))}" for row in over[:SHOWN_ROWS]]
    for count, word in ((len(missing), "missing"), (len(over), "not expected")):
        if count > SHOWN_ROWS:
            found.append(f"{count - SHOWN_ROWS} more rows {word}")
    return found


def _pair(fits: Sequence[Sequence[int]]) -> dict[int, int]:
    """Give as many expectations as possible a row of their own.

    Partial rows may fit several result rows, so taking the first that fits is
    not enough: an expectation moves on when a later one needs its row.

    Args:
        fits: For each expectation the rows that fit it.

    Returns:
        Expectation to row.
    """
    owner: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for row in fits[want]:
            if row in tried:
                continue
            tried.add(row)
            if row not in owner or place(owner[row], tried):
                owner[row] = want
                return True
        return False

    for want in range(len(fits)):
        place(want, set())
    return {want: row for row, want in owner.items()}


def _row_fits(
    want: Mapping[str, Any], row: Mapping[str, Any], kinds: Mapping[str, Type]
) -> bool:
    return all(
        name in row and same_value(value, row[name], kinds[name])
        for name, value in want.items()
    )


def same_value(want: Any, value: Any, kind: Type) -> bool:  # noqa: ANN401 - any column
    """Return whether a result value is the one that a test wrote down.

    Args:
        want: From YAML: timespans as `00:25:00` or `25m`, times as ISO 8601.
        value: From the store: timespans in microseconds, times in naive UTC.
        kind: The column's type.
    """
    if want is None or value is None:
        return want is None and value in (None, "")
    try:
        if kind is Type.TIMESPAN:
            span: timedelta = parse_span(str(want))
            return round(span.total_seconds() * 1e6) == int(value)
        if kind is Type.DATETIME:
            return bool(parse_time(str(want)) == value)
        if kind is Type.DYNAMIC:
            return bool(want == json.loads(value))
        if kind is Type.REAL:
            return math.isclose(float(want), float(value), rel_tol=1e-9, abs_tol=1e-9)
    except (ValueError, TypeError):
        return False
    if kind in {Type.STRING, Type.GUID}:
        return str(want) == str(value)
    return bool(want == value) and isinstance(want, bool) == isinstance(value, bool)


def _finding_differences(
    want: Mapping[str, Any], findings: Sequence[Finding]
) -> list[str]:
    seen = [_described(finding) for finding in findings]
    for described in seen:
        if all(described[key] == _expected(key, value) for key, value in want.items()):
            return []
    shown = [_short({key: item[key] for key in want}) for item in seen[:SHOWN_ROWS]]
    found = f"found {'; '.join(shown)}" if shown else "there is none"
    return [f"no finding with {_short(dict(want))}; {found}"]


def _expected(key: str, value: Any) -> object:  # noqa: ANN401 - from YAML
    if key == "severity":
        return SEVERITIES.get(str(value).lower(), str(value))
    return value if key == "count" else str(value)


def _described(finding: Finding) -> dict[str, object]:
    return {
        "title": finding.title,
        "detail": finding.why,
        "severity": finding.severity,
        "count": finding.count,
        "computer": finding.computer,
    }


def _short(row: Mapping[str, Any]) -> str:
    text = ", ".join(f"{key}: {value}" for key, value in row.items())
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}..."
