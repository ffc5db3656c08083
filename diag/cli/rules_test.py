"""`arcdiag rules test`: run the tests that stand inside the rules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    from diag.cli.console import Console


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "ids", metavar="ID", nargs="*", help="rules to test; all without any"
    )
    parser.add_argument(
        "--mutate",
        action="store_true",
        help="change each rule in every small way, and list what no test notices",
    )
    parser.add_argument(
        "--at-least",
        metavar="PERCENT",
        type=_percent,
        default=95.0,
        help="share of the changes that has to be noticed (default: 95)",
    )
    arguments.add_content(parser, "rules", "parsers")
    arguments.add_format(parser)
    arguments.add_telling(parser)


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:  # noqa: PLR2004 - percent
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 0 to 100")
    return value


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Run the tests; a line for each that fails, and a summary.

    Args:
        args: What was parsed.
        console: Where the lines go. With -v each test has one.

    Returns:
        `USAGE` when a test fails.
    """
    from diag import engine, formats
    from diag.analyze.trial import Samples, run_tests
    from diag.cli.progress import Progress

    rules = engine.load_rules(args.rules, unlocked=args.unlocked)
    chosen = engine.load_rules(args.rules, args.ids, unlocked=args.unlocked)
    families = formats.load_families(args.parsers)
    if args.mutate:
        from diag.cli.rules_mutate import mutate_rules

        return mutate_rules(args, console, rules, list(chosen), families)
    results = []
    with (
        Samples(families) as samples,
        Progress(console, "running the rules' tests") as progress,
    ):
        for rule in chosen:
            progress.say(f"testing {rule.id}")
            results += run_tests(rule, rules, samples=samples)
    failed = [one for one in results if not one.ok]
    lines = [
        f"{'ok' if one.ok else 'FAILED'}  {one.rule}  {one.name}"
        f"{': ' if one.message else ''}{one.message}"
        for one in (results if args.verbose else failed)
    ]
    summary = f"{len(results) - len(failed)} of {len(results)} tests passed"
    lines.append(f"{summary}, {len(chosen)} rules")
    console.lines(lines)
    return Exit.USAGE if failed else Exit.CLEAN
