"""What the manifest says about the machine and the run."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any

from diag.collect.moments import iso_of
from diag.collect.roots import first_line, zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diag.collect.options import Options
    from diag.collect.roots import Root
    from diag.collect.state import State

SHOWN = re.compile(rb"^Agent Version\s*:[ \t]*([0-9][0-9A-Za-z.]*)", re.MULTILINE)
SAID = re.compile(rb"([0-9]+\.[0-9]+\.[0-9]+(?:\.[0-9]+)?)")


class Head:
    """Gathers what is known."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known = dict.fromkeys(("machine", "system", "zone", "agent_version"), "")
        self._commands: list[Mapping[str, Any]] = []

    def of_state(self, state: State) -> None:
        """Take what a command said."""
        if state.command is not None:
            self._commands.append(state.command)
        last = state.name.rpartition("/")[2]
        match = None
        if last == "azcmagent-show.txt":
            match = SHOWN.search(state.text)
        elif last == "azcmagent-version.txt" and not self._known["agent_version"]:
            match = SAID.search(state.text)
        if match is not None:
            self._known["agent_version"] = match.group(1).decode("ascii")
        if last == "tzutil.txt":
            self._known["zone"] = state.text.decode("utf-8", "replace").strip()

    def of_roots(self, roots: Sequence[Root], *, live: bool) -> None:
        """Take what the systems themselves say.

        Args:
            roots: Open.
            live: The first one is the running system.
        """
        self._known["system"] = roots[0].system
        name = socket.gethostname() if live else ""
        self._known["machine"] = name or first_line(roots[0].folder, "etc", "hostname")
        self._known["zone"] = self._known["zone"] or zone_of(roots[0])

    def values(self, options: Options, counts: Mapping[str, int]) -> dict[str, Any]:
        """Return the head of the manifest.

        Args:
            options: What was asked for.
            counts: What was redacted, by kind.
        """
        from diag import __version__

        asked: dict[str, Any] = {
            "full": options.full,
            "since": None if options.since is None else iso_of(options.since),
            "until": None if options.until is None else iso_of(options.until),
            "root": bool(options.root),
            "now": None if options.now is None else iso_of(options.now),
            "redact": options.redact,
            "pseudonyms": options.pseudonyms,
            "max_size": options.max_size,
        }
        return {
            **self._known,
            "collector_version": __version__,
            "case_id": options.case_id,
            "options": asked,
            "redactions": dict(sorted(counts.items())),
            "commands": self._commands,
        }
