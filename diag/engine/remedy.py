"""Choose the commands of a remedy for the machine that a finding is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.model import Step

if TYPE_CHECKING:
    from diag.engine.rule import Rule, StepSpec


def steps_for(rule: Rule, system: str) -> tuple[Step, ...]:
    """Return a rule's remedy for one system.

    Args:
        rule: Whose remedy.
        system: linux, windows, or empty when unknown: then a step whose
            commands differ stands there once for each system.

    Returns:
        The steps; the summary alone as the only step when there are none.
    """
    if not rule.remedy:
        return (Step(rule.remedy_summary),) if rule.remedy_summary else ()
    return tuple(step for spec in rule.remedy for step in _steps(spec, system))


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
