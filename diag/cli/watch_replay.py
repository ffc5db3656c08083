"""`arcdiag watch --replay SOURCE`: recorded logs go the way of live ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.cli.exits import Exit

FASTEST = "max"


def add_options(parser: arguments.Parser) -> None:
    """Declare the options of this way."""
    parser.add_argument(
        "--replay",
        metavar="SOURCE",
        type=arguments.a_path,
        help="play recorded logs (zip, folder or file) as if they came now; ends with "
        "the JSON of 'arcdiag check SOURCE'",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=0.0,
        metavar="N",
        help="how many times as fast as it was, or max (default)",
    )


def _speed(text: str) -> float:
    import argparse

    if text == FASTEST:
        return 0.0
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is neither a number nor max")
    return found


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Play the recording; findings as they come up, then the report.

    Args:
        args: What was parsed.
        console: Where they go.

    Returns:
        That of `check`.

    Raises:
        DiagError: The source cannot be read.
    """
    from diag.cli.check import tell_errors
    from diag.cli.console import as_utf8
    from diag.cli.exits import Exit, of_diagnosis
    from diag.cli.scratch import scratch_in
    from diag.cli.watching import judge_of, ways_of
    from diag.errors import UsageError
    from diag.model import Severity
    from diag.report.json import as_json, finding_value
    from diag.watch.clocks import Bell
    from diag.watch.replay import Play, replay
    from diag.watch.telling import Telling

    if args.folder is not None:
        text = f"'{args.folder}' is not followed while a recording is played"
        raise UsageError(text, where="watch", hint="give either DIR or --replay SOURCE")
    if args.replay.suffix == ".duckdb":
        text = "a store holds no lines that could be played"
        raise UsageError(text, where="--replay", hint="give the logs it was made from")
    as_utf8(console)
    with scratch_in(args.tmp_dir):
        judge = judge_of(args, console, "", "")
        ways = () if console.quiet else ways_of(args, console)
        telling = Telling(ways, lambda text: console.tell(f"arcdiag: {text}"))
        now = args.now.at if args.now else None
        play = Play(args.replay, args.speed, now)
        found = replay(play, judge, telling, Bell(), finding_value)
    console.result(as_json(found))
    if tell_errors(found, console):
        return Exit.USAGE
    return of_diagnosis(found, Severity.HIGH)
