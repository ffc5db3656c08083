"""`arcdiag rules list`: which rules there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.engine.rule import Rule


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    arguments.add_content(parser, "rules")
    arguments.add_format(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """List the rules, sorted by id.

    Args:
        args: What was parsed.
        console: Where the list goes.
    """
    from diag import engine
    from diag.cli.listing import write_list

    rules = engine.load_rules(args.rules, unlocked=args.unlocked)
    rows = [
        (
            one.id,
            _severity(one),
            _status(one),
            f"{len(one.tests)} tests",
            f"{one.pack} {one.pack_version}".strip() or "-",
            one.name,
        )
        for one in rules
    ]
    write_list(console, args.format, rows, [_value(one) for one in rules])
    for remark in rules.remarks if args.verbose else ():
        console.tell(f"remark: {remark}")
    return Exit.CLEAN


def _severity(rule: Rule) -> str:
    return "benign" if rule.benign else str(rule.severity)


def _status(rule: Rule) -> str:
    return str(rule.status) if rule.enabled else "disabled"


def _value(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": str(rule.severity),
        "benign": rule.benign,
        "status": str(rule.status),
        "enabled": rule.enabled,
        "version": rule.version,
        "pack": rule.pack,
        "pack_version": rule.pack_version,
        "covers": list(rule.covers),
        "required_logs": list(rule.required_logs),
        "required_any_log": list(rule.required_any_log),
        "tests": len(rule.tests),
        "file": rule.file,
    }
