"""`arcdiag collect`: gather logs and state of this machine into a bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.collect.told import Told

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.cli.progress import Progress


class _Shown(Told):
    """Passes what is being done on to the line of progress."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress = progress
        self._console = console
        self._share = ""

    def say(self, what: str) -> None:
        """Show it."""
        self._progress.say(f"{self._share}{what}")

    def at(self, done: int, whole: int) -> None:
        """Take how much was read."""
        self._share = f"{done * 100 // whole if whole else 100} % "

    def kept(self, text: str) -> None:
        """Say what is left."""
        self._console.tell(f"arcdiag: {text}")


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    from diag.collect.options import add_options

    add_options(parser)
    parser.add_argument(
        "--write-pyz",
        type=arguments.a_path,
        metavar="FILE",
        help="collect nothing, but write a collector that is one file and needs "
        "nothing but a Python of 3.6 or newer",
    )
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Collect, and say what is there, what is not, and what to do next.

    Args:
        args: What was parsed.
        console: Where the last words go; a dry run's table goes to stdout.

    Returns:
        `PARTIAL` when something was there and could not be taken.

    Raises:
        DiagError: The command cannot be done.
    """
    from diag.cli.collectplan import baked_data
    from diag.cli.console import is_terminal
    from diag.cli.progress import Progress
    from diag.collect import plan_of
    from diag.collect.front import finish_left, run
    from diag.collect.options import options_of

    if args.write_pyz is not None:
        return _write_onefile(args, console)
    if args.recover:
        result = finish_left(args.recover)
        console.tell("\n".join(result.lines))
        return Exit(result.code)
    options = options_of(args, terminal=is_terminal(console.err))
    baked = baked_data(args.parsers)
    plan = plan_of(baked["plan"])
    if options.dry_run:
        from diag.collect.preview import preview, preview_lines

        data = preview(plan, options)
        text = [json.dumps(data, indent=1)] if args.json else preview_lines(data)
        console.lines("\n".join(text).split("\n"))
        return Exit.CLEAN
    with Progress(console, "collecting") as progress:
        result = run(plan, options, baked, _Shown(progress, console))
    if result.code or not args.quiet:
        console.tell("\n".join(result.lines))
    return Exit(result.code)


def _write_onefile(args: argparse.Namespace, console: Console) -> Exit:
    from diag.cli.collectplan import baked_data
    from diag.cli.onefile import write_onefile
    from diag.cli.target import check_target

    target = args.write_pyz
    check_target(target, ())
    size = write_onefile(target, baked_data(args.parsers))
    console.tell(f"wrote {target} ({size:,} bytes); on the server: python3 {target}")
    return Exit.CLEAN
