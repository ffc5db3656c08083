"""Choose and fill the commands of a remedy for the machine that a finding is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diag.engine.fill import PLACEHOLDER, fill, write_value
from diag.engine.versions import parse_version
from diag.model import Step
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.engine.rule import Rule, StepSpec

# People copy commands into a shell, and a value comes from a log: only a plain word
# may stand in one. A leading `-` would be an option.
RELEASES = "https://learn.microsoft.com/azure/azure-arc/servers/agent-release-notes"
SAFE_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")


def steps_for(
    rule: Rule,
    system: str,
    version: tuple[int, ...],
    row: Mapping[str, Any],
    kinds: Mapping[str, Type],
) -> tuple[Step, ...]:
    """Return a rule's remedy for one machine, with a finding's values filled in.

    Args:
        rule: Whose remedy.
        system: linux, windows, or empty when unknown: then a step whose
            commands differ stands there once for each system.
        version: Of the agent, empty when unknown: then no step is left out.
        row: The finding's columns.
        kinds: Their types.

    Returns:
        The steps; the summary alone as the only step when there are none. A value
        that is no plain word stands in a command as `<Column>`, to be put in by
        who runs it.
    """
    update = _update(rule, version)
    if not rule.remedy:
        return (*update, Step(rule.remedy_summary)) if rule.remedy_summary else update
    steps = [
        step
        for spec in rule.remedy
        if not (spec.versions and version) or spec.versions.holds(version)
        for step in _steps(spec, system)
    ]
    return update + tuple(
        Step(
            fill(step.text, row, kinds),
            _command(step.command, row, kinds),
            step.changes,
            step.needs,
            step.reference,
        )
        for step in steps
    )


def _update(rule: Rule, version: tuple[int, ...]) -> tuple[Step, ...]:
    """Return the step that comes first when a newer agent has the fault no more."""
    if not rule.fixed_in or (version and version >= parse_version(rule.fixed_in)):
        return ()
    has = f"; this machine has {'.'.join(map(str, version))}" if version else ""
    text = f"Update the agent: version {rule.fixed_in} has this mended{has}."
    return (Step(text, "", "state", "admin", RELEASES),)


def _command(text: str, row: Mapping[str, Any], kinds: Mapping[str, Type]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        written = write_value(row.get(name), kinds.get(name, Type.STRING))
        return written if SAFE_WORD.fullmatch(written) else f"<{name}>"

    return PLACEHOLDER.sub(value, text)


def _steps(spec: StepSpec, system: str) -> list[Step]:
    commands = {"linux": spec.linux, "windows": spec.windows}
    if system in commands:
        return [_step(spec, spec.text, commands[system])]
    if spec.linux == spec.windows:
        return [_step(spec, spec.text, spec.linux)]
    return [
        _step(spec, f"{spec.text} ({name.capitalize()})", command)
        for name, command in commands.items()
        if command
    ]


def _step(spec: StepSpec, text: str, command: str) -> Step:
    return Step(text, command, spec.changes, spec.needs, spec.reference)
