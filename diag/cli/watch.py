"""`arcdiag watch`: tell of findings as they arise, and of silence."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.cli.exits import Exit

# The option that asks for a way to watch, and the module that knows it; without any of
# them the logs of a server are followed.
WAYS = {"replay": "watch_replay", "inbox": "watch_inbox"}
OTHERWISE = "watch_live"


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=arguments.a_path,
        help="a folder with logs; without it the agent's own folders on this system",
    )
    for name in (OTHERWISE, *WAYS.values()):
        importlib.import_module(f"diag.cli.{name}").add_options(parser)
    parser.add_argument(
        "--no-redact",
        action="store_true",
        help="leave secrets in what is told",
    )
    arguments.add_format(parser)
    arguments.add_reading(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Watch, in the way that is asked for.

    Args:
        args: What was parsed.
        console: Where findings go.

    Returns:
        The exit code of the way.

    Raises:
        DiagError: It cannot be done.
    """
    if args.once and args.inbox is None:
        raise UsageError("--once is for --inbox", where="watch")
    asked = [module for name, module in WAYS.items() if getattr(args, name) is not None]
    if len(asked) > 1:
        raise UsageError("--replay and --inbox: give one of the two", where="watch")
    module = importlib.import_module(f"diag.cli.{asked[0] if asked else OTHERWISE}")
    code: Exit = module.execute(args, console)
    return code
