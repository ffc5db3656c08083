"""`arcdiag diff`: what is different about the sick one of two machines."""

from __future__ import annotations

import copy
import io
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit, of_diagnosis
from diag.model import Severity

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.cli.console import Console
    from diag.model import Comparison, Diagnosis

MOST_SHOWN = 20


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    for name, about in (
        ("good", "the source that works: a zip, a folder, a log or a .duckdb file"),
        ("bad", "the source that does not"),
    ):
        parser.add_argument(
            name, metavar=name.upper(), type=arguments.a_path, help=about
        )
    parser.add_argument(
        "--most",
        type=int,
        default=MOST_SHOWN,
        metavar="N",
        help=f"how many differences the text shows (default {MOST_SHOWN}; 0: all)",
    )
    arguments.add_format(parser)
    arguments.add_report_output(parser)
    arguments.add_reading(parser)
    arguments.add_caching(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Load both sources, judge them, and write what differs.

    Args:
        args: What was parsed.
        console: Where the result goes.

    Returns:
        The exit code of what was found in the sick one.

    Raises:
        DiagError: A source cannot be read, or the command line is wrong.
    """
    from diag.cli.check import tell_errors
    from diag.cli.console import as_utf8
    from diag.cli.target import check_target, write_file
    from diag.report import Style

    if args.output:
        check_target(args.output, [args.good, args.bad])
    comparison = compared(args, console)
    if args.output:
        style = Style(verbose=args.verbose, quiet=args.quiet)
        write_file(args.output, _rendered(comparison, args, style))
    else:
        if args.format == "json":
            as_utf8(console)
        console.result(_rendered(comparison, args, console.style()))
    if tell_errors(comparison.bad, console):
        return Exit.USAGE
    return of_diagnosis(comparison.bad, Severity.HIGH)


def compared(args: argparse.Namespace, console: Console) -> Comparison:
    """Load, judge and compare the two sources."""
    from diag import engine
    from diag.analyze.comparison import compare
    from diag.cli.progress import Progress
    from diag.cli.scratch import scratch_in
    from diag.store.cache import default_folder

    kept = None if args.no_cache else default_folder()
    with (
        scratch_in(args.tmp_dir),
        Progress(console, f"reading {args.good.name}") as progress,
    ):
        rules = engine.load_rules(
            args.rules, (), kept, lenient=True, unlocked=args.unlocked
        )
        suppressions = engine.load_suppressions(args.suppress)

        def judged(source: Path) -> tuple[Loaded, Diagnosis]:
            from diag.cli.check import judge, open_sources

            own = copy.copy(args)
            own.sources = [source]
            loaded = open_sources(own, cache=not args.no_cache)
            return loaded, judge(own, loaded, rules, suppressions)

        good = judged(args.good)
        with good[0]:
            progress.say(f"reading {args.bad.name}")
            bad = judged(args.bad)
            with bad[0]:
                progress.say("comparing")
                return compare(good, bad)


def _rendered(comparison: Comparison, args: argparse.Namespace, style: object) -> str:
    from diag.report.comparison import as_json, write_text
    from diag.report.formats import Style

    if args.format == "json":
        return as_json(comparison)
    stream = io.StringIO()
    shown = style if isinstance(style, Style) else Style()
    write_text(comparison, stream, shown, most=args.most)
    return stream.getvalue()
