"""What the tests of rules came to: lines, JSON or JUnit XML; and a table of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.analyze.crosscheck import Fired
    from diag.analyze.timing import Timing
    from diag.analyze.trial import TestResult
    from diag.cli.console import Console


def write_results(
    console: Console,
    fmt: str,
    results: Sequence[TestResult],
    fired: Sequence[Fired],
    runs: int,
    *,
    verbose: bool,
) -> None:
    """Write how the tests ended.

    Args:
        console: Where to.
        fmt: `text`, `json` or `junit`.
        results: Of each test.
        fired: Rules that fired on the silent samples of others.
        runs: How often rules were run on such samples.
        verbose: Tell of tests that passed, too.
    """
    from diag.cli.console import as_utf8
    from diag.report.json import safe_json

    if fmt == "text":
        console.lines(_lines(results, fired, runs, verbose=verbose))
        return
    as_utf8(console)
    value = _value(results, fired, runs)
    console.result(safe_json(value) if fmt == "json" else _junit(results, fired))


def _lines(
    results: Sequence[TestResult], fired: Sequence[Fired], runs: int, *, verbose: bool
) -> Iterator[str]:
    from diag.report.gather import number_of

    for one in results:
        word = "todo  " if one.todo else "ok" if one.ok else "FAILED"
        if verbose or word == "FAILED" or (one.todo and one.passes):
            message = f": {one.message}" if one.message else ""
            yield f"{word}  {one.rule}  {one.name}{message}"
    for other in fired:
        yield f"FAILED  {other.text}"
    passed = sum(one.ok and not one.todo for one in results)
    todo = sum(one.todo for one in results)
    rules = number_of(len({one.rule for one in results}), "rule")
    known = f", {todo} todo" if todo else ""
    yield f"{passed} of {len(results) - todo} tests passed{known}, {rules}"
    if fired or (verbose and runs):
        yield f"{len(fired)} of {runs} runs on silent samples of other rules fired"


def _value(
    results: Sequence[TestResult], fired: Sequence[Fired], runs: int
) -> dict[str, Any]:
    return {
        "tests": len(results),
        "failed": sum(not one.ok for one in results),
        "todo": sum(one.todo for one in results),
        "results": [
            {
                "rule": one.rule,
                "test": one.name,
                "ok": one.ok,
                "todo": one.todo,
                "message": one.message,
                "seconds": round(one.seconds, 3),
            }
            for one in results
        ],
        "runs_on_other_samples": runs,
        "fired_on_other_samples": [
            {"rule": o.rule, "owner": o.owner, "test": o.test, "rows": o.rows}
            for o in fired
        ],
    }


def _junit(results: Sequence[TestResult], fired: Sequence[Fired]) -> str:
    cases = [
        (one.rule, one.name, one.message if not one.ok else "", one) for one in results
    ]
    failed = sum(bool(text) for _, _, text, _ in cases) + len(fired)
    count = len(cases) + len(fired)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="arcdiag rules test" tests="{count}" failures="{failed}">',
    ]
    for rule, name, text, one in cases:
        lines += _case(rule, name, text, one.message if one.todo else "", one.seconds)
    for other in fired:
        name = f"silent on '{other.test}' of {other.owner or 'an empty store'}"
        lines += _case(other.rule, name, other.text, "", 0.0)
    return "\n".join([*lines, "</testsuite>", ""])


def _case(
    rule: str, name: str, failure: str, skipped: str, seconds: float
) -> Iterator[str]:
    head = f"<testcase classname={_attribute(rule)} name={_attribute(name)}"
    head += f' time="{seconds:.3f}"'
    if not failure and not skipped:
        yield f"  {head}/>"
        return
    word, text = ("failure", failure) if failure else ("skipped", skipped)
    yield f"  {head}>"
    yield f"    <{word} message={_attribute(text)}>{_text(text)}</{word}>"
    yield "  </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_harmless(text))


def _text(text: str) -> str:
    return escape(_harmless(text))


def _harmless(text: str) -> str:
    """Return a text without what XML cannot hold or a terminal would act on."""
    from diag.text import show

    return show(text)


def write_times(console: Console, fmt: str, found: Sequence[Timing]) -> None:
    """Write how long the rules took, the slowest first.

    Args:
        console: Where to.
        fmt: `text` or `json`.
        found: The rules' times.
    """
    from diag.cli.listing import write_list

    slowest = sorted(found, key=lambda one: (-one.total, one.rule))
    rows = [("rule", "compile", "query", "evidence", "ms")]
    rows += [
        (one.rule, _ms(one.compile), _ms(one.query), _ms(one.evidence), "")
        for one in slowest
    ]
    values = [
        {
            "rule": one.rule,
            "compile_ms": round(one.compile, 2),
            "query_ms": round(one.query, 2),
            "evidence_ms": round(one.evidence, 2),
        }
        for one in slowest
    ]
    write_list(console, fmt, rows, values)


def _ms(value: float) -> str:
    return f"{value:8.1f}"
