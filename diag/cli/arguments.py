"""Parsing arguments: argparse, with our own messages and the options many share."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# `--now -3d`: argparse would take the value for an option.
TIMES = ("--now", "--since", "--until")
LAST_PORT = 65_535
SIGNED = re.compile(r"-[0-9].*")


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are `UsageError`s that suggest something."""

    def __init__(self, command: str, about: str) -> None:
        """Make the parser of one command.

        Args:
            command: As typed, such as `rules list`.
            about: What it does, for the help.
        """
        super().__init__(
            prog=f"arcdiag {command}",
            description=about,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.command = command

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the parsed arguments; `given` are the words themselves.

        Args:
            words: What stands behind the command.

        Raises:
            UsageError: They are wrong.
        """
        known = [name for a in self._actions for name in a.option_strings]
        ready: list[str] = []
        for word in words:
            if ready and ready[-1] in TIMES and SIGNED.fullmatch(word):
                ready[-1] = f"{ready[-1]}={word}"
                continue
            ready.append(word)
        options = ready[: ready.index("--")] if "--" in ready else ready
        for word in options:
            name = word.partition("=")[0]
            if name.startswith("--") and name not in known:
                raise self._unknown(name, known)
        args, extra = self.parse_known_intermixed_args(ready)
        if extra:
            if extra[0].startswith("-"):
                raise self._unknown(extra[0], known)
            raise self._wrong(f"too many arguments: '{extra[0]}'")
        args.given = tuple(words)
        return args

    def error(self, message: str) -> NoReturn:
        """Raise argparse's own message as ours."""
        raise self._wrong(message)

    def _unknown(self, name: str, known: Sequence[str]) -> UsageError:
        return self._wrong(f"there is no option '{name}'{nearest(name, known)}")

    def _wrong(self, text: str) -> UsageError:
        hint = f"arcdiag {self.command} --help lists what there is"
        return UsageError(text, where=self.command, hint=hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` when a known word is near, else nothing."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of values from a closed list.

    argparse's own message has no suggestion, and other words in each Python.
    """

    def read(text: str) -> str:
        if text not in choices:
            raise argparse.ArgumentTypeError(
                f"'{text}' is none of {', '.join(choices)}{nearest(text, choices)}"
            )
        return text

    return read


def a_path(text: str) -> Path:
    """Return a path; nothing at all is not the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty text is no path")
    return Path(text)


def a_port(text: str) -> int:
    """Return the number of a port; 0 is any that is free."""
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is no port: 0 to {LAST_PORT}")
    return int(text)


def add_sources(parser: Parser) -> None:
    """Add SOURCE..."""
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        type=a_path,
        help="a zip of 'azcmagent logs', a folder, a log file, or a .duckdb file "
        "that 'arcdiag load' wrote (alone)",
    )


def add_reading(parser: Parser) -> None:
    """Add the options that decide how sources are read and judged."""
    from diag.cli.moment import moment

    add_content(parser, "rules", "parsers")
    parser.add_argument(
        "--experimental",
        action="store_true",
        help="run the experimental rules, too: nobody has seen their lines yet",
    )
    parser.add_argument(
        "--suppress",
        action="append",
        default=[],
        type=a_path,
        metavar="FILE",
        help="findings that are known of, each with a reason and an end (YAML)",
    )
    parser.add_argument(
        "--now",
        metavar="T",
        type=moment,
        help="judge as of this time instead of the time of collection: ISO 8601 "
        "(UTC without an offset), 72h or -3d (that long ago), now, today, yesterday",
    )
    parser.add_argument(
        "--zone",
        default="",
        metavar="ZONE",
        help="zone of local times in the logs: Europe/Berlin or +02:00",
    )
    parser.add_argument(
        "--tmp-dir", type=a_path, metavar="DIR", help="where temporary files go"
    )


CONTENT = {
    "rules": "more rules (folder, file or zip); the id of a built-in one replaces it",
    "parsers": "more log definitions; they replace built-in ones likewise",
}


def add_content(parser: Parser, *kinds: str) -> None:
    """Add --rules or --parsers, or both.

    Args:
        parser: Where to.
        kinds: `rules`, `parsers`.
    """
    for kind in kinds:
        parser.add_argument(
            f"--{kind}",
            action="append",
            default=[],
            type=a_path,
            metavar="DIR",
            help=CONTENT[kind],
        )
    if "rules" in kinds:
        parser.add_argument(
            "--unlocked",
            action="store_true",
            help="read packs too whose files are not those of their pack.lock",
        )


def add_report_output(parser: Parser) -> None:
    """Add -o for a report."""
    parser.add_argument(
        "-o",
        "--output",
        type=a_path,
        metavar="FILE",
        help="write the report to a file instead of stdout",
    )


def add_caching(parser: Parser) -> None:
    """Add --no-cache."""
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="neither use nor keep what was parsed or compiled before",
    )


def add_telling(parser: Parser) -> None:
    """Add the options that decide how much is said, and in which colour."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say more; show the traceback of an internal error",
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="only the result, no progress"
    )
    parser.add_argument("--no-color", action="store_true", help="no colour")


def add_format(parser: Parser, *more: str) -> None:
    """Add --format, and -j for JSON.

    Args:
        parser: Where to.
        more: Formats beside text and json.
    """
    parser.add_argument(
        "--format",
        default="text",
        type=one_of("text", "json", *more),
        metavar="FORMAT",
        help=f"text (default){', ' if more else ' or '}{' or '.join(('json', *more))}",
    )
    parser.add_argument(
        "-j",
        dest="format",
        action="store_const",
        const="json",
        help="short for --format json",
    )
