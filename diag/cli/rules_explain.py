"""`arcdiag rules explain`: the SQL of a rule's queries, and how DuckDB runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from diag.cli.console import Console
    from diag.engine.compiled import CompiledRule
    from diag.kql import Query
    from diag.store import Store


LONGEST = 160  # characters of what a step of the plan does


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument("id", metavar="ID", help="the rule, such as ARC-HB-001")
    arguments.add_content(parser, "rules")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Show what a rule's queries become, and the plan of the main one.

    Args:
        args: What was parsed.
        console: Where it goes.

    Raises:
        UsageError: There is no such rule.
        RuleError: A query of it is wrong.
    """
    from diag import engine
    from diag.analyze.load import without_source

    rules = engine.load_rules(args.rules, [args.id], unlocked=args.unlocked)
    lines: list[str] = []
    with without_source() as store:
        for one in rules.compile(list(rules)):
            lines += _explained(one, store)
    console.lines(lines)
    return Exit.CLEAN


def _explained(one: CompiledRule, store: Store) -> Iterator[str]:
    yield f"-- {one.rule.id}: the query; columns: {_columns(one)}"
    yield from _sql(one.query)
    for word, bound in (("evidence", one.evidence), ("counter-check", one.counter)):
        if bound is not None:
            yield f"-- {word}, once for each finding"
            yield from _sql(bound.query)
    yield "-- the plan of the query, for an empty store"
    moment = one.rule.tests[0].as_of if one.rule.tests else store.collected()[0]
    if moment is None:
        return
    sql, params = one.query.bind({}, moment)
    for _, plan in store.query(f"EXPLAIN (FORMAT JSON) {sql}", params).rows:
        for node in json.loads(plan):
            yield from _plan(node, 0)


def _plan(node: dict[str, Any], depth: int) -> Iterator[str]:
    """Yield a step of the plan, and below it those that it takes its rows from."""
    extra = node.get("extra_info") or {}
    words = [
        f"{key}: {', '.join(value) if isinstance(value, list) else value}"
        for key, value in extra.items()
        if value and key != "Estimated Cardinality"
    ]
    text = " ".join("; ".join(words).split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    yield f"{'  ' * depth}{str(node.get('name', '')).strip()} {text}".rstrip()
    for child in node.get("children") or ():
        yield from _plan(child, depth + 1)


def _columns(one: CompiledRule) -> str:
    return ", ".join(f"{name}: {kind}" for name, kind in one.columns.items())


def _sql(query: Query) -> Iterator[str]:
    # One step to a line; texts of the query are bound, so no one of them is cut.
    yield from query.sql.replace("), _s", "),\n_s").split("\n")
    for name, value in query.bound.items():
        yield f"-- ${name} = {value!r}"
