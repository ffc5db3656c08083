"""`arcdiag load`: keep the parsed logs and the findings as a DuckDB file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.check import STORE_SUFFIX, judge, named, open_sources, tell_errors
from diag.cli.exits import Exit
from diag.errors import StoreError, UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from diag.cli.console import Console
    from diag.model import Diagnosis


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    arguments.add_sources(parser)
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=arguments.a_path,
        metavar="FILE",
        help="the DuckDB file; its name ends in .duckdb",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the file if it exists"
    )
    arguments.add_reading(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Load the sources into a file, judge them, and store the findings in it, too.

    Args:
        args: What was parsed.
        console: Where a line about the file goes.

    Returns:
        `PARTIAL` when something could not be read, else `CLEAN`: whether a
        finding is an alarm is a matter of `check`.

    Raises:
        DiagError: The command cannot be done.
    """
    from diag.report.gather import all_problems
    from diag.report.kinds import gaps
    from diag.text import show

    _check(args)
    diagnosis = _load(args, console)
    unread = gaps(all_problems(diagnosis))
    if not args.quiet:
        lines = sum(one.lines for one in diagnosis.files)
        account = f"{len(diagnosis.files):,} files, {lines:,} lines"
        found = f"{len(diagnosis.findings):,} findings"
        console.lines([f"{args.output}: {account}, {found}"])
    for one in unread:
        console.tell(f"arcdiag: {show(one.file or 'rules')}: {show(one.text)}")
    if tell_errors(diagnosis, console):
        return Exit.USAGE
    return Exit.PARTIAL if unread else Exit.CLEAN


def _check(args: argparse.Namespace) -> None:
    from diag.cli.target import check_target

    for source in args.sources:
        if source.suffix == STORE_SUFFIX:
            text = "it is a store already; copy it, or load the logs it was made from"
            raise UsageError(text, where=str(source))
    where = str(args.output)
    if args.output.suffix != STORE_SUFFIX:
        hint = f"such as {args.output.stem}{STORE_SUFFIX}"
        text = f"the file's name has to end in {STORE_SUFFIX}"
        raise UsageError(text, where=where, hint=hint)
    check_target(args.output, args.sources)
    if args.output.exists() and not args.force:
        hint = "give another name, or --force to replace it"
        raise UsageError("the file exists", where=where, hint=hint)


def _load(args: argparse.Namespace, console: Console) -> Diagnosis:
    """Make the whole store under a temporary name, then give it its own."""
    from diag import engine
    from diag.cli.progress import Progress
    from diag.cli.scratch import scratch_in
    from diag.cli.target import beside
    from diag.store import leftover
    from diag.store.record import record_findings

    leftover.remove_old(args.output)
    spare: Path = beside(args.output)
    with (
        scratch_in(args.tmp_dir),
        Progress(console, f"reading {named(args.sources)}") as progress,
    ):
        rules = engine.load_rules(args.rules, lenient=True, unlocked=args.unlocked)
        suppressions = engine.load_suppressions(args.suppress)
        try:
            with open_sources(args, keep=spare) as loaded:
                progress.say(f"running {len(rules)} rules")
                diagnosis = judge(args, loaded, rules, suppressions)
            record_findings(spare, diagnosis)
            _name(spare, args.output)
        except BaseException:
            leftover.remove(spare)
            raise
    return diagnosis


def _name(spare: Path, target: Path) -> None:
    try:
        spare.replace(target)
    except OSError as error:
        raise StoreError(
            f"the store could not get its name: {error.strerror}",
            where=str(target),
            hint="close programs that have the old file open",
        ) from error
