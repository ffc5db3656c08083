"""`arcdiag rules new`: draft a rule from a line of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument("id", metavar="ID", help="id of the rule, such as MINE-NET-001")
    parser.add_argument(
        "--from",
        dest="line",
        metavar="LINE",
        default="",
        help="a line of a log, as it is; in quotes",
    )
    parser.add_argument(
        "--log",
        metavar="NAME",
        default="",
        help="the log that it is of; alone, a sample line of that log is taken",
    )
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        type=arguments.a_path,
        help="where the rule goes, instead of stdout; nothing is overwritten",
    )
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Write a rule that loads and lints, and passes its tests.

    Args:
        args: What was parsed.
        console: Where the rule goes without -o, and what comes next.

    Returns:
        `CLEAN`, or `USAGE` when a test of the draft fails.

    Raises:
        UsageError: ID can be no id, FILE exists, or the line is of no known log.
        DiagError: FILE cannot be written.
    """
    from diag import formats
    from diag.analyze.ruledraft import draft_rule
    from diag.cli.target import check_target, write_file
    from diag.engine.validate import RULE_ID

    if not RULE_ID.fullmatch(args.id) or not args.id[0].isalpha():
        hint = "take one such as MINE-NET-001"
        raise UsageError(f"'{args.id}' can be no id of a rule", where="ID", hint=hint)
    if not args.line.strip() and not args.log:
        hint = 'arcdiag rules new MINE-NET-001 --from "a line of a log"'
        raise UsageError("a line or a log is missing", hint=hint)
    if args.output:
        check_target(args.output, [])
        if args.output.exists():
            hint = "give another name to -o, or remove the file"
            where = str(args.output)
            raise UsageError("the file exists already", where=where, hint=hint)
    families = formats.load_families(args.parsers)
    draft = draft_rule(args.id, args.line, args.log, families)
    failed = [one for one in draft.results if not one.ok]
    if args.output:
        write_file(args.output, draft.text)
        console.lines([f"wrote {args.output}"])
        console.tell(
            "next: say in it what the line means and what helps, then: "
            f"arcdiag rules test {args.id} --rules {args.output}"
        )
    else:
        console.lines(draft.text.splitlines())
    if draft.others:
        console.tell(
            f"taken for a line of {draft.log}; lines of {', '.join(draft.others)} look "
            "the same: --log says which it is"
        )
    for one in failed:
        console.tell(f"the test '{one.name}' fails: {one.message}")
    return Exit.USAGE if failed else Exit.CLEAN
