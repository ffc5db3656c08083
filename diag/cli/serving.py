"""`arcdiag triage --serve`: the screens in a browser on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from diag.errors import UsageError
from diag.tui.browser import DRIVER, VARIABLE

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console


def is_served() -> bool:
    """Return whether this is the process of a page, and not one that serves."""
    return os.environ.get(VARIABLE) == DRIVER


def serve(args: argparse.Namespace, console: Console) -> Exit:
    """Serve the screens until Ctrl-C or SIGTERM.

    Args:
        args: What was parsed; the words themselves are handed on.
        console: The address goes to stdout.

    Raises:
        UsageError: What serves pages is not installed.
        DiagError: The port cannot be had.
    """
    try:
        from diag.tui.browser import server
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("diag"):
            raise
        raise UsageError(
            f"--serve needs the package textual-serve ('{error.name}' is missing)",
            hint="pip install 'arcdiag[serve]'",
        ) from error
    from diag.cli.check import named

    def announce(address: str) -> None:
        console.result(f"{address}\n")
        if not console.quiet:
            console.tell(
                "Open this address in a browser on this machine; Ctrl-C ends it.\n"
                "Whoever has the address can read the case and write reports as you."
            )

    serving = server.Serving(_command(args), named(args.sources), args.port or 0)
    server.serve(serving, announce)
    return Exit.CLEAN


def _command(args: argparse.Namespace) -> list[str]:
    """Return the command line of a page: this one, which knows whose process it is."""
    import sys

    return [sys.executable, "-P", "-m", "diag", "triage", *args.given]
