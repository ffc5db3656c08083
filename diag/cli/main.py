"""`arcdiag`: the door in, and the door out for everything that goes wrong.

Nothing is imported at the top but what `--version` needs.
"""

from __future__ import annotations

import sys

from diag import __version__

TYPE_CHECKING = False  # of typing, which takes longer than all of --version
if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.cli.console import Console
    from diag.cli.exits import Exit
    from diag.errors import DiagError


def run() -> None:
    """Run the command line of this process and leave it.

    Raises:
        SystemExit: Always, with the exit code.
    """
    words = sys.argv[1:]
    if words == ["--version"] and _said(f"arcdiag {__version__}\n"):
        sys.exit(0)
    try:
        sys.exit(main(words))
    except KeyboardInterrupt:  # before or after `main` could say so
        sys.exit(130)


def _said(text: str) -> bool:
    """Write a text to stdout, if nothing stands in the way."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):  # full, closed, or none at all
        return False
    return True


def main(words: Sequence[str]) -> Exit:
    """Run one command.

    Args:
        words: The command line without the program's name.

    Returns:
        The exit code. Nothing is raised, whatever goes wrong.
    """
    from diag.cli.commands import dispatch
    from diag.cli.console import open_console
    from diag.cli.exits import Exit
    from diag.cli.interrupt import Interrupts

    console = open_console()
    with Interrupts() as interrupts:
        try:
            return dispatch(words, console)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door
            if interrupts.seen or isinstance(error, KeyboardInterrupt):
                console.tell("arcdiag: interrupted")
                return Exit.INTERRUPTED
            return _failed(error, console)


def _failed(error: Exception, console: Console) -> Exit:
    """Say what went wrong; no user sees a traceback without asking for it."""
    from diag.cli.exits import Exit
    from diag.errors import DiagError
    from diag.text import show

    if isinstance(error, DiagError):
        tell_error(error, console)
        return Exit(error.exit_code)
    if isinstance(error, OSError) and error.strerror:
        name = show(str(error.filename or "the system"))
        console.tell(f"arcdiag: {name}: {error.strerror}\n  check space and rights")
        return Exit.TOOL_ERROR
    _tell_unexpected(error, console)
    return Exit.TOOL_ERROR


def tell_error(error: DiagError, console: Console) -> None:
    """Write `arcdiag: where: text`, and what to do next in a line of its own.

    Args:
        error: Of what an author wrote also with the line and a caret under the place.
        console: Where to.
    """
    from diag.errors import ContentError, KqlError
    from diag.text import show

    # Only errors of rules and definitions have several lines, one for each.
    several = isinstance(error, ContentError) and not isinstance(error, KqlError)
    text = error.text if several else show(error.text)
    where = f"{show(error.where)}: " if error.where else ""
    hint = f"\n  {show(error.hint)}" if error.hint else ""
    console.tell(f"arcdiag: {where}{text}{hint}")
    if isinstance(error, ContentError):
        for line in error.excerpt:
            console.tell(f"  {show(line)}")


def _tell_unexpected(error: Exception, console: Console) -> None:
    text = " ".join(str(error).split())
    console.tell(f"arcdiag: internal error: {type(error).__name__}: {text}")
    if console.verbose:
        import traceback

        console.tell("".join(traceback.format_exception(error)).rstrip("\n"))
    else:
        console.tell("  run it again with -v and report what it prints")
