"""`arcdiag rules lint`: what is wrong with rule files, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.cli.listing import errors, with_source

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from diag.cli.console import Console
    from diag.engine import RuleSet
    from diag.engine.lint import Remark


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folders",
        metavar="DIR",
        nargs="*",
        type=arguments.a_path,
        help="folders, files or zips with rules, checked with the built-in ones; "
        "without any, the built-in ones alone",
    )
    parser.add_argument(
        "--strict", action="store_true", help="warnings count as errors"
    )
    arguments.add_content(parser, "parsers")
    arguments.add_format(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Load and compile all rules and list every error and warning with its place.

    Args:
        args: What was parsed.
        console: Where the list goes.

    Returns:
        `USAGE` when there is an error, or with --strict a warning; remarks are none.
    """
    from diag import engine, formats
    from diag.engine.lint import lint

    families = formats.load_families(args.parsers)
    # What was changed since it was locked can be looked at, too.
    rules = engine.load_rules(args.folders, lenient=True, unlocked=True)
    found = lint(rules, families)
    if args.format == "json":
        from diag.cli.console import as_utf8
        from diag.report.json import safe_json

        as_utf8(console)
        console.result(safe_json([_value(one) for one in found]))
    else:
        console.lines(_lines(rules, found))
    failed = any(args.strict or not one.warning for one in found)
    return Exit.USAGE if failed else Exit.CLEAN


def _lines(rules: RuleSet, found: Sequence[Remark]) -> Iterator[str]:
    # An error says what this remark says.
    remarks = [one for one in rules.remarks if not one.endswith("' is not used")]
    yield from (f"remark: {text}" for text in remarks)
    yield from with_source([str(one) for one in found], rules.texts)
    wrong = [str(one) for one in found if not one.warning]
    count = len(found) - len(wrong)
    told = "" if not count else ", 1 warning" if count == 1 else f", {count} warnings"
    if wrong:
        yield f"{errors(wrong)}{told}"
    else:
        yield f"{len(rules)} rules, no errors{told}"


def _value(one: Remark) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "rule": one.rule,
        "code": one.code,
        "severity": "warning" if one.warning else "error",
        "text": one.text,
    }
