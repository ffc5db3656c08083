"""`arcdiag check`: run the rules on logs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from diag.cli import arguments, reporting
from diag.cli.exits import Exit, of_diagnosis
from diag.errors import UsageError
from diag.model import Severity
from diag.text import show

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.cli.console import Console
    from diag.engine import RuleSet, Suppression
    from diag.model import Diagnosis
    from diag.report import Style

ALARMING = tuple(str(one) for one in Severity if one is not Severity.INFO)
STORE_SUFFIX = ".duckdb"


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    arguments.add_sources(parser)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="run only this rule, or those that ARC-HB-* means; "
        "may be given several times",
    )
    parser.add_argument(
        "--fail-on",
        default="high",
        type=arguments.one_of(*ALARMING),
        metavar="SEVERITY",
        help="exit code 3 from this severity on (critical, high, medium or low; "
        "default high), 4 for lower findings",
    )
    arguments.add_format(parser, *reporting.TRAVELLING)
    arguments.add_report_output(parser)
    reporting.add_arguments(parser)
    arguments.add_reading(parser)
    arguments.add_caching(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Load the sources, judge them, write the report.

    Args:
        args: What was parsed.
        console: Where the report goes.

    Returns:
        The exit code of what was found.

    Raises:
        DiagError: The command cannot be done.
    """
    from diag.cli.console import as_utf8
    from diag.cli.target import write_file
    from diag.report import Style

    prepared = reporting.prepare(args)
    shown = _shown(args, console, prepared)
    diagnosis = shown.diagnosis
    if args.output:
        style = Style(verbose=args.verbose, quiet=args.quiet)
        write_file(args.output, _rendered(shown, args.format, style))
    else:
        text = _rendered(shown, args.format, console.style())
        if args.format != "text":
            as_utf8(console)
        console.result(text)
    if tell_errors(diagnosis, console):
        return Exit.USAGE
    return of_diagnosis(diagnosis, Severity(args.fail_on))


def tell_errors(diagnosis: Diagnosis, console: Console) -> int:
    """Tell which rules are wrong and did not run; return how many errors there are."""
    for text in diagnosis.rule_errors:
        console.tell(f"arcdiag: {show(text)}")
    count = len(diagnosis.rule_errors)
    if count:
        number = "1 error" if count == 1 else f"{count:,} errors"
        console.tell(f"arcdiag: {number} in the rules; the others ran")
    return count


def judge(
    args: argparse.Namespace,
    loaded: Loaded,
    rules: RuleSet,
    suppressions: Sequence[Suppression],
) -> Diagnosis:
    """Run rules as the options say.

    Args:
        args: With now and experimental.
        loaded: The open store.
        rules: The rules.
        suppressions: What somebody wants silenced.
    """
    from diag import analyze

    return analyze.diagnose(
        loaded,
        rules,
        args.now.at if args.now else None,
        experimental=reporting.ran_experimental(args),
        suppressions=suppressions,
    )


def _shown(
    args: argparse.Namespace, console: Console, prepared: reporting.Prepared
) -> reporting.Shown:
    """Load the sources, run the rules on them, and prepare what the report shows."""
    from diag import engine
    from diag.cli.progress import Progress
    from diag.cli.scratch import scratch_in
    from diag.store.cache import default_folder

    with (
        scratch_in(args.tmp_dir),
        Progress(console, f"reading {named(args.sources)}") as progress,
    ):
        kept = None if args.no_cache else default_folder()
        rules = engine.load_rules(
            args.rules, args.only, kept, lenient=True, unlocked=args.unlocked
        )
        suppressions = engine.load_suppressions(args.suppress)
        with open_sources(args, cache=not args.no_cache) as loaded:
            progress.say(f"running {len(rules)} rules")
            diagnosis = judge(args, loaded, rules, suppressions)
            shown = reporting.show(args, prepared, loaded, rules, diagnosis)
            note = loaded.note
    if note and not console.quiet:
        console.tell(f"arcdiag: {show(note)}")
    return shown


def open_sources(
    args: argparse.Namespace, *, cache: bool = False, keep: Path | None = None
) -> Loaded:
    """Load the sources by the options that `check` and `load` share.

    Args:
        args: With sources, rules, parsers, zone and now.
        cache: Use the user's cache. A time that is another one at each run
            would only fill it, and is not cached.
        keep: Where the store is kept, for `load`.

    Raises:
        UsageError: An option says how to read what was read already.
    """
    from diag import analyze
    from diag.analyze.load import Options

    if any(source.suffix == STORE_SUFFIX for source in args.sources):
        for option, given in (("--zone", args.zone), ("--parsers", args.parsers)):
            if given:
                raise UsageError(
                    "a .duckdb file was read already, and is not read anew",
                    where=option,
                    hint="give the option to arcdiag load, or give the logs",
                )
    options = Options(
        zone=args.zone,
        now=args.now.at if args.now else None,
        parsers=tuple(args.parsers),
        rules=tuple(args.rules),
        lenient=True,
        unlocked=args.unlocked,
    )
    cache = cache and not (args.now and args.now.relative)
    return analyze.load(args.sources, options, cache=cache, keep=keep)


def named(sources: Sequence[Path]) -> str:
    """Return the sources in a few words."""
    return sources[0].name if len(sources) == 1 else f"{len(sources)} sources"


def _rendered(shown: reporting.Shown, fmt: str, style: Style) -> str:
    from diag.report import Format, render

    stream = io.StringIO()
    render(shown.diagnosis, Format(fmt), stream, style, shown.dossier)
    return stream.getvalue()
