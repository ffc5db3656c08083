"""What the ways to watch share: who judges, and where findings are told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from diag.cli.console import Console
    from diag.watch.hook import Hook
    from diag.watch.judging import Judge
    from diag.watch.telling import Way

JOURNAL = "JOURNAL_STREAM"  # device and number of what the journal reads


def judge_of(
    args: argparse.Namespace, console: Console, label: str, zone: str
) -> Judge:
    """Return what judges by the options that `check` has, too.

    Args:
        args: With rules, parsers, zone, suppress and experimental.
        console: Is told what is wrong with rules.
        label: What the source is called.
        zone: That of the machine, if it is known.
    """
    from diag import engine
    from diag.analyze.load import Options
    from diag.store.cache import default_folder
    from diag.watch.judging import Judge, Settings, prepare

    options = Options(
        zone=args.zone or zone,
        now=args.now.at if args.now else None,
        parsers=tuple(args.parsers),
        rules=tuple(args.rules),
        lenient=True,
        unlocked=args.unlocked,
    )
    suppressions = engine.load_suppressions(args.suppress)
    kept, unlocked = default_folder(), args.unlocked
    settings = Settings(
        *(options, args.experimental, suppressions, kept), secrets=args.no_redact
    )
    rules = prepare(
        lambda: engine.load_rules(
            args.rules, (), kept, lenient=True, unlocked=unlocked
        ),
        settings,
    )
    judge = Judge(rules, settings, label)
    for text in (*rules.errors, *judge.errors):
        console.tell(f"arcdiag: {text}")
    return judge


def ways_of(
    args: argparse.Namespace, console: Console, hook: Hook | None = None
) -> Sequence[Way]:
    """Return the ways in which the options ask to tell of findings.

    Args:
        args: What was parsed.
        console: For text and JSON lines.
        hook: The program that is run, if one is.
    """
    from diag.report.json import safe_line
    from diag.watch.telling import JsonWay, TextWay

    ways: list[Way] = []
    if args.format == "json":
        ways.append(JsonWay(console.result, safe_line))
    elif _journal_reads():
        from diag.watch.system import PrefixWay

        ways.append(PrefixWay(console.lines))
    else:
        style = console.style()
        ways.append(TextWay(console.lines, style.width if style.terminal else 0))
    if args.syslog:
        from diag.watch.system import SyslogWay

        ways.append(SyslogWay(args.syslog))
    if args.eventlog:
        from diag.watch.eventlog import EventLogWay

        ways.append(EventLogWay())
    if hook is not None:
        ways.append(hook)
    return ways


def _journal_reads() -> bool:
    """Return whether our stdout goes to the journal, and not only somebody's did."""
    try:
        device, _, number = os.environ.get(JOURNAL, "").partition(":")
        status = os.fstat(1)
        return (int(device), int(number)) == (status.st_dev, status.st_ino)
    except (OSError, ValueError):
        return False
