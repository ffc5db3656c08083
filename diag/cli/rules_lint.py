"""`arcdiag rules lint`: what is wrong with rule files, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.cli.listing import errors, with_source
from diag.errors import RuleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator

    from diag.cli.console import Console
    from diag.engine import RuleSet


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folders",
        metavar="DIR",
        nargs="*",
        type=arguments.a_path,
        help="folders or files with rules, checked with the built-in ones; "
        "without any, the built-in ones alone",
    )
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Load and compile all rules and list every error with its place.

    Args:
        args: What was parsed.
        console: Where the list goes.

    Returns:
        `USAGE` when there is an error; remarks are none.
    """
    from diag import content, engine, formats

    families = formats.load_families(args.parsers)
    remarks: tuple[str, ...] = ()
    count = 0
    try:
        rules = engine.load_rules(args.folders)
        remarks, count = rules.remarks, len(rules)
        wrong = list(_unknown_logs(rules, families))
        wrong += _query_errors(rules)
    except RuleError as error:
        wrong = _listed(error)
    texts = dict(content.yaml_files("rules", args.folders)) if wrong else {}
    lines = [f"remark: {text}" for text in remarks]
    verdict = errors(wrong) if wrong else f"{count} rules, no errors"
    console.lines([*lines, *with_source(wrong, texts), verdict])
    return Exit.USAGE if wrong else Exit.CLEAN


def _unknown_logs(rules: RuleSet, families: Collection[str]) -> Iterator[str]:
    """Yield logs that do not exist: such a rule would never be judged."""
    from diag.cli.arguments import nearest

    for rule in rules:
        for key, logs in (
            ("requiredLogs", rule.required_logs),
            ("requiredAnyLog", rule.required_any_log),
        ):
            for log in logs:
                if log not in families:
                    place = rules.place(rule, key)
                    yield f"{place}: there is no log '{log}'{nearest(log, families)}"


def _query_errors(rules: RuleSet) -> list[str]:
    try:
        rules.compile(list(rules))
    except RuleError as error:
        return _listed(error)
    return []


def _listed(error: RuleError) -> list[str]:
    """Return the errors in an error, without the line that counts them."""
    first, *others = error.text.splitlines()
    return others or [str(error) if error.where else first]
