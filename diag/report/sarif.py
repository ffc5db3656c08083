"""A diagnosis as SARIF 2.1.0: what code scanning and editors read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from diag import __version__
from diag.clock import iso
from diag.dossier import identity
from diag.model import Severity
from diag.report.gather import all_problems, references
from diag.report.json import safe_json
from diag.report.kinds import is_gap
from diag.report.sarifparts import BASE, artifact, location, locations, message
from diag.report.words import cut, judged, step_notes, when
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diag.dossier import Dossier, RuleTold
    from diag.model import Diagnosis, Finding, Problem

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
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
MOST_RESULTS = 5_000  # what GitHub shows of a run
MOST_NOTICES = 5_000
MOST_RELATED, MOST_TAGS, BRIEF = 100, 10, 1_000  # what GitHub shows of them


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
            {
                **_result(one, places, mark),
                "locations": locations(one, diagnosis),
                **({"baselineState": "new"} if diagnosis.since else {}),
            }
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
                "shortDescription": _brief(one.title),
                "fullDescription": _brief(one.why or one.title),
                "help": message(one.why or one.title),
                "defaultConfiguration": {"level": LEVELS[one.severity]},
            }
    return [made[name] for name in sorted(made)]


def _brief(text: str) -> dict[str, str]:
    kept, left = cut(text, BRIEF)
    return message(f"{kept}…" if left else kept)


def _rule(one: RuleTold) -> dict[str, Any]:
    told = {
        "id": one.rule,
        "name": one.name,
        "shortDescription": _brief(one.name),
        "fullDescription": _brief(one.description or one.name),
        "defaultConfiguration": {
            "level": LEVELS[one.severity],
            "rank": RANKS[one.severity],
        },
        "help": _help(one),
        "properties": {
            "tags": list(dict.fromkeys(one.tags))[:MOST_TAGS],
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
    return message("\n\n".join(parts))


def _result(one: Finding, places: dict[str, int], mark: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": places[one.rule],
        "kind": "informational" if one.benign else "fail",
        "level": "none" if one.benign else LEVELS[one.severity],
        "rank": RANKS[one.severity],
        "message": message(_told(one)),
        "occurrenceCount": max(one.count, 1),
        # The second one is what GitHub knows a result by; else it would be made of
        # the line in a file of the repository, where ours is not.
        "partialFingerprints": {
            "arcdiag/v1": mark,
            "primaryLocationLineHash": f"{mark[:16]}:1",
        },
        "properties": _values(one),
    }
    others = [location(proof) for proof in one.evidence[1 : MOST_RELATED + 1]]
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
        notices.append({"level": "warning", "message": message(more)})
    if left:
        more = f"{left:,} more findings are not among the results"
        notices.append({"level": "error", "message": message(more)})
    wrong = [
        {"level": "error", "message": message(text)} for text in diagnosis.rule_errors
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
        "message": message(one.text),
    }
    if one.file:
        place: dict[str, Any] = {"artifactLocation": artifact(one.file)}
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
