"""`arcdiag watch [DIR]`: follow the logs of this server."""

from __future__ import annotations

import os
import platform
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.cli.watching import judge_of, ways_of
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from diag.cli.console import Console
    from diag.watch.clocks import Bell, Clock
    from diag.watch.hook import Hook
    from diag.watch.places import Listing

WINDOW = 1 << 19  # bytes of each log that a judgement reads, and up to twice that


def add_options(parser: arguments.Parser) -> None:
    """Declare the options of this way."""
    add = parser.add_argument
    add("--root", metavar="DIR", help="the agent's folders below DIR, not the system's")
    add(
        "--poll",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="look at the files so often, where no events arrive (network drives)",
    )
    add(
        "--forget",
        type=_span,
        default=timedelta(hours=24),
        metavar="SPAN",
        help="a finding of which nothing came for so long is cleared (default 24h; 0: "
        "never)",
    )
    path = arguments.a_path
    add("--state", type=path, metavar="FILE", help="where what is open is kept")
    add(
        "--status",
        type=path,
        metavar="FILE",
        help="what is open, for monitoring (JSON)",
    )
    add(
        "--syslog",
        nargs="?",
        const="/dev/log",
        metavar="ADDRESS",
        help="tell the system's log, too, or the server host:port",
    )
    add("--eventlog", action="store_true", help="tell the event log of Windows, too")
    add(
        "--exec",
        metavar="CMD",
        dest="hook",
        help="run this for each finding, which it gets as JSON on its input; no shell",
    )


def _seconds(text: str) -> float:
    import argparse

    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 3600:  # noqa: PLR2004 - said in the message
        raise argparse.ArgumentTypeError(f"'{text}' is not 0.1 to 3600 seconds")
    return found


def _span(text: str) -> timedelta:
    import argparse

    from diag.cli.moment import DURATION, PART, UNITS

    if text == "0":
        return timedelta(0)
    if DURATION.fullmatch(text) is None or text.startswith("-"):
        raise argparse.ArgumentTypeError(f"'{text}' is no span such as 24h or 3d")
    parts = PART.findall(text)
    return sum((int(count) * UNITS[unit] for count, unit in parts), timedelta(0))


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Watch until SIGTERM or Ctrl-C.

    Args:
        args: What was parsed.
        console: Where findings and messages go.

    Returns:
        `CLEAN` when it was told to end, `INTERRUPTED` after Ctrl-C.

    Raises:
        DiagError: It cannot begin.
    """
    from diag.watch.memory import load_duckdb

    load_duckdb()  # before anything else does
    from diag.cli.scratch import scratch_in
    from diag.watch.clocks import Bell, SystemClock
    from diag.watch.state import StateFile

    if args.now is not None:
        raise UsageError("a watch judges as of now", where="--now")
    if args.folder is not None and args.root is not None:
        raise UsageError("give DIR or --root DIR, not both", where="watch")
    bell = Bell()
    received: list[int] = []
    state = StateFile(args.state or _state_path(args))
    with scratch_in(args.tmp_dir), _Signals(bell, received):
        try:
            _run(args, console, bell, SystemClock(), state)
        finally:
            state.close()
    return Exit.INTERRUPTED if signal.SIGINT in received else Exit.CLEAN


class _Signals:
    """Lets SIGTERM and Ctrl-C end the watch after what it does just now."""

    def __init__(self, bell: Bell, received: list[int]) -> None:
        self._bell = bell
        self._received = received
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._end)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _end(self, number: int, _frame: object) -> None:
        self._received.append(number)
        self._bell.stop()


def _run(
    args: argparse.Namespace,
    console: Console,
    bell: Bell,
    clock: Clock,
    state: object,
) -> None:
    from diag.report.json import finding_value
    from diag.watch.follow import Follower
    from diag.watch.ledger import Ledger
    from diag.watch.live import Ends, Live
    from diag.watch.loop import Watch
    from diag.watch.pace import Allowance
    from diag.watch.state import StateFile
    from diag.watch.telling import Telling

    assert isinstance(state, StateFile)  # noqa: S101 - made by execute
    listing = _listing(args)
    judge = judge_of(args, console, listing.label, listing.zone)
    say = _saying(console)
    hook = _hook(args, clock, say)
    ways = ways_of(args, console, hook)
    telling = Telling(ways, say, state)
    follower = Follower(listing, judge.families, args.zone, WINDOW)
    ledger = Ledger(finding_value, args.forget)
    watch = Watch(clock, follower, judge, ledger, Allowance(clock), telling)
    telling.ledger, telling.last = ledger, watch.kept
    if not console.quiet:
        say(f"watching {_words(args)}; Ctrl-C ends it")
    ends = Ends(
        *(bell, args.poll, args.status, hook),
        gone=lambda: console.gone and len(ways) == 1,
    )
    Live(watch, telling, ends).run(state.read())


def _words(args: argparse.Namespace) -> str:
    if args.folder is not None:
        return str(args.folder)
    below = f" below {args.root}" if args.root else ""
    return f"the agent's folders{below}"


def _saying(console: Console) -> Callable[[str], None]:
    return lambda text: console.tell(f"arcdiag: {text}")


def _listing(args: argparse.Namespace) -> Listing:
    from diag.cli.collectplan import plan_data
    from diag.collect import plan_of
    from diag.watch.places import FolderListing, SystemListing

    plan = plan_of(plan_data(args.parsers))
    if args.folder is not None:
        return FolderListing(args.folder, plan.never)
    return SystemListing(plan, args.root or "", platform.node() or "this machine")


def _hook(
    args: argparse.Namespace, clock: Clock, say: Callable[[str], None]
) -> Hook | None:
    from diag.report.json import safe_line

    if not args.hook:
        return None
    from diag.watch.hook import Hook

    return Hook(args.hook, clock, safe_line, say)


def _state_path(args: argparse.Namespace) -> Path:
    """Return where the state of this watch lies: one for each place."""
    import hashlib

    from diag.store.cache import state_folder

    place = args.folder or args.root or ""
    name = os.path.abspath(place) if place else "system"  # noqa: PTH100 - may be a text
    return (
        state_folder() / f"watch-{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"
    )
