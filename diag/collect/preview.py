"""What would be taken, without reading any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.collect.moments import iso_of
from diag.collect.roots import close_roots, open_roots
from diag.collect.state import FOLDER, commands_of, this_system
from diag.collect.summary import missing_lines
from diag.collect.survey import size_of, survey
from diag.collect.told import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.collect.options import Options
    from diag.collect.plan import Plan
    from diag.collect.survey import Survey

SHRINKS = 6  # how much smaller logs become, as a rule
SPEED = 40e6  # bytes a second on one core
SHARE = 0.05  # of a core, when gentle


def preview(plan: Plan, options: Options) -> dict[str, Any]:
    """Return what a run with these options would do, as plain data.

    Args:
        plan: What to look for.
        options: What was asked for.

    Raises:
        UsageError: The root is none.
    """
    roots = open_roots(options.root)
    try:
        found = survey(plan, roots, options)
    finally:
        close_roots(roots)
    commands = [] if options.root else commands_of(plan, this_system())
    speed = SPEED * SHARE if options.gentle else SPEED
    return {
        "files": list(_files(found)),
        "commands": [
            {"member": FOLDER + one.name, "run": list(one.run)} for one in commands
        ],
        "not_taken": [
            {"path": one.name, "reason": one.reason, "detail": one.detail}
            for one in found.left
        ],
        "bytes": found.size,
        "estimated_bundle_bytes": found.size // SHRINKS,
        "estimated_seconds": round(found.size / speed, 1),
    }


def _files(found: Survey) -> Iterator[dict[str, Any]]:
    for one in found.chosen:
        file = one.pick.found
        size = size_of(one.pick)
        yield {
            "path": file.name,
            "component": file.candidate.component,
            "kind": file.candidate.kind,
            "written": iso_of(file.mtime),
            "bytes": file.size,
            "taken_bytes": size,
            "cut": size < file.size,
        }


def preview_lines(data: dict[str, Any]) -> list[str]:
    """Return a preview as a table for people.

    Args:
        data: From `preview`.
    """
    from diag.collect.told import Left

    lines = [f"{'bytes':>13}  {'written':<20}  path"]
    for one in data["files"]:
        cut = f"  (newest part of {one['bytes']:,})" if one["cut"] else ""
        head = f"{one['taken_bytes']:>13,}  {one['written']:<20}"
        lines.append(f"{head}  {one['path']}{cut}")
    lines += [f"{'?':>13}  {'now':<20}  {one['member']}" for one in data["commands"]]
    left = [
        Left(one["path"], one["reason"], one["detail"])
        for one in data["not_taken"]
        if one["reason"] != ABSENT
    ]
    lines += missing_lines(left)
    size, seconds = data["estimated_bundle_bytes"], data["estimated_seconds"]
    files = f"{len(data['files']):,} files, {data['bytes']:,} bytes to read"
    lines.append(f"{files}; a bundle of about {size:,} bytes, in about {seconds:,} s")
    return lines
