"""`arcdiag watch --inbox DIR`: check bundles as they come, with reports beside them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from diag.cli.flag import Flag
from diag.errors import DiagError, UsageError
from diag.text import show

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from diag.cli.arguments import Parser
    from diag.cli.console import Console
    from diag.watch.clocks import Bell
    from diag.watch.inbox import Inbox
    from diag.watch.inboxevents import Arrivals
    from diag.watch.inboxstate import Entry

SETTLE = 5.0  # seconds
LONGEST = 3600.0
SHORTEST = 0.05
SLICE = 0.5  # until a signal is noticed
POLL = 5.0  # seconds between two looks when the system tells what happens
PATIENCE = 10  # settling times that --once waits for what still grows


def add_options(parser: Parser) -> None:
    """Declare the options of this way."""
    from diag.cli.arguments import a_path

    parser.add_argument(
        "--inbox",
        type=a_path,
        metavar="DIR",
        help="check each bundle that is dropped into DIR, or into a folder in it, and "
        "write a report beside it and a page about all of them",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="with --inbox: check what is there, and end with the exit code of the "
        "worst of them",
    )
    parser.add_argument(
        "--settle",
        type=_seconds,
        default=SETTLE,
        metavar="SECONDS",
        help="with --inbox: how long a bundle must not have changed (default 5)",
    )


def _seconds(text: str) -> float:
    import argparse

    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= LONGEST:
        raise argparse.ArgumentTypeError(f"'{text}' is no time: 0 to 3600 seconds")
    return found


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Watch the inbox until SIGTERM or Ctrl-C, or once.

    Args:
        args: What was parsed.
        console: A line for each bundle goes to stdout.

    Returns:
        `CLEAN`, `INTERRUPTED` after Ctrl-C, or with --once the code of the worst
        bundle.

    Raises:
        UsageError: There is no such folder, or another process watches it.
        DiagError: It cannot be listed or written to, or the state not be kept.
    """
    root: Path = args.inbox
    if args.folder is not None:
        raise UsageError("--inbox takes the folder itself", where=str(args.folder))
    for option, given in (
        ("--root", args.root),
        ("--status", args.status),
        ("--syslog", args.syslog),
        ("--eventlog", args.eventlog),
        ("--exec", args.hook),
    ):
        if given:
            raise UsageError("it is not for --inbox", where=option)
    if not root.is_dir():
        raise UsageError("there is no such folder", where=str(root))
    wrong = _rules_that_are_wrong(args, console)
    from diag.cli.scratch import scratch_in
    from diag.store.cache import state_folder
    from diag.watch.inboxstate import place_of

    place = args.state or place_of(root, state_folder())
    with _alone(root, place), scratch_in(args.tmp_dir), Flag() as ended:
        inbox = _opened(args, console, place, ended)
        code = _watch(args, console, inbox, ended)
    if signal.SIGINT in ended.seen:
        return Exit.INTERRUPTED
    return Exit.USAGE if wrong and args.once else code


def _rules_that_are_wrong(args: argparse.Namespace, console: Console) -> int:
    """Read the rules once: a wrong option is told before anything is checked."""
    from diag import engine
    from diag.store.cache import default_folder

    engine.load_suppressions(args.suppress)
    rules = engine.load_rules(
        args.rules, (), default_folder(), lenient=True, unlocked=args.unlocked
    )
    for text in rules.errors:
        console.tell(f"arcdiag: {show(text)}")
    return len(rules.errors)


@contextlib.contextmanager
def _alone(root: Path, place: Path) -> Iterator[None]:
    from diag.packing.lock import lock

    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(place.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _no_state(place, error) from error
    try:
        if not lock(number):
            hint = "end the other one first"
            said = "another arcdiag watches this inbox"
            raise UsageError(said, where=str(root), hint=hint)
        yield
    finally:
        os.close(number)


def _no_state(place: Path, error: OSError) -> DiagError:
    return DiagError(
        f"what was checked cannot be kept: {error.strerror or error}",
        where=str(place),
        hint="name another file with --state, or set ARCDIAG_STATE_DIR",
    )


def _opened(
    args: argparse.Namespace, console: Console, place: Path, ended: Flag
) -> Inbox:
    from diag.cli.inboxchild import check_apart, failed
    from diag.watch.inbox import Inbox, Ways
    from diag.watch.inboxstate import DamagedError, State, read_state

    def warn(text: str) -> None:
        console.tell(f"arcdiag: {show(text)}")

    try:
        state = read_state(place)
    except DamagedError as error:
        warn(f"{place}: what was kept is not used ({error}); all is checked anew")
        with contextlib.suppress(OSError):
            place.replace(place.with_suffix(".damaged"))
        state = State()
    ways = Ways(
        check=lambda folder, name: check_apart(args.given, folder, name, ended),
        failed=failed,
        told=lambda name, entry: _tell(args, console, name, entry),
        warn=warn,
        ended=lambda: bool(ended),
    )
    return Inbox(args.inbox, place, state, ways)


def _watch(
    args: argparse.Namespace, console: Console, inbox: Inbox, ended: Flag
) -> Exit:
    from diag.watch.clocks import Bell
    from diag.watch.inboxevents import Arrivals, events

    bell, poll = Bell(), args.poll or POLL
    arrivals = Arrivals(args.inbox, bell)
    with events(args.inbox, arrivals) as without:
        if without and not console.quiet:
            console.tell(f"arcdiag: looking every {poll:g} s: {show(without)}")
        _round(args, inbox, arrivals, strict=True)
        if not console.quiet and not args.once:
            console.tell(f"arcdiag: watching {show(str(args.inbox))}; Ctrl-C ends it")
        looks = 0
        while not ended and not (args.once and _all_done(inbox, looks)):
            step = max(args.settle / 4, SHORTEST)
            _wait(bell, min(step, poll) if inbox.waiting else poll, ended)
            looks += 1
            if not ended:
                _round(args, inbox, arrivals, strict=args.once)
    return _code(inbox, console) if args.once else Exit.CLEAN


def _all_done(inbox: Inbox, looks: int) -> bool:
    return not inbox.waiting or looks > PATIENCE * 4


def _wait(bell: Bell, seconds: float, ended: Flag) -> None:
    """Wait for an event, the end of the time, or a signal, which can ring no bell."""
    until = time.monotonic() + seconds
    while not ended and not bell.wait(min(SLICE, max(until - time.monotonic(), 0))):
        if time.monotonic() >= until:
            return


def _round(
    args: argparse.Namespace, inbox: Inbox, arrivals: Arrivals, *, strict: bool
) -> None:
    """Look once. A folder that is gone for a while is no reason to end."""
    try:
        inbox.round(args.settle, arrivals.landed())
    except OSError as error:
        if strict:
            where = str(error.filename or args.inbox)
            raise DiagError(str(error.strerror or error), where=where) from error
        inbox.lost(error)


def _code(inbox: Inbox, console: Console) -> Exit:
    """Return the exit code of the worst bundle, or of what is not done."""
    from diag.watch.inboxstate import Verdict

    for name in inbox.waiting:
        console.tell(f"arcdiag: {show(name)}: left for the next time; it still changes")
    codes = {
        Verdict.CRITICAL: Exit.ALARM,
        Verdict.HIGH: Exit.ALARM,
        Verdict.FAILED: Exit.TOOL_ERROR,
        Verdict.MEDIUM: Exit.LOWER,
        Verdict.LOW: Exit.LOWER,
        Verdict.PARTIAL: Exit.PARTIAL,
        Verdict.CLEAN: Exit.CLEAN,
    }
    found = list(inbox.verdicts)
    if inbox.trouble:
        found.append(Verdict.FAILED)
    elif inbox.waiting:
        found.append(Verdict.PARTIAL)
    return codes[min(found, key=lambda one: one.rank, default=Verdict.CLEAN)]


def _tell(args: argparse.Namespace, console: Console, name: str, entry: Entry) -> None:
    """Write a line about a bundle: for people, or one of JSON."""
    if args.format == "json":
        line = {
            "bundle": name.encode("utf-8", "replace").decode(),
            "sha256": entry.sha256,
            "verdict": str(entry.verdict),
            "machines": entry.machines,
            "counts": entry.counts,
            "said": entry.said,
            "reports": list(entry.reports),
        }
        console.result(f"{json.dumps(line)}\n")
        return
    from diag.watch.inboxpage import WORDS, counted

    machines = f"  {', '.join(entry.machines)}" if entry.machines else ""
    said = counted(entry.counts) or entry.said
    row = f"{WORDS[entry.verdict]:<13}  {name}{machines}  {said}".rstrip()
    style = console.style()
    if style.terminal and not style.verbose and len(row) > style.width:
        row = f"{row[: style.width - 1]}…"
    console.lines([row])
