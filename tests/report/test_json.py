"""The JSON report: as its schema says, and harmless to look at."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.report.json import as_json, safe_json
from tests.report.diagnoses import CLEAN, FULL, HOSTILE, SILENT, hostile

if TYPE_CHECKING:
    from diag.model import Diagnosis

SCHEMA = Path(__file__).parents[2] / "diag" / "report" / "check-1.schema.json"
ACTING = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def validated(text: str) -> Any:
    """Return the report in a text, which has to be as the schema says."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(text)
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)
    return value


@pytest.mark.parametrize(
    "diagnosis",
    [CLEAN, FULL, replace(CLEAN, now=None, now_from="no time in the input")],
    ids=["clean", "full", "no time"],
)
def test_the_report_is_as_the_schema_says(diagnosis: Diagnosis) -> None:
    validated(as_json(diagnosis))


def test_the_report_holds_what_was_found() -> None:
    value = validated(as_json(FULL))
    assert value["schema_version"] == 1
    assert value["now"] == "2026-03-10T11:42:00Z"
    assert value["now_from"] == "newest event"
    first = value["findings"][0]
    assert (first["rule"], first["severity"], first["count"]) == (
        "ARC-ID-001",
        "critical",
        11,
    )
    assert first["evidence"][1]["text"] == "one\ntwo\nthree\nfour\nfive\nsix"
    assert first["counter_check"] is None
    assert value["findings"][1]["counter_check"]["result"].startswith("Nothing shows")
    assert value["not_evaluated"][2] == {
        "rule": "ARC-SVC-001",
        "needs": ["azcmagent_show", "gc_ext"],
        "reason": "one is needed",
    }
    assert value["suppressed"][1]["silence"] == {
        "by": "the team (known.yaml:3)",
        "reason": "is replaced soon",
        "until": "2026-03-10T23:00:00Z",
    }
    assert value["coverage"]["clean"] == 2
    assert [one["kind"] for one in value["problems"]] == [
        "guessed-encoding",
        "bad-time",
        "encrypted",
        "rule-stopped",
    ]
    assert value["problems"][3]["text"] == "ARC-VER-001: stopped after 10 s."


def test_a_schema_that_accepts_all_would_prove_nothing() -> None:
    value = json.loads(as_json(FULL))
    value["findings"][0]["severity"] = "bad"
    with pytest.raises(jsonschema.ValidationError):
        validated(json.dumps(value))


def test_hostile_text_arrives_unchanged_but_acts_on_nothing() -> None:
    text = as_json(hostile())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    value = json.loads(text)
    kept = HOSTILE.replace("\udc80", "?")
    assert value["findings"][0]["title"] == kept


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back_and_no_acting_character_is_written(text: str) -> None:
    written = safe_json([text])
    assert json.loads(written) == [text]
    assert {unicodedata.category(c) for c in written if c != "\n"} & ACTING == set()


def test_equal_diagnoses_give_equal_bytes() -> None:
    assert as_json(FULL) == as_json(replace(FULL, findings=tuple(FULL.findings)))
    assert as_json(FULL) != as_json(replace(FULL, findings=(SILENT,)))
