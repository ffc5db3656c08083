"""The streams. stdout carries the result; everything else goes to stderr.

What comes from input is written by `tell` and `lines`, or as a report that is already
safe: all of them pass every text through `diag.text.show`.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

from diag.errors import DiagError
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from diag.report import Style

PIPE_WIDTH = 100  # fixed, so that equal input gives equal bytes
WIDEST = 110  # longer lines are hard to read
TAB = 4


class Console:
    """stdout and stderr, and how much to say. Either stream may be closed (None)."""

    def __init__(self, out: TextIO | None, err: TextIO | None) -> None:
        """Take the streams; the options are set once they are parsed."""
        self.out = out
        self.err = err
        self.verbose = False
        self.quiet = False
        self.plain = False  # --no-color
        self.gone = False  # whoever read stdout has gone away

    def result(self, text: str) -> None:
        """Write a result to stdout; a reader that has gone away is no error.

        Args:
            text: Safe to be shown, with its line ends.

        Raises:
            DiagError: stdout is closed or full.
        """
        if self.out is None:
            raise DiagError("the result cannot be written: stdout is closed")
        try:
            self.out.write(text)
            self.out.flush()
        except OSError as error:
            _let_go(self.out)
            self.gone = True
            if not _reader_gone(error):
                raise DiagError(
                    f"the result cannot be written: {error.strerror}",
                    where="stdout",
                    hint="check free space, or give -o FILE",
                ) from error

    def lines(self, texts: Iterable[str]) -> None:
        """Write a result of lines, each of which may hold any text."""
        self.result("".join(f"{_shown(text)}\n" for text in texts))

    def tell(self, text: str) -> None:
        """Write a message to stderr, one line for each of its lines."""
        if self.err is None:
            return
        try:
            lines = [f"{_shown(line)}\n" for line in text.split("\n")]
            self.err.write("".join(lines))
            self.err.flush()
        except OSError:
            _let_go(self.err)

    def style(self) -> Style:
        """Return how text on stdout looks: colour and width only on a terminal."""
        from diag.report import Style

        terminal = is_terminal(self.out)
        width = PIPE_WIDTH
        if terminal:
            width = min(shutil.get_terminal_size().columns, WIDEST)
        colour = terminal and not self.plain and colour_wanted() and _colour_works()
        return Style(
            colour=colour,
            width=width,
            terminal=terminal,
            verbose=self.verbose,
            quiet=self.quiet,
        )

    def shows_progress(self) -> bool:
        """Return whether a line that is overwritten makes sense on stderr."""
        return not self.quiet and is_terminal(self.err) and not _is_dumb()


def _shown(text: str) -> str:
    return show(text).expandtabs(TAB)


def open_console() -> Console:
    """Return the console of this process, able to write any text."""
    for stream in (sys.stdout, sys.stderr):
        _make_able(stream)
    return Console(sys.stdout, sys.stderr)


def as_utf8(console: Console) -> None:
    """Make stdout write UTF-8, which JSON has to be, whatever the locale."""
    if isinstance(console.out, io.TextIOWrapper):
        console.out.reconfigure(encoding="utf-8")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is an open terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def colour_wanted() -> bool:
    """Return whether the environment allows colour (no-color.org; a dumb terminal)."""
    return not os.environ.get("NO_COLOR") and not _is_dumb()


def _is_dumb() -> bool:
    return os.environ.get("TERM") == "dumb"


def _make_able(stream: TextIO | None) -> None:
    """Let a stream write what its encoding has no character for as an escape.

    Windows would write files and pipes in a legacy code page and with CR LF.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return
    if sys.platform == "win32":
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    else:
        stream.reconfigure(errors="backslashreplace")


def _reader_gone(error: OSError) -> bool:
    # Windows says EINVAL for a pipe whose reader has gone.
    windows = sys.platform == "win32" and error.errno == errno.EINVAL
    return isinstance(error, BrokenPipeError) or windows


def _let_go(stream: TextIO) -> None:
    """Point a broken stream to nowhere, or Python complains when it exits."""
    try:
        number = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _colour_works() -> bool:
    """Return whether the terminal acts on colour codes; asks old Windows to."""
    if sys.platform != "win32":
        return True
    import ctypes

    kernel = ctypes.windll.kernel32
    handle = kernel.GetStdHandle(-11)
    mode = ctypes.c_ulong()
    if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
        return True  # no console of Windows but a terminal of its own
    return bool(kernel.SetConsoleMode(handle, mode.value | 4))
