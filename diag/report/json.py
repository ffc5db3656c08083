"""A diagnosis as JSON: design.md section 6, `schema_version` 1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from diag import __version__
from diag.clock import iso
from diag.report.gather import all_problems, references
from diag.text import ACTING

if TYPE_CHECKING:
    from datetime import datetime

    from diag.model import (
        BundleSummary,
        Diagnosis,
        Evidence,
        Finding,
        Silence,
        Since,
    )

SCHEMA_VERSION = 1
COVERAGE = (
    "rules",
    "fired",
    "clean",
    "not_evaluated",
    "stopped",
    "not_applicable",
)

# JSON demands escapes for C0 only; DEL, C1, direction marks and their like would
# act on the terminal of somebody who looks at the report.
RANGES = "".join(f"{chr(first)}-{chr(last)}" for first, last in ACTING)
ACTIVE = re.compile(f"[\x7f{RANGES}]")


def as_json(diagnosis: Diagnosis) -> str:
    """Return the report as indented JSON with a line end.

    Args:
        diagnosis: What `analyze.diagnose` returned.

    Returns:
        Text that `check-1.schema.json` describes; equal input gives equal text.
    """
    return safe_json(as_value(diagnosis))


def safe_json(value: object) -> str:
    r"""Return plain lists and mappings as indented JSON with a line end.

    Args:
        value: With texts of any kind, such as those of a log.

    Returns:
        JSON in which what acts on a terminal is written as `\uXXXX`, so that a
        reader gets the text as it was. Lone surrogates, which JSON cannot hold,
        become U+FFFD.
    """
    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        data = orjson.dumps(_encodable(value), option=orjson.OPT_INDENT_2)
    return ACTIVE.sub(_escaped, data.decode()) + "\n"


def safe_line(value: object) -> str:
    """Return plain data as one line of JSON, as safe as `safe_json`."""
    try:
        data = orjson.dumps(value)
    except TypeError:
        data = orjson.dumps(_encodable(value))
    return ACTIVE.sub(_escaped, data.decode()) + "\n"


def finding_value(one: Finding) -> dict[str, Any]:
    """Return a finding as it stands in the report."""
    return _finding(one)


def _escaped(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)


def as_value(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the report as plain lists and mappings, keys in their order."""
    told = {"baseline": _since(diagnosis.since)} if diagnosis.since else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": f"arcdiag {__version__}",
        "now": _time(diagnosis.now),
        "now_from": diagnosis.now_from,
        **told,
        "bundles": [_bundle(one) for one in diagnosis.bundles],
        "findings": [_finding(one) for one in diagnosis.findings],
        "not_evaluated": [
            {"rule": one.rule, "needs": list(one.needs), "reason": one.reason}
            for one in diagnosis.not_evaluated
        ],
        "suppressed": [
            {**_finding(one), "silence": _silence(one.silence)}
            for one in diagnosis.suppressed
        ],
        "coverage": {name: getattr(diagnosis.coverage, name) for name in COVERAGE},
        "rule_errors": list(diagnosis.rule_errors),
        "files": [
            {
                "file": one.file,
                "log": one.log,
                "lines": one.lines,
                "events": one.events,
                "unparsed": one.unparsed,
            }
            for one in diagnosis.files
        ],
        "problems": [
            {"file": one.file, "line": one.line, "kind": one.kind, "text": one.text}
            for one in all_problems(diagnosis)
        ],
    }


def _bundle(one: BundleSummary) -> dict[str, str]:
    return {
        "computer": one.computer,
        "os": one.os,
        "agent_version": one.agent_version,
        "source": one.source,
    }


def _finding(one: Finding) -> dict[str, Any]:
    check = one.counter_check
    return {
        "rule": one.rule,
        "covers": list(one.covers),
        "severity": str(one.severity),
        "benign": one.benign,
        "title": one.title,
        "why": one.why,
        "computer": one.computer,
        "subject": one.subject,
        "first_seen": _time(one.first_seen),
        "last_seen": _time(one.last_seen),
        "count": one.count,
        "evidence": [_evidence(line) for line in one.evidence],
        "counter_check": (
            {"text": check.text, "result": check.result} if check else None
        ),
        "explained_by": list(one.explained_by),
        "remedy": [
            {
                "text": step.text,
                "command": step.command,
                "changes": step.changes,
                "needs": step.needs,
            }
            for step in one.remedy
        ],
        "references": list(references(one)),
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    line = {
        "file": one.file,
        "line": one.line,
        "time": _time(one.time),
        "text": one.text,
    }
    for name, around in (("before", one.before), ("after", one.after)):
        if around:
            line[name] = [_evidence(other) for other in around]
    return line


def _since(one: Since) -> dict[str, Any]:
    return {
        "report": one.report,
        "known": one.known,
        "gone": [
            {"rule": rule, "computer": computer, "title": title, "unsure": why}
            for rule, computer, title, why in one.gone
        ],
    }


def _silence(one: Silence | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"by": one.by, "reason": one.reason, "until": _time(one.until)}


def _time(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _encodable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _encodable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_encodable(inner) for inner in value]
    return value
