"""`arcdiag formats new`: draft a log definition from a real log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import DiagError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from diag.cli.console import Console
    from diag.formats.draft import Draft


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument("name", metavar="NAME", help="id of the family: a-z, 0-9, _")
    parser.add_argument(
        "--from",
        dest="file",
        metavar="FILE",
        required=True,
        type=arguments.a_path,
        help="a log or a JSON document of this kind",
    )
    parser.add_argument(
        "-o",
        dest="folder",
        metavar="DIR",
        type=arguments.a_path,
        default=Path(),
        help="folder for NAME.yaml (default: the current one); nothing is overwritten",
    )
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Write a definition that passes lint and its own samples, and say what it does.

    Args:
        args: What was parsed.
        console: Where the account goes.

    Returns:
        `CLEAN`; a draft is a draft, however much it explains.

    Raises:
        UsageError: The file cannot be read, or the definition exists already.
        DefinitionError: NAME can be no id.
        DiagError: The definition cannot be written.
    """
    from diag.cli.formats_try import read_text
    from diag.formats.draft import check_id, draft

    check_id(args.name)
    target = args.folder / f"{args.name}.yaml"
    _check(target)
    text = read_text(args.file)
    drafted = draft(args.name, args.file.resolve().as_posix(), text)
    _write(target, drafted.text)
    console.lines([f"wrote {target}", *_account(drafted), *_next(args, target)])
    return Exit.CLEAN


def _check(target: Path) -> None:
    where = str(target)
    if not target.parent.is_dir():
        hint = "make it, or give another folder to -o"
        raise UsageError("there is no such folder", where=str(target.parent), hint=hint)
    if target.exists() or target.is_symlink():
        hint = "take another NAME, another -o DIR, or remove the file"
        raise UsageError("the definition exists already", where=where, hint=hint)


def _write(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise DiagError(
            f"the definition cannot be written: {error.strerror}",
            where=str(target),
            hint="check free space and rights, or give another folder to -o",
        ) from error


def _account(drafted: Draft) -> Iterator[str]:
    from diag.cli.formats_try import account
    from diag.report.gather import number_of

    family, tried = drafted.family, drafted.tried
    samples = number_of(len(family.samples), "sample")
    if tried is None:
        yield f"  a document that is JSON; {samples}"
        return
    yield f"  {account(tried)}"
    time = f"time {family.codec}, zone {family.zone}" if tried.starts else "no records"
    yield f"  {number_of(len(family.layouts), 'layout')}, {time}; {samples}"
    if tried.missed is not None:
        yield f"  line {tried.missed.line} {tried.missed.what}:"
        yield from (f"    {line}" for line in tried.missed.shown())


def _next(args: argparse.Namespace, target: Path) -> Iterator[str]:
    from diag import content, formats

    folder = target.parent
    if folder.resolve() == Path(str(content.roots("parsers")[0])).resolve():
        yield f"next: arcdiag formats test {args.name}"  # it is one of the built-in
        return
    if args.name in formats.load_families():
        yield f"  it replaces the built-in format '{args.name}' where it is used"
    yield f"next: arcdiag formats test {args.name} --parsers {folder}"
