"""A diagnosis as SARIF 2.1.0: what code scanning and editors read."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from diag import __version__
from diag.clock import iso
from diag.dossier import identity
from diag.model import Severity
from diag.report.gather import all_problems, references
from diag.report.json import safe_json
from diag.report.kinds import is_gap
from diag.report.words import cut, judged, place_of, step_notes, when
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diag.dossier import Dossier, RuleTold
    from diag.model import Diagnosis, Evidence, Finding, Problem

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
BASE = "BUNDLE"  # what the paths are relative to: nothing that is on a disk
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
RANKS = {
    Severity.CRITICAL: 100.0,
    Severity.HIGH: 80.0,
    Severity.MEDIUM: 50.0,
    Severity.LOW: 20.0,
    Severity.INFO: 0.0,
}
LONG, MOST_LINES = 4_000, 60
MOST_RESULTS = 5_000  # what GitHub shows of a run
MOST_NOTICES = 5_000
LINK = re.compile(r"\[([^\[\]]*)\]\(")  # what a viewer would make a link of


def as_sarif(diagnosis: Diagnosis, dossier: Dossier | None = None) -> str:
    """Return the report as SARIF.

    Args:
        diagnosis: What was found.
        dossier: The rules and what became of them; without it only those are known
            that found something.

    Returns:
        JSON that the official schema of 2.1.0 describes; equal input gives equal text.
    """
    rules = _rules(diagnosis, dossier)
    places = {one["id"]: number for number, one in enumerate(rules)}
    findings = [*diagnosis.findings, *diagnosis.suppressed]
    left = findings[MOST_RESULTS:]
    prints = _fingerprints(findings)
    run = {
        "tool": {
            "driver": {
                "name": "arcdiag",
                "semanticVersion": __version__,
                "rules": rules,
            }
        },
        "invocations": [_invocation(diagnosis, len(left))],
        "originalUriBaseIds": {
            BASE: {"description": {"text": "The bundle that was checked."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(one, places, mark, new=diagnosis.since is not None)
            for one, mark in zip(findings[:MOST_RESULTS], prints, strict=False)
        ],
        "properties": _properties(diagnosis, dossier),
    }
    return safe_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(diagnosis: Diagnosis, dossier: Dossier | None) -> list[dict[str, Any]]:
    """Return what is known of rules; all that can have a result are there."""
    known = {one.rule: one for one in dossier.rules} if dossier else {}
    made = {name: _rule(one) for name, one in known.items()}
    for one in (*diagnosis.findings, *diagnosis.suppressed):
        if one.rule not in made:
            made[one.rule] = {
                "id": one.rule,
                "shortDescription": _message(one.title),
                "defaultConfiguration": {"level": LEVELS[one.severity]},
            }
    return [made[name] for name in sorted(made)]


def _rule(one: RuleTold) -> dict[str, Any]:
    told = {
        "id": one.rule,
        "name": one.name,
        "shortDescription": _message(one.name),
        "fullDescription": _message(one.description or one.name),
        "defaultConfiguration": {
            "level": LEVELS[one.severity],
            "rank": RANKS[one.severity],
        },
        "help": _help(one),
        "properties": {
            "tags": list(dict.fromkeys(one.tags)),
            "severity": str(one.severity),
            "became": str(one.became),
            **({"why": one.why} if one.why else {}),
        },
    }
    if one.references:
        told["helpUri"] = one.references[0]
    return told


def _help(one: RuleTold) -> dict[str, str]:
    parts = [one.description or one.name]
    parts += [f"Remedy: {one.remedy}"] if one.remedy else []
    parts += [f"See {', '.join(one.references)}"] if one.references else []
    return _message("\n\n".join(parts))


def _result(
    one: Finding, places: dict[str, int], mark: str, *, new: bool
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": places[one.rule],
        "kind": "informational" if one.benign else "fail",
        "level": "none" if one.benign else LEVELS[one.severity],
        "rank": RANKS[one.severity],
        "message": _message(_told(one)),
        "locations": _locations(one),
        "occurrenceCount": max(one.count, 1),
        "partialFingerprints": {"arcdiag/v1": mark},
        "properties": _values(one),
    }
    if new:
        made["baselineState"] = "new"
    others = [_location(proof) for proof in one.evidence[1:]]
    if others:
        made["relatedLocations"] = others
    if one.silence:
        until = iso(one.silence.until)
        why = f"{one.silence.by}: {one.silence.reason}"
        why = f"{why} (until {until})" if until else why
        made["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": show(why)}
        ]
    return made


def _told(one: Finding) -> str:
    """Return what it is, why, and what to do, as a text of several lines."""
    rows = [one.title, "", *([one.why] if one.why else []), f"When: {when(one)}."]
    if one.explained_by:
        rows.append(f"Because of: {', '.join(one.explained_by)}.")
    if one.counter_check:
        rows.append(f"{one.counter_check.text} {one.counter_check.result}")
    for number, step in enumerate(one.remedy, 1):
        notes = ", ".join(step_notes(step))
        rows.append(f"{number}. {step.text}{f' [{notes}]' if notes else ''}")
        rows += [f"   $ {row}" for row in step.command.split("\n") if step.command]
    return "\n".join(rows)


def _values(one: Finding) -> dict[str, Any]:
    return {
        "severity": str(one.severity),
        "computer": one.computer,
        "subject": one.subject,
        "firstSeen": iso(one.first_seen),
        "lastSeen": iso(one.last_seen),
        "covers": list(one.covers),
        "explainedBy": list(one.explained_by),
        "references": list(references(one)),
        "status": one.status,
    }


def _locations(one: Finding) -> list[dict[str, Any]]:
    """Return where it is: its first line, or the machine when no line shows it."""
    machine = {"name": one.computer or "unknown", "kind": "resource"}
    if not one.evidence:
        return [{"logicalLocations": [machine]}]
    return [{**_location(one.evidence[0]), "logicalLocations": [machine]}]


def _location(proof: Evidence) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(proof.file)}
    text, left = cut(proof.text, LONG, MOST_LINES)
    if proof.line > 0:
        snippet = f"{text}\n({left})" if left else text
        place["region"] = {"startLine": proof.line, "snippet": {"text": snippet}}
    moment = f" at {iso(proof.time)}" if proof.time else ""
    said = f"{place_of(proof.file, proof.line)}{moment}"
    return {"physicalLocation": place, "message": _message(said)}


def _artifact(file: str) -> dict[str, str]:
    return {"uri": relative_uri(file), "uriBaseId": BASE}


def relative_uri(file: str) -> str:
    """Return a name inside a bundle as a relative reference that leads nowhere else.

    Args:
        file: With `/` between its parts.
    """
    raw = file.encode("utf-8", "surrogatepass").strip(b"/")
    parts = [quote(part, safe="") for part in raw.split(b"/")]
    dots = {".": "%2E", "..": "%2E%2E"}  # steps of a path, not names
    return "/".join(dots.get(part, part) for part in parts if part) or "unknown"


def _fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield by what results are known again in another run: not by count or time."""
    seen: dict[tuple[str, str, str], int] = {}
    for one in findings:
        key = identity(one)
        seen[key] = number = seen.get(key, 0) + 1
        text = "\0".join((*key, str(number)))
        data = text.encode("utf-8", "surrogatepass")
        yield hashlib.sha256(data).hexdigest()[:32]


def _invocation(diagnosis: Diagnosis, left: int) -> dict[str, Any]:
    problems = all_problems(diagnosis)
    notices = [_notice(one) for one in problems[:MOST_NOTICES]]
    if len(problems) > MOST_NOTICES:
        more = f"{len(problems) - MOST_NOTICES:,} more problems are not listed"
        notices.append({"level": "warning", "message": _message(more)})
    if left:
        more = f"{left:,} more findings are not among the results"
        notices.append({"level": "error", "message": _message(more)})
    wrong = [
        {"level": "error", "message": _message(text)} for text in diagnosis.rule_errors
    ]
    return {
        "executionSuccessful": not wrong,
        "toolExecutionNotifications": notices,
        "toolConfigurationNotifications": wrong,
    }


def _notice(one: Problem) -> dict[str, Any]:
    made: dict[str, Any] = {
        "descriptor": {"id": one.kind},
        "level": "warning" if is_gap(one) else "note",
        "message": _message(one.text),
    }
    if one.file:
        place: dict[str, Any] = {"artifactLocation": _artifact(one.file)}
        if one.line > 0:
            place["region"] = {"startLine": one.line}
        made["locations"] = [{"physicalLocation": place}]
    return made


def _properties(diagnosis: Diagnosis, dossier: Dossier | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "judged": judged(diagnosis),
        "nowFrom": diagnosis.now_from,
        "machines": [
            {"computer": o.computer, "os": o.os, "agentVersion": o.agent_version}
            for o in diagnosis.bundles
        ],
        "notEvaluated": [
            {"rule": one.rule, "needs": list(one.needs), "reason": one.reason}
            for one in diagnosis.not_evaluated
        ],
    }
    if diagnosis.since:
        made["baseline"] = {
            "report": diagnosis.since.report,
            "known": diagnosis.since.known,
            "gone": [list(one) for one in diagnosis.since.gone],
        }
    if dossier:
        made["replaced"] = {"what": str(dossier.cleaned), "count": dossier.replaced}
    return made


def _message(text: str) -> dict[str, str]:
    """Return a message in which nothing is a placeholder or a link."""
    shown = "\n".join(show(row) for row in text.split("\n"))
    shown = LINK.sub(r"\\[\1\\](", shown)
    return {"text": shown.replace("{", "{{").replace("}", "}}") or "-"}
