"""The nested parts of a rule file: parameters, finding, remedy, tests and so on."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from diag.engine.literals import parse_literal
from diag.engine.rule import (
    AppliesTo,
    CounterSpec,
    EvidenceSpec,
    FindingSpec,
    Parameter,
    StepSpec,
    Suppression,
    When,
)
from diag.engine.versions import parse_range
from diag.schema import Type

if TYPE_CHECKING:
    from diag.engine.fields import Reader

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HTTPS = re.compile(r"https://[^\s<>\"'`{}|\\^]+")
SYSTEMS = ("linux", "windows")
EVIDENCE_MOST = 50
NEIGHBOURS_MOST = 10
COLUMNS = ("host", "start", "end", "file", "line", "count", "subject")


class ParameterType(StrEnum):
    """Types a parameter may have (rule-language.md, section 8.3)."""

    STRING = "string"
    LONG = "long"
    REAL = "real"
    BOOL = "bool"
    TIMESPAN = "timespan"
    DATETIME = "datetime"
    DYNAMIC = "dynamic"


class Changes(StrEnum):
    """Whether a step changes the machine."""

    NONE = "none"
    STATE = "state"


class Needs(StrEnum):
    """Which rights a step needs."""

    USER = "user"
    ADMIN = "admin"


def read_parameters(rule: Reader) -> tuple[Parameter, ...]:
    """Read `parameters`: name to type, default, description, min and max."""
    section = rule.section("parameters")
    found = []
    for name in section.values:
        item = section.section(name)
        if not NAME.fullmatch(name):
            section.error(f"'{name}' is no name for a parameter", name)
        kind = item.choice("type", ParameterType, None)
        description = item.text("description")
        values = {key: item.raw(key) for key in ("default", "min", "max")}
        item.finish()
        if values["default"] is None:
            item.error(f"parameter '{name}' needs a default")
        if kind is None or values["default"] is None:
            continue
        read = {
            key: _literal(item, key, value, Type(kind)) for key, value in values.items()
        }
        default, low, high = read["default"], read["min"], read["max"]
        if default is not None:
            _check_bounds(item, default, low, high)
            found.append(Parameter(name, Type(kind), default, description, low, high))
    return tuple(found)


def _literal(item: Reader, key: str, value: object, kind: Type) -> Any:  # noqa: ANN401 - of the declared type
    if value is None:
        return None
    try:
        return parse_literal(value, kind)
    except ValueError as error:
        item.error(f"'{key}': {error}", key)
        return None


def _check_bounds(item: Reader, default: Any, low: Any, high: Any) -> None:  # noqa: ANN401 - of one type
    if isinstance(default, (str, bool, list, dict)):
        if low is not None or high is not None:
            item.error("'min' and 'max' fit numbers, timespans and datetimes only")
    elif (low is not None and default < low) or (high is not None and default > high):
        item.error("the default is outside 'min' and 'max'", "default")


def read_finding(rule: Reader) -> FindingSpec:
    """Read `finding`, or the Sentinel fields that say the same."""
    section = rule.section("finding")
    override = rule.section("alertDetailsOverride")
    title = section.text("title") or override.text("alertDisplayNameFormat")
    detail = section.text("detail") or override.text("alertDescriptionFormat")
    severity = section.text("severityFrom") or override.text("alertSeverityColumnName")
    columns = {key: section.text(key) for key in COLUMNS}
    columns["host"] = columns["host"] or _sentinel_host(rule)
    section.finish()
    override.finish(override.values)
    for key, name in {**columns, "severityFrom": severity}.items():
        if name and not NAME.fullmatch(name):
            section.error(f"'{key}' must be the name of one result column", key)
    return FindingSpec(title=title, detail=detail, severity_from=severity, **columns)


def _sentinel_host(rule: Reader) -> str:
    for entity in rule.sections("entityMappings"):
        if entity.text("entityType") != "Host":
            continue
        for mapping in entity.sections("fieldMappings"):
            if mapping.text("identifier") in {"FullName", "HostName"}:
                return mapping.text("columnName")
    return ""


def read_evidence(rule: Reader) -> EvidenceSpec:
    """Read `evidence`: a predicate over Events, or a mapping with a limit."""
    if isinstance(rule.raw("evidence"), str):
        return EvidenceSpec(where=rule.text("evidence"))
    section = rule.section("evidence")
    where = section.text("where")
    limit = section.number("limit", EvidenceSpec().limit, 1, EVIDENCE_MOST)
    before, after = (
        section.number(key, 0, 0, NEIGHBOURS_MOST) for key in ("before", "after")
    )
    section.finish()
    return EvidenceSpec(where, limit, before, after)


def read_applies_to(rule: Reader) -> AppliesTo:
    """Read `appliesTo`: systems and a range of agent versions."""
    section = rule.section("appliesTo")
    systems = section.texts("os")
    for system in systems:
        if system not in SYSTEMS:
            section.error(f"'os' is '{system}'; one of linux, windows", "os")
    versions = section.parsed("agentVersion", parse_range)
    section.finish()
    return AppliesTo(systems, versions)


def read_suppress(rule: Reader) -> tuple[Suppression, ...]:
    """Read `suppress`: which rules are silenced, and when."""
    found = []
    for item in rule.sections("suppress"):
        name = item.text("rule", required=True)
        when = item.choice("when", When, None)
        item.finish()
        if name and when:
            found.append(Suppression(name, when))
    return tuple(found)


def read_counter_check(rule: Reader) -> CounterSpec | None:
    """Read `counterCheck`: text, query, and what both answers mean."""
    if "counterCheck" not in rule:
        rule.raw("counterCheck")
        return None
    section = rule.section("counterCheck")
    text, query, refuted, stands = (
        section.text(key, required=True)
        for key in ("text", "query", "refuted", "stands")
    )
    section.finish()
    return CounterSpec(text, query, refuted, stands)


def read_remedy(rule: Reader) -> tuple[str, tuple[StepSpec, ...]]:
    """Read `remedy`: a summary and steps."""
    section = rule.section("remedy")
    summary = section.text("summary")
    steps = []
    for item in section.sections("steps"):
        linux, windows = _commands(item)
        steps.append(
            StepSpec(
                text=item.text("text", required=True),
                changes=item.choice("changes", Changes, Changes.NONE) or "none",
                needs=item.choice("needs", Needs, Needs.USER) or "user",
                linux=linux,
                windows=windows,
                versions=item.parsed("agentVersion", parse_range),
                reference=check_https(item, "reference", item.text("reference")),
            )
        )
        item.finish()
    section.finish()
    return summary, tuple(steps)


def _commands(item: Reader) -> tuple[str, str]:
    if not isinstance(item.raw("command"), dict):
        both = item.text("command")
        return both, both
    section = item.section("command")
    found = section.text("linux"), section.text("windows")
    section.finish()
    return found


def check_https(item: Reader, key: str, address: str) -> str:
    """Return the address, and note it when it is no https address."""
    if address and not HTTPS.fullmatch(address):
        item.error(f"'{key}': only https addresses, found '{address[:80]}'", key)
    return address
