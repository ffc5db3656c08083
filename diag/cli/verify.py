"""`arcdiag verify`: is a bundle still what was collected?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.packing.manifest import NO_TIME

if TYPE_CHECKING:
    import argparse

    from diag.bundle.verdict import Verdict
    from diag.cli.console import Console

HEAD = ("machine", "system", "agent_version", "created", "zone", "kind", "case_id")
NOT_OURS = (
    "It has no manifest of arcdiag, so nothing says what should be in it. "
    "Only the CRCs of its members were checked: {count:,} of them."
)


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "bundle",
        metavar="BUNDLE",
        type=arguments.a_path,
        help="a zip that 'arcdiag collect' or 'arcdiag redact' wrote",
    )
    arguments.add_format(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Check a bundle against its manifest.

    Args:
        args: What was parsed.
        console: Where the verdict goes.

    Returns:
        `ALARM` (3) when something differs; `PARTIAL` (5) when all that can be
        checked is right, but the zip is not one of ours.

    Raises:
        DiagError: There is no such file, or it cannot be read.
    """
    from diag.bundle.verify import verify

    verdict = verify(args.bundle)
    if args.format == "json":
        from diag.cli.console import as_utf8
        from diag.report.json import safe_json

        as_utf8(console)
        console.result(safe_json(_value(verdict)))
    else:
        console.lines(_lines(verdict))
    if verdict.differences:
        return Exit.ALARM
    return Exit.CLEAN if verdict.ours else Exit.PARTIAL


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{one.member}: {one.kind}: {one.text}" for one in verdict.differences]
    head = [
        f"{key.replace('_', ' ')} {verdict.manifest[key]}"
        for key in HEAD
        if verdict.manifest.get(key) not in (None, "", NO_TIME)
    ]
    if head:
        lines.append(", ".join(head))
    count = len(verdict.differences)
    if not verdict.ours:
        lines.append(NOT_OURS.format(count=verdict.members))
    elif not count:
        lines.append(f"{_all(verdict.members)} as written, and so is every other byte.")
    if count:
        lines.append(f"{count} {'difference' if count == 1 else 'differences'}.")
    lines.append(f"SHA-256 of the file: {verdict.sha256}")
    if verdict.ours and not count:
        lines.append(
            "Compare it with one that came by another way to rule out forgery."
        )
    return lines


def _all(members: int) -> str:
    if members == 1:
        return "Its one member is"
    return f"All {members:,} members are"


def _value(verdict: Verdict) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "bundle": verdict.source,
        "sha256": verdict.sha256,
        "ours": verdict.ours,
        "ok": verdict.ours and not verdict.differences,
        "members": verdict.members,
        "manifest": {key: verdict.manifest.get(key, "") for key in HEAD},
        "differences": [
            {"member": one.member, "kind": one.kind, "text": one.text}
            for one in verdict.differences
        ],
    }
