"""The options of the collector: the same for `arcdiag collect` and the single file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diag.collect.moments import seconds_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

MIB = 1024 * 1024
DEFAULT_SIZE, FULL_SIZE = 150 * MIB, 2048 * MIB  # of what is read
TAIL = 30 * MIB  # of one file, without --full
STDOUT = "-"

SIZE = re.compile(r"([0-9]{1,15})([KMGT]?)(?:i?B)?", re.IGNORECASE)
UNITS = {"": 1, "K": 1024, "M": MIB, "G": 1024 * MIB, "T": 1024 * 1024 * MIB}
TIMES = ("--since", "--until", "--now")
SIGNED = re.compile(r"-[0-9].*")  # argparse would take it for an option
CASE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Options(NamedTuple):
    """What was asked for. Times are seconds since 1970, sizes bytes."""

    output: str = ""
    full: bool = False
    since: float | None = None
    until: float | None = None
    root: str = ""
    dry_run: bool = False
    redact: bool = True
    pseudonyms: bool = False
    max_size: int = DEFAULT_SIZE
    case_id: str = ""
    gentle: bool = False  # at most 5 % of one core
    fast: bool = False  # no limit on reading either
    now: float | None = None  # instead of the clock

    @property
    def tail(self) -> int:
        """The most that is taken of one log."""
        return self.max_size if self.full else min(TAIL, self.max_size)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare everything the collector takes; plain argparse.

    Args:
        parser: Of `arcdiag collect` or of the single file.
    """
    for names, metavar, read, text in VALUES:
        if read is None:
            parser.add_argument(*names, metavar=metavar, default="", help=text)
        else:
            parser.add_argument(*names, metavar=metavar, type=read, help=text)
    for flags, text in FLAGS:
        parser.add_argument(*flags, action="store_true", help=text)
    pace = parser.add_mutually_exclusive_group()
    for flag, text in PACES:
        pace.add_argument(flag, action="store_true", help=text)


def options_of(args: argparse.Namespace, *, terminal: bool) -> Options:
    """Return what was parsed as options.

    Args:
        args: Parsed by a parser that `add_options` was given.
        terminal: Somebody is watching; without, the collector is gentle.
    """
    most = args.max_size
    if most is None:
        most = FULL_SIZE if args.full else DEFAULT_SIZE
    return Options(
        output=args.output,
        full=args.full,
        since=args.since,
        until=args.until,
        root=args.root,
        dry_run=args.dry_run,
        redact=not args.no_redact,
        pseudonyms=args.pseudonyms,
        max_size=most,
        case_id=args.case_id or "",
        gentle=not args.fast and (args.gentle or not terminal),
        fast=args.fast,
        now=args.now,
    )


def size_of(text: str) -> int:
    """Return a size such as `500M` in bytes.

    Args:
        text: A whole number, and K, M, G or T for powers of 1024.

    Raises:
        ValueError: It is none, or not above zero.
    """
    match = SIZE.fullmatch(text.strip())
    if match is None or not int(match.group(1)):
        raise _refused(f"'{text}' is no size: give one such as 500M or 2G")
    return int(match.group(1)) * UNITS[match.group(2).upper()]


def case_of(text: str) -> str:
    """Return a case id that can stand in a file's name.

    Args:
        text: Letters, digits, `.`, `_`, `-`.

    Raises:
        ValueError: It holds something else, or too much.
    """
    if CASE.fullmatch(text) is None:
        raise _refused(f"'{text}' is no case id: letters, digits, . _ - (64 at most)")
    return text


def _refused(text: str) -> Exception:
    from argparse import ArgumentTypeError

    return ArgumentTypeError(text)


def joined(words: Sequence[str]) -> list[str]:
    """Return a command line in which a time such as `-3d` is no option.

    Args:
        words: As typed.
    """
    ready: list[str] = []
    for word in words:
        if ready and ready[-1] in TIMES and SIGNED.fullmatch(word):
            ready[-1] = f"{ready[-1]}={word}"
        else:
            ready.append(word)
    return ready


VALUES: tuple[tuple[tuple[str, ...], str, Callable[[str], object] | None, str], ...] = (
    (
        ("-o", "--output"),
        "ZIP",
        None,
        "the bundle; - for stdout. Without it a name with host and time, here",
    ),
    (
        ("--since",),
        "T",
        seconds_of,
        "only logs written after T: ISO 8601, 72h or -3d ago, now, today, yesterday",
    ),
    (("--until",), "T", seconds_of, "only logs begun before T"),
    (
        ("--root",),
        "DIR",
        None,
        "collect from a mounted disk or a copy of one, Linux or Windows",
    ),
    (("--max-size",), "N", size_of, "read at most so much: 500M, 2G"),
    (
        ("--case-id",),
        "ID",
        case_of,
        "a number of your own, kept in the bundle and its name",
    ),
    (
        ("--recover",),
        "FILE",
        None,
        "collect nothing, but finish the .zip.partial that a run left that died",
    ),
    (
        ("--now",),
        "T",
        seconds_of,
        "the time that the bundle is dated with, for equal bytes",
    ),
)
FLAGS = (
    (("--full",), "whole logs, up to 2 GiB, instead of the newest 150 MiB"),
    (("--no-redact",), "leave secrets in; what is never collected stays out"),
    (
        ("--pseudonyms",),
        "replace names and ids too; the map stays beside the bundle",
    ),
    (("--dry-run",), "only list what would be taken, and how much it is"),
    (("-j", "--json"), "with --dry-run: the list as JSON"),
)
PACES = (
    ("--gentle", "use at most 5 %% of one core, as without a terminal"),
    ("--fast", "no limit on processor and disk"),
)
