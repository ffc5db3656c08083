"""`arcdiag triage`: look through a case on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from diag.cli.console import Console
    from diag.engine import RuleSet, Suppression
    from diag.tui.case import Wanted


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    arguments.add_sources(parser)
    parser.add_argument(
        "--against",
        type=arguments.a_path,
        metavar="GOOD",
        help="a source that works, to compare with: a zip, a folder, a log or a "
        ".duckdb file",
    )
    parser.add_argument(
        "--config",
        type=arguments.a_path,
        metavar="FILE",
        help="settings (TOML), such as other keys; ARCDIAG_CONFIG names it, too",
    )
    arguments.add_reading(parser)
    arguments.add_caching(parser)
    parser.add_argument(
        "--ascii",
        action="store_true",
        help="draw the timeline without block characters",
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="show the screens in a browser on this machine, at an address with a "
        "secret in it, instead of on the terminal",
    )
    parser.add_argument(
        "--port",
        type=arguments.a_port,
        metavar="N",
        help="the port for --serve (default 0: any that is free)",
    )
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Open the screens; returns when they are left.

    Args:
        args: What was parsed.
        console: For messages before and after.

    Returns:
        `CLEAN`.

    Raises:
        UsageError: There is no terminal, or the settings are wrong.
        DiagError: The sources cannot be opened.
    """
    import os

    # A key is shown with the next two pictures: the list, then what stands around it.
    # At 60 a second that alone takes up to 33 ms. Nothing is drawn without a change.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from diag.cli.config import triage_keys
    from diag.cli.serving import is_served, serve

    keys = triage_keys(args.config)
    served = is_served()
    if not served and args.port is not None and not args.serve:
        raise UsageError("--port is for --serve", where="triage")
    if args.serve and not served:
        return serve(args, console)
    if not served:
        _check_terminal()
    _check_colour(console)
    _run(args, keys, served=served)
    return Exit.CLEAN


def _run(args: argparse.Namespace, keys: Mapping[str, str], *, served: bool) -> None:
    import gc

    from diag.cli.scratch import scratch_in

    # Nothing that is made on the way to the first screen is garbage.
    gc.disable()
    try:
        from diag.tui.app import TriageApp
        from diag.tui.terminal import leave_on_signals, watch_terminal

        with scratch_in(args.tmp_dir):
            app = TriageApp(_wanted(args), keys)
            if not served:
                watch_terminal(app)
                leave_on_signals(app)
            app.run()
    finally:
        gc.enable()
    if app.failure is not None:
        raise app.failure


def _wanted(args: argparse.Namespace) -> Wanted:
    from diag.store.cache import default_folder
    from diag.store.options import Options
    from diag.tui.case import Wanted

    kept = None if args.no_cache else default_folder()
    now = args.now.at if args.now else None
    return Wanted(
        sources=args.sources,
        options=Options(
            zone=args.zone,
            now=now,
            parsers=tuple(args.parsers),
            rules=tuple(args.rules),
            lenient=True,
            unlocked=args.unlocked,
        ),
        rules=lambda: _rules(args, kept),
        suppressions=_suppressions(args),
        now=now,
        experimental=args.experimental,
        cache=not args.no_cache,
        against=args.against,
        kept=kept,
        ascii=args.ascii,
    )


def _rules(args: argparse.Namespace, kept: Path | None) -> RuleSet:
    from diag import engine

    return engine.load_rules(args.rules, (), kept, lenient=True, unlocked=args.unlocked)


def _suppressions(args: argparse.Namespace) -> tuple[Suppression, ...]:
    """Read what is silenced; the engine is loaded only if there is something."""
    if not args.suppress:
        return ()
    from diag import engine

    return engine.load_suppressions(args.suppress)


def _check_colour(console: Console) -> None:
    """Let --no-color mean to the screens what NO_COLOR does."""
    import os

    if console.plain:
        os.environ["NO_COLOR"] = "1"


def _check_terminal() -> None:
    """Raise UsageError unless somebody can look at screens and press keys."""
    import os
    import sys

    there = sys.stdin.isatty() and sys.stdout.isatty()
    if not there or os.environ.get("TERM") == "dumb":
        hint = "arcdiag check SOURCE writes the same as text; --serve needs a browser"
        raise UsageError("triage needs a terminal", hint=hint)
