"""`arcdiag redact`: a copy without secrets, or a list of those that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from diag.cli.auditing import Left
    from diag.cli.console import Console
    from diag.cli.redacting import Copied

STORE_SUFFIX = ".duckdb"
MOST_LEFT = 1000  # lines of an audit as text; JSON has them all


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=arguments.a_path,
        help="a zip, a folder or a log file; it is only read",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=arguments.a_path,
        metavar="ZIP",
        help="the redacted bundle (default: NAME-redacted.zip in this folder)",
    )
    parser.add_argument(
        "--audit",
        action="store_true",
        help="write nothing, list what is left: file, line and kind, never the value; "
        "exit code 3 if there is anything",
    )
    _add_pseudonyms(parser)
    parser.add_argument(
        "--force", action="store_true", help="replace the bundle if it exists"
    )
    arguments.add_format(parser)
    parser.add_argument(
        "--tmp-dir",
        type=arguments.a_path,
        metavar="DIR",
        help="folder for temporary files",
    )
    arguments.add_telling(parser)


def _add_pseudonyms(parser: arguments.Parser) -> None:
    parser.add_argument(
        "--pseudonyms",
        action="store_true",
        help="replace ids, addresses and names of machines and users, too",
    )
    parser.add_argument(
        "--map",
        type=arguments.a_path,
        metavar="FILE",
        help="the private table of pseudonyms, read if it is there (default: "
        "the name of the bundle with .map.json); never pass it on",
    )


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Write the copy, or list what is left.

    Args:
        args: What was parsed.
        console: Where the account goes.

    Returns:
        Of an audit `ALARM` when anything is left; else `PARTIAL` when something
        could not be read or made safe, which is then not in the copy.

    Raises:
        DiagError: The command cannot be done.
    """
    from diag.cli.auditing import audit
    from diag.cli.progress import Progress
    from diag.cli.scratch import scratch_in

    _check(args)
    if args.audit:
        with (
            scratch_in(args.tmp_dir),
            Progress(console, f"auditing {args.source.name}") as progress,
        ):
            left = audit(args.source, progress.say)
        return _tell_left(left, args, console)
    target = args.output or _default(args.source)
    _check_target(target, args)
    with (
        scratch_in(args.tmp_dir),
        Progress(console, f"redacting {args.source.name}") as progress,
    ):
        copied = _copied(args, target, progress)
    return _tell_copied(copied, target, args, console)


def _check(args: argparse.Namespace) -> None:
    if args.source.suffix == STORE_SUFFIX:
        text = "a store holds what was parsed, and cannot be redacted"
        hint = "redact the logs that it was made from"
        raise UsageError(text, where=str(args.source), hint=hint)
    if args.audit:
        for name in ("output", "pseudonyms", "map"):
            if getattr(args, name):
                text = "an audit writes nothing, and looks for secrets only"
                raise UsageError(text, where=f"--{name}", hint="leave --audit away")
    if args.map and not args.pseudonyms:
        raise UsageError("it is the table of --pseudonyms", where="--map")


def _default(source: Path) -> Path:
    from pathlib import Path

    name = source.resolve().name or "bundle"
    stem = name[: -len(".zip")] if name.lower().endswith(".zip") else name
    return Path(f"{stem}-redacted.zip")


def _check_target(target: Path, args: argparse.Namespace) -> None:
    from diag.cli.target import check_target

    check_target(target, [args.source])
    if args.pseudonyms:
        check_target(_map_of(args, target), [args.source, target])
    if target.exists() and not args.force:
        hint = "give another name to -o, or --force to replace it"
        raise UsageError("the file exists", where=str(target), hint=hint)


def _map_of(args: argparse.Namespace, target: Path) -> Path:
    path: Path = args.map or target.with_name(f"{target.stem}.map.json")
    return path


def _copied(args: argparse.Namespace, target: Path, progress: Any) -> Copied:  # noqa: ANN401
    from diag.cli.redacting import copy
    from diag.cli.redactmap import read_map, write_map

    if not args.pseudonyms:
        return copy(args.source, target, None, progress.say, replace=args.force)
    path = _map_of(args, target)
    pseudonyms = read_map(path)
    # First the table: a bundle whose names nobody can resolve helps nobody.
    copied = copy(
        args.source,
        target,
        pseudonyms,
        progress.say,
        replace=args.force,
        before=lambda: write_map(path, pseudonyms),
    )
    return copied._replace(table=path)


def _tell_copied(
    copied: Copied, target: Path, args: argparse.Namespace, console: Console
) -> Exit:
    from diag.report.gather import number_of
    from diag.text import show

    unread = [(name, text) for name, _, text in copied.left_out]
    if args.format == "json":
        from diag.cli.console import as_utf8
        from diag.report.json import safe_json

        as_utf8(console)
        console.result(safe_json(_value(copied, target, args.source)))
    elif not args.quiet:
        counts = ", ".join(f"{n:,} {kind}" for kind, n in copied.counts.items())
        console.lines(
            [
                f"{target}: {number_of(copied.members, 'member')}",
                f"redacted: {counts or 'nothing was found'}",
                *([f"pseudonyms: {copied.table} (keep it)"] if copied.table else []),
            ]
        )
    for name, text in unread:
        console.tell(f"arcdiag: {show(name)}: not in the copy: {show(text)}")
    for name, text in copied.problems:
        console.tell(f"arcdiag: {show(name)}: {show(text)}")
    return Exit.PARTIAL if unread or copied.problems else Exit.CLEAN


def _value(copied: Copied, target: Path, source: Path) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "source": str(source),
        "output": str(target),
        "map": str(copied.table or ""),
        "members": copied.members,
        "redactions": copied.counts,
        "left_out": [
            {"file": name, "reason": reason, "text": text}
            for name, reason, text in copied.left_out
        ],
        "problems": [{"file": name, "text": text} for name, text in copied.problems],
    }


def _tell_left(left: Left, args: argparse.Namespace, console: Console) -> Exit:
    from diag.text import show

    if args.format == "json":
        from diag.cli.console import as_utf8
        from diag.report.json import safe_json

        as_utf8(console)
        places = [
            {"file": name, "line": line, "kind": kind}
            for name, line, kind in left.places
        ]
        unread = [{"file": name, "text": text} for name, text in left.unread]
        value = {"schema_version": 1, "source": str(args.source)}
        console.result(safe_json({**value, "left": places, "unread": unread}))
    else:
        console.lines(_places(left, quiet=args.quiet))
    for name, text in left.unread:
        console.tell(f"arcdiag: {show(name)}: {show(text)}")
    if left.places:
        return Exit.ALARM
    return Exit.PARTIAL if left.unread else Exit.CLEAN


def _places(left: Left, *, quiet: bool) -> list[str]:
    from diag.report.gather import number_of

    lines = [f"{name}:{line}: {kind}" for name, line, kind in left.places[:MOST_LEFT]]
    if len(left.places) > MOST_LEFT:
        lines.append(f"... and {len(left.places) - MOST_LEFT:,} more; -j lists all")
    if not quiet:
        count = f"{len(left.places):,}" if left.places else "no"
        one = "secret is" if len(left.places) == 1 else "secrets are"
        lines.append(f"{count} {one} left in {number_of(left.members, 'member')}")
    return lines
