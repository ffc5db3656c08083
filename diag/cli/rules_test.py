"""`arcdiag rules test`: run the tests that stand inside the rules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.cli.console import Console
    from diag.engine import RuleSet
    from diag.engine.rule import Rule
    from diag.formats import Families


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
        "--profile",
        action="store_true",
        help="measure each rule on its samples: compiling, asking, telling",
    )
    parser.add_argument(
        "--at-least",
        metavar="PERCENT",
        type=_percent,
        default=95.0,
        help="share of the changes that has to be noticed (default: 95)",
    )
    arguments.add_content(parser, "rules", "parsers")
    arguments.add_format(parser, "junit")
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

    The rules are also run on the silent samples of one another, and on an empty
    store: where one fires, it is told.

    Args:
        args: What was parsed.
        console: Where the lines go. With -v each test has one.

    Returns:
        `USAGE` when a test fails, or a rule fires on another's silent sample.
    """
    from diag import engine, formats
    from diag.analyze.crosscheck import cross_check
    from diag.analyze.trial import Samples, run_tests
    from diag.cli.progress import Progress
    from diag.cli.rules_results import write_results

    rules = engine.load_rules(args.rules, unlocked=args.unlocked)
    chosen = engine.load_rules(args.rules, args.ids, unlocked=args.unlocked)
    families = formats.load_families(args.parsers)
    if args.mutate:
        from diag.cli.rules_mutate import mutate_rules

        return mutate_rules(args, console, rules, list(chosen), families)
    if args.profile:
        return _profile(args, console, rules, list(chosen), families)
    results = []
    with (
        Samples(families) as samples,
        Progress(console, "running the rules' tests") as progress,
    ):
        for rule in chosen:
            progress.say(f"testing {rule.id}")
            results += run_tests(rule, rules, samples=samples)
        fired, runs = cross_check(
            rules,
            list(chosen),
            samples,
            lambda name: progress.say(f"all rules on the silent samples of {name}"),
        )
    failed = any(not one.ok for one in results) or bool(fired)
    write_results(console, args.format, results, fired, runs, verbose=args.verbose)
    return Exit.USAGE if failed else Exit.CLEAN


def _profile(
    args: argparse.Namespace,
    console: Console,
    rules: RuleSet,
    chosen: list[Rule],
    families: Families,
) -> Exit:
    from diag.analyze.timing import profile
    from diag.analyze.trial import Samples
    from diag.cli.progress import Progress
    from diag.cli.rules_results import write_times

    if args.format == "junit":
        hint = "give --format text or json"
        raise UsageError("times are no tests", where="--format", hint=hint)
    # What is loaded with the first query is no part of any rule.
    rules.compile(chosen[:1])
    with (
        Samples(families) as samples,
        Progress(console, "measuring the rules") as progress,
    ):
        found = []
        for rule in chosen:
            progress.say(f"measuring {rule.id}")
            found.append(profile(rules, rule, samples))
    write_times(console, args.format, found)
    return Exit.CLEAN
