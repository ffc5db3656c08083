"""The collector as a program of its own, without the rest of arcdiag."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from diag.collect.options import add_options, joined, options_of
from diag.collect.told import Told
from diag.errors import DiagError
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ERROR, USAGE, INTERRUPTED = 1, 2, 130
EVERY = 0.5  # seconds between two lines of progress
CLEAR = "\r\x1b[K"
WIDTH = 60


class Line(Told):
    """One line on a terminal that says what is being done."""

    def __init__(self, stream: Any) -> None:
        """Take the terminal; None is none."""
        self._stream = stream
        self._last = time.monotonic()
        self._share = ""
        self._written = False

    def say(self, what: str) -> None:
        """Show what is being done, now and then."""
        now = time.monotonic()
        if self._stream is None or now - self._last < EVERY:
            return
        self._last = now
        self._written = True
        text = show(what)[-WIDTH:]
        self._stream.write(f"{CLEAR}arcdiag: {self._share}{text}")
        self._stream.flush()

    def at(self, done: int, whole: int) -> None:
        """Take how much was read."""
        self._share = f"{done * 100 // whole if whole else 100} % "

    def kept(self, text: str) -> None:
        """Say what is left."""
        self.end()
        _tell([f"arcdiag: {text}"])

    def end(self) -> None:
        """Clear the line."""
        if self._written:
            self._stream.write(CLEAR)
            self._stream.flush()


def main(words: Sequence[str], baked: Mapping[str, Any]) -> int:
    """Run the collector.

    Args:
        words: The command line without the program's name.
        baked: `plan` as for `plan_of`, `rules` as for `Redactor`, and `names` as for
            `Pseudonyms`.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(
        description="Collect the logs and the state of the Azure Arc agent.",
        allow_abbrev=False,
    )
    add_options(parser)
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="say only what is missing"
    )
    args = parser.parse_args(joined(words))
    try:
        return _run(args, baked)
    except KeyboardInterrupt:
        _tell(["arcdiag: interrupted"])
        return INTERRUPTED
    except DiagError as error:
        _tell([f"arcdiag: {error}"])
        return error.exit_code


def _run(args: argparse.Namespace, baked: Mapping[str, Any]) -> int:
    from diag.collect.front import finish_left, run
    from diag.collect.plan import plan_of
    from diag.collect.preview import preview, preview_lines

    if args.recover:
        result = finish_left(args.recover)
        _tell(result.lines)
        return result.code
    terminal = sys.stderr is not None and sys.stderr.isatty()
    options = options_of(args, terminal=terminal)
    plan = plan_of(baked["plan"])
    if options.dry_run:
        data = preview(plan, options)
        lines = preview_lines(data)
        text = json.dumps(data, indent=1) if args.json else "\n".join(map(show, lines))
        sys.stdout.write(text + "\n")
        return 0
    told = Line(sys.stderr if terminal and not args.quiet else None)
    try:
        result = run(plan, options, baked, told)
    finally:
        told.end()
    if result.code or not args.quiet:
        _tell(result.lines)
    return result.code


def _tell(lines: Sequence[str]) -> None:
    if sys.stderr is not None:
        sys.stderr.write("".join(f"{show(line)}\n" for line in lines))
