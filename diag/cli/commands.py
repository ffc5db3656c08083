"""The commands: find the one that is meant, import it, and run it.

A command is imported when it is called, so that help is there at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from diag import __version__
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.cli.console import Console

# Command: its module and what it does. Two words are one command.
COMMANDS = {
    "collect": ("collect", "gather logs and state of this machine into a bundle"),
    "check": ("check", "run the rules on logs: findings with proof and remedy"),
    "triage": ("triage", "look through a case on the terminal"),
    "load": ("load", "keep the parsed logs and the findings as a DuckDB file"),
    "diff": ("diff", "what is different about the sick one of two machines"),
    "query": ("query", "ask the logs in KQL"),
    "watch": ("watch", "tell of findings as they arise, and of silence"),
    "verify": ("verify", "check that a bundle is what was collected, byte for byte"),
    "redact": ("redact", "write a copy without secrets; --audit lists what is left"),
    "rules list": ("rules_list", "list the rules"),
    "rules show": ("rules_show", "show one rule: query, parameters, remedy, tests"),
    "rules lint": ("rules_lint", "check rule files, all errors at once"),
    "rules test": ("rules_test", "run the tests that stand inside the rules"),
    "rules new": ("rules_new", "draft a rule from a line of a log"),
    "rules explain": ("rules_explain", "the SQL of a rule's queries, and its plan"),
    "rules schema": ("rules_schema", "the JSON Schema of rule files, for editors"),
    "rules lock": ("rules_lock", "write pack.lock: the hash of every file of a pack"),
    "formats list": ("formats_list", "list the log definitions"),
    "formats show": ("formats_show", "show one definition: paths, layouts, samples"),
    "formats lint": ("formats_lint", "check definition files, all errors at once"),
    "formats test": ("formats_test", "run the samples inside the definitions"),
    "formats new": ("formats_new", "draft a log definition from a log file"),
}
GROUPS = {name.split()[0] for name in COMMANDS if " " in name}
HELP = ("-h", "--help")
VERSION = "--version"


def dispatch(words: Sequence[str], console: Console) -> Exit:
    """Run the command that the words ask for.

    Args:
        words: The command line without the program's name.
        console: Where results and messages go.

    Returns:
        The command's exit code.

    Raises:
        DiagError: There is no such command, or it cannot be done.
    """
    if not words or words[0] in HELP:
        console.result(_help())
        return Exit.CLEAN
    if words[0] == VERSION:
        console.result(f"arcdiag {__version__}\n")
        return Exit.CLEAN
    command, rest = _command(words)
    if command in GROUPS:
        console.result(_help(command))
        return Exit.CLEAN
    from diag.cli.arguments import Parser

    name, about = COMMANDS[command]
    module = importlib.import_module(f"diag.cli.{name}")
    parser = Parser(command, about)
    module.add_arguments(parser)
    if any(word in HELP for word in rest):
        console.result(parser.format_help())
        return Exit.CLEAN
    args = parser.parse(rest)
    console.verbose, console.quiet = args.verbose, args.quiet
    console.plain = args.no_color
    code: Exit = module.execute(args, console)
    return code


def _command(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the command and what stands behind it; a group alone asks for help."""
    first, second = words[0], " ".join(words[:2])
    if first in COMMANDS:
        return first, words[1:]
    if second in COMMANDS:
        return second, words[2:]
    if first in GROUPS and (len(words) == 1 or words[1] in HELP):
        return first, ()
    from diag.cli.arguments import nearest

    if first.startswith("-"):
        raise UsageError(
            f"a command comes first, then options such as '{first}'",
            hint="arcdiag check SOURCE; arcdiag --help lists the commands",
        )
    word, near = (second, COMMANDS) if first in GROUPS else (first, _firsts())
    raise UsageError(
        f"there is no command '{word}'{nearest(word, near)}",
        hint="arcdiag --help lists the commands",
    )


def _firsts() -> list[str]:
    return list(dict.fromkeys(name.split()[0] for name in COMMANDS))


def _help(group: str = "") -> str:
    lines = [f"arcdiag {__version__}: diagnose the Azure Arc agent from its logs", ""]
    if not group:
        lines += ["usage: arcdiag COMMAND ...", ""]
    lines += [
        f"  {name:<14} {about}"
        for name, (_, about) in COMMANDS.items()
        if name.startswith(group)
    ]
    if not group:
        lines += ["", "Begin with: arcdiag check SOURCE (zip, folder or log file)"]
    lines += ["arcdiag COMMAND --help says what a command takes.", ""]
    return "\n".join(lines)
