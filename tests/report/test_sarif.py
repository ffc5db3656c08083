"""SARIF: as the official schema says, with places that code scanning can open."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]
import pytest

from diag.report import Format
from diag.report.sarif import as_sarif
from diag.report.sarifparts import relative_uri
from tests.report.diagnoses import (
    CLEAN,
    FULL,
    HIMDS,
    HOSTILE,
    MARKUP,
    REFUSED,
    SILENT,
    at,
    hostile,
)
from tests.report.judged import NAMES, sample, written

if TYPE_CHECKING:
    from diag.model import Diagnosis

SCHEMA = Path(__file__).parents[1] / "data" / "sarif" / "sarif-schema-2.1.0.json"


@cache
def validator() -> Any:
    """Return what judges by the official schema, with its formats."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft4Validator(schema, format_checker=checker)


def run_of(text: str) -> Any:
    """Return the one run of a log, which has to be valid."""
    value = json.loads(text)
    errors = [error.message for error in validator().iter_errors(value)]
    assert errors == []
    [run] = value["runs"]
    return run


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_valid(name: str) -> None:
    run = run_of(written(*sample(name), Format.SARIF))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == sorted(ids)
    assert len(ids) > 90
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]


@pytest.mark.parametrize("diagnosis", [CLEAN, FULL], ids=["clean", "full"])
def test_diagnoses_are_valid(diagnosis: Diagnosis) -> None:
    run_of(as_sarif(diagnosis))


@pytest.mark.parametrize("bad", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_hostile_text_is_valid_and_no_link(bad: str) -> None:
    run = run_of(as_sarif(hostile(bad)))
    message = run["results"][0]["message"]["text"]
    assert "[a](" not in message
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert not set(uri["uri"]) & set('<>"` {}\\:')


def test_a_schema_that_accepts_all_would_prove_nothing() -> None:
    value = json.loads(as_sarif(FULL))
    value["runs"][0]["results"][0]["level"] = "bad"
    assert list(validator().iter_errors(value))


def test_a_result_has_place_level_and_suppression() -> None:
    run = run_of(as_sarif(FULL))
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": HIMDS, "uriBaseId": "BUNDLE"}
    assert place["region"]["startLine"] == 233
    assert "certStore" in place["region"]["snippet"]["text"]
    assert (
        first["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 234
    )
    levels = [(one["level"], one["kind"]) for one in run["results"][:5]]
    assert levels == [
        ("error", "fail"),
        ("error", "fail"),
        ("warning", "fail"),
        ("note", "fail"),
        ("none", "informational"),
    ]
    known = run["results"][6]["suppressions"]
    assert "is replaced soon (until 2026-03-10T23:00:00Z)" in known[0]["justification"]
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert [one["descriptor"]["id"] for one in notices] == [
        "guessed-encoding",
        "bad-time",
        "encrypted",
        "rule-stopped",
    ]
    assert notices[2]["level"] == "warning"
    assert run["properties"]["notEvaluated"][0]["needs"] == ["gc_ext"]


def test_a_finding_without_a_line_is_in_the_bundle() -> None:
    one = replace(SILENT, evidence=())
    [result] = run_of(as_sarif(replace(CLEAN, findings=(one,))))["results"]
    [place] = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "heartbeat-lost"
    assert place["physicalLocation"]["region"]["startLine"] == 1
    assert place["logicalLocations"][0]["name"] == "edge0001"


def test_fingerprints_stay_when_counts_and_times_move_on() -> None:
    later = replace(SILENT, first_seen=at(5), last_seen=at(6), count=9, title="other")
    before = run_of(as_sarif(replace(CLEAN, findings=(REFUSED, SILENT))))["results"]
    after = run_of(as_sarif(replace(CLEAN, findings=(later, later))))["results"]
    prints = [one["partialFingerprints"] for one in (*before, *after)]
    assert prints[1] == prints[2]
    assert prints[0] != prints[1] != prints[3]


def test_a_report_is_what_code_scanning_takes() -> None:
    """Within what GitHub's documentation says of SARIF for code scanning."""
    proofs = tuple(replace(REFUSED.evidence[0], line=n) for n in range(1, 301))
    long = replace(
        REFUSED, rule="X-Y-001", title="t" * 5_000, why="w" * 5_000, evidence=proofs
    )
    told = sample("heartbeat-lost")[1].rules[0]
    many = replace(told, tags=tuple(map(str, range(50))), description="d" * 5_000)
    full = replace(FULL, findings=(*FULL.findings, long))
    dossier = replace(sample("heartbeat-lost")[1], rules=(many,))
    run = run_of(as_sarif(full, dossier))
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule.get("properties", {}).get("tags", [])) <= 20
    for result in run["results"]:
        assert len(result["locations"]) <= 10
        assert len(result.get("relatedLocations", [])) <= 100
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] == 1
    marks = [
        one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]
    ]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch("[0-9a-f]{16}:1", one) for one in marks)


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("var/opt/a b.log", "var/opt/a%20b.log"),
        ("/etc/passwd", "etc/passwd"),
        ("../../x", "%2E%2E/%2E%2E/x"),
        ("C:/x/ü#1?.log", "C%3A/x/%C3%BC%231%3F.log"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("", "unknown"),
    ],
)
def test_a_name_is_a_relative_reference(file: str, uri: str) -> None:
    assert relative_uri(file) == uri
    assert unquote(uri) == (file.strip("/") or "unknown")
