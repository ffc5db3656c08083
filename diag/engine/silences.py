"""Suppressions: findings that somebody knows of, with a reason and an end.

A list in YAML, beside the rules and not in them, as each machine park has its own:

    - rule: ARC-VER-001
      computer: web*          # optional; * and ? as in file names
      reason: is updated with the next image
      until: 2026-04-01
      by: the platform team   # optional
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from diag import content
from diag.clock import iso
from diag.engine.failures import located, raise_all
from diag.engine.fields import Notes, Reader
from diag.engine.literals import parse_time
from diag.errors import UsageError
from diag.model import Evidence, Finding, Severity, Silence, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from diag.engine.fields import Path as Keys

# The finding about a suppression that has run out; there is no rule file for it.
EXPIRED = "ARC-SUP-001"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Whose findings somebody wants silenced. `until` is naive UTC."""

    rule: str
    reason: str
    until: datetime
    file: str
    line: int
    computer: str = "*"
    by: str = ""

    def meets(self, finding: Finding) -> bool:
        """Return whether a finding is one of those, whatever the time."""
        named = fnmatchcase(finding.computer.lower(), self.computer.lower())
        return self.rule == finding.rule and named


def load_suppressions(paths: Sequence[Path]) -> tuple[Suppression, ...]:
    """Read files of suppressions.

    Args:
        paths: YAML files, each a list as in this module's text.

    Raises:
        UsageError: A file cannot be read.
        RuleError: Something in one is wrong; the text lists all with their lines.
    """
    found: list[Suppression] = []
    errors: list[str] = []
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            hint = "give a YAML file with suppressions"
            reason = error.strerror or "cannot be read"
            raise UsageError(reason, where=str(path), hint=hint) from error
        text = content.decoded(data, str(path))
        read, wrong = _read(content.load_yaml(text, str(path)), text, str(path))
        found += read
        errors += wrong
    raise_all(errors)
    return tuple(found)


def _read(data: object, text: str, name: str) -> tuple[list[Suppression], list[str]]:
    notes = Notes()
    found = []
    items = data if isinstance(data, list) else []
    if not isinstance(data, list):
        notes.errors.append(((), "expected a list of suppressions"))
    for place, item in enumerate(items):
        path: Keys = (place,)
        reader = Reader(item, path, notes)
        rule = reader.text("rule", required=True)
        reason = reader.text("reason", required=True)
        reader.text("until", required=True)
        until = reader.parsed("until", parse_time)
        computer, by = reader.text("computer", "*"), reader.text("by")
        reader.finish()
        line = content.line_of(text, path)
        if until:
            found.append(Suppression(rule, reason, until, name, line, computer, by))
    return found, located(name, text, notes.errors)


def silence(
    findings: Iterable[Finding], suppressions: Sequence[Suppression], now: datetime
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """Take out what is suppressed.

    Args:
        findings: In their order.
        suppressions: What `load_suppressions` returned.
        now: Naive UTC; a suppression ends at its `until`.

    Returns:
        The findings that stay, those that are silenced, and one for each
        suppression that has run out.
    """
    valid = [one for one in suppressions if one.until > now]
    kept, silenced = [], []
    for finding in findings:
        match = next((one for one in valid if one.meets(finding)), None)
        if match is None:
            kept.append(finding)
        else:
            silenced.append(replace(finding, silence=_silence(match)))
    over = [_expired(one, kept) for one in suppressions if one.until <= now]
    return kept, silenced, over


def _silence(one: Suppression) -> Silence:
    by = f"{one.by} ({one.file}:{one.line})" if one.by else f"{one.file}:{one.line}"
    return Silence(by, one.reason, one.until)


def _expired(one: Suppression, kept: Sequence[Finding]) -> Finding:
    again = sum(one.meets(finding) for finding in kept)
    now_said = (
        f"{again} of its findings are shown again" if again else "it hides nothing"
    )
    return Finding(
        rule=EXPIRED,
        covers=(),
        severity=Severity.LOW,
        benign=False,
        title=f"Suppression of {one.rule} ended on {iso(one.until)}",
        why=f"It was there because: {one.reason}. It has run out, so {now_said}.",
        computer="" if "*" in one.computer or "?" in one.computer else one.computer,
        first_seen=one.until,
        last_seen=None,
        count=1,
        evidence=(Evidence(one.file, one.line, None, f"{one.rule}: {one.reason}"),),
        remedy=(Step("Mend the cause, or set a new end if the reason still holds."),),
        references=(),
    )
