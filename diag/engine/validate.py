"""From a mapping in a YAML file to a `Rule`, with every error noted."""

from __future__ import annotations

import re
from typing import Any

from diag.engine import parts, testparts
from diag.engine.fields import Notes, Path, Reader, kind_of
from diag.engine.literals import parse_span
from diag.engine.rule import Rule, Status, Trigger
from diag.model import Severity

RULE_ID = re.compile(
    r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-[0-9]{3}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
AGENT_VERSION = re.compile(r"[0-9]+(\.[0-9]+){1,3}")
VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
LOG = re.compile(r"[a-z][a-z0-9_]*")
NAME_LIMIT = 100
QUERY_LIMIT = 20_000
# Sentinel's words beside ours (design.md, section 5).
SEVERITIES = {**{word.value: word for word in Severity}, "informational": Severity.INFO}
# Fields of Sentinel files that say how its service schedules and groups; they
# have no meaning for a bundle that is judged once (rule-language.md, 8.1).
IGNORED = (
    "queryFrequency",
    "queryPeriod",
    "suppressionEnabled",
    "suppressionDuration",
    "tactics",
    "relevantTechniques",
    "subTechniques",
    "requiredDataConnectors",
    "eventGroupingSettings",
    "incidentConfiguration",
    "metadata",
    "customDetails",
    "sentinelEntitiesMappings",
    "author",
    "license",
    "date",
    "modified",
)


def read_rule(
    value: object,
    path: Path,
    notes: Notes,
    *,
    file: str = "",
    pack: str = "",
    reader: Reader | None = None,
    tests: bool = True,
) -> Rule | None:
    """Check one rule.

    Args:
        value: The mapping from YAML.
        path: Where it stands in its document.
        notes: Collects errors and remarks.
        file: Its file, for later messages.
        pack: Name of its pack.
        reader: Reads the mapping; one that only notes what is asked makes a schema.
        tests: Read its tests, too; without them they are taken to be right.

    Returns:
        The rule, None if anything is wrong with it.
    """
    before = len(notes.errors)
    if not isinstance(value, dict):
        notes.errors.append((path, f"expected a rule, found {kind_of(value)}"))
        return None
    reader = reader or Reader(value, path, notes)
    judging = _judging(reader)
    rule = Rule(
        file=file,
        path=path,
        pack=pack,
        **_identity(reader),
        **judging,
        **_telling(reader),
        tests=testparts.read_tests(reader, judging["parameters"]) if tests else (),
    )
    _kind(reader)
    _together(reader, rule)
    if tests:
        _tested(reader, rule)
    else:
        reader.raw("tests")  # known, and not looked at
    reader.finish(IGNORED)
    return rule if len(notes.errors) == before else None


def _identity(reader: Reader) -> dict[str, Any]:
    """Read what a rule is, and how far it is trusted."""
    return {
        "id": reader.pattern("id", RULE_ID, "ARC-HB-001"),
        "name": _name(reader),
        "description": reader.text("description", required=True),
        "severity": _severity(reader),
        "version": reader.pattern("version", VERSION, "1.0.0"),
        "status": _status(reader),
        "enabled": reader.flag("enabled", default=True),
        "tags": reader.texts("tags"),
        "covers": reader.texts("covers"),
        "benign": reader.flag("benign", default=False),
        "basis": reader.text("basis"),
    }


def _judging(reader: Reader) -> dict[str, Any]:
    """Read on what a rule runs, and when it fires."""
    return {
        "query": _query(reader),
        "trigger": reader.choice("triggerOperator", Trigger, Trigger.MORE)
        or Trigger.MORE,
        "threshold": reader.number("triggerThreshold", 0, 0, 1_000_000),
        "required_logs": _logs(reader, "requiredLogs"),
        "required_any_log": _logs(reader, "requiredAnyLog"),
        "applies_to": parts.read_applies_to(reader),
        "parameters": parts.read_parameters(reader),
        **_group(reader),
        "explains": reader.texts("explains"),
        "suppress": parts.read_suppress(reader),
    }


def _telling(reader: Reader) -> dict[str, Any]:
    """Read what a finding says, and what helps."""
    summary, steps = parts.read_remedy(reader)
    return {
        "finding": parts.read_finding(reader),
        "evidence": parts.read_evidence(reader),
        "counter_check": parts.read_counter_check(reader),
        "remedy_summary": summary,
        "remedy": steps,
        "references": _references(reader),
        "false_positives": reader.texts("falsePositives"),
        "fixed_in": _fixed_in(reader),
    }


def _fixed_in(reader: Reader) -> str:
    def checked(text: str) -> str:
        if not AGENT_VERSION.fullmatch(text):
            raise ValueError(f"'{text}' is no version of the agent, such as 1.29")
        return text

    return reader.parsed("fixedIn", checked) or ""


def _severity(reader: Reader) -> Severity:
    word = reader.text("severity", required=True)
    found = SEVERITIES.get(word.lower())
    if word and found is None:
        known = ", ".join(Severity)
        reader.error(f"'severity' is '{word}'; one of {known}", "severity")
    return found or Severity.MEDIUM


def _status(reader: Reader) -> Status:
    if reader.raw("status") == "Available":  # Sentinel's only word
        return Status.STABLE
    return reader.choice("status", Status, Status.STABLE) or Status.STABLE


def _name(reader: Reader) -> str:
    name = reader.text("name", required=True)
    if len(name) > NAME_LIMIT:
        reader.error(f"'name' has {len(name)} characters; {NAME_LIMIT} at most", "name")
    if name.endswith("."):
        reader.error("'name' ends in a period; names are no sentences", "name")
    return name


def _query(reader: Reader) -> str:
    query = reader.text("query", required=True)
    if len(query) > QUERY_LIMIT:
        reader.error(
            f"'query' has {len(query):,} characters; {QUERY_LIMIT:,} at most", "query"
        )
    return query


def _logs(reader: Reader, key: str) -> tuple[str, ...]:
    names = reader.texts(key)
    for name in names:
        if not LOG.fullmatch(name):
            reader.error(f"'{name}' is no name of a log, such as himds", key)
    return names


def _group(reader: Reader) -> dict[str, Any]:
    section = reader.section("group")
    columns = section.texts("by")
    if "group" in reader and not columns:
        reader.error("'group' needs 'by': a list of result columns", "group")
    window = section.parsed("window", parse_span)
    section.finish()
    return {"group_by": columns, "group_window": window}


def _references(reader: Reader) -> tuple[str, ...]:
    return tuple(
        parts.check_https(reader, "references", address)
        for address in reader.texts("references")
    )


def _kind(reader: Reader) -> None:
    kind = reader.text("kind", "Scheduled")
    if kind != "Scheduled":
        reader.error(f"'kind' is '{kind}'; only Scheduled rules can be run", "kind")


def _together(reader: Reader, rule: Rule) -> None:
    """Check what several fields must agree on."""
    if rule.status is Status.EXPERIMENTAL and not rule.basis:
        reader.error("an experimental rule needs 'basis': what it rests on")
    named = [*rule.explains, *(item.rule for item in rule.suppress)]
    if rule.id and rule.id in named:
        reader.error("a rule cannot explain or suppress itself")
    used = f"{rule.query} {rule.evidence.where} {rule.counter_check}"
    for name in (p.name for p in rule.parameters):
        if not re.search(rf"\b{re.escape(name)}\b", used):
            reader.note(f"the parameter '{name}' is not used")


def _tested(reader: Reader, rule: Rule) -> None:
    """Check whether there are tests of both kinds, each with a name of its own."""
    wanted = {True: "firing", False: "silent"}
    for test in rule.tests:
        wanted.pop(test.fires, None)
    names = [test.name for test in rule.tests]
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.error(f"two tests are called '{name}'", "tests")
    if not wanted:
        return
    text = f"no {' and no '.join(wanted.values())} test"
    # A GUID is a rule taken from elsewhere; it loads as it is (section 8.1).
    if rule.id[:1].isupper() and rule.id.count("-") < 4:  # noqa: PLR2004 - a GUID has four
        reader.error(f"{text}; a rule needs at least one of each")
    else:
        reader.note(text)
