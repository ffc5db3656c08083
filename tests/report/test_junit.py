"""JUnit: well-formed whatever a log holds, and a build server sees what it should."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.dossier import Became, Dossier, RuleTold
from diag.model import Severity
from diag.report import Format
from diag.report.junit import as_junit
from tests.amount import examples
from tests.report.diagnoses import (
    CLEAN,
    FULL,
    HOSTILE,
    LOWER,
    MARKUP,
    REFUSED,
    SILENT,
    hostile,
)
from tests.report.judged import NAMES, sample, written


def cases(text: str) -> dict[str, ET.Element]:
    """Return the tests of a report by the first word of their names."""
    root = ET.fromstring(text.encode())
    [suite] = root
    found = suite.findall("testcase")
    for top in (root, suite):
        assert int(top.get("tests", "")) == len(found)
        for word, kind in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            count = sum(one.find(kind) is not None for one in found)
            assert int(top.get(word, "")) == count
    assert len({(one.get("classname"), one.get("name")) for one in found}) == len(found)
    return {one.get("name", "").split()[0]: one for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_well_formed_and_every_judged_rule_is_there(name: str) -> None:
    diagnosis, dossier = sample(name)
    found = cases(written(diagnosis, dossier, Format.JUNIT))
    cover = diagnosis.coverage
    rules = [one for one in found if "-" in one]
    assert len(rules) == cover.rules - cover.not_applicable
    assert "arcdiag.ARC-HB" in {one.get("classname") for one in found.values()}


def test_each_outcome_is_what_it_should_be() -> None:
    told = [
        RuleTold("ARC-ID-001", "certificate", "d", Severity.HIGH, Became.FIRED),
        RuleTold("ARC-OK-009", "calm", "d", Severity.HIGH, Became.CLEAN),
        RuleTold("ARC-VER-001", "v", "d", Severity.LOW, Became.STOPPED, "stopped"),
        RuleTold("ARC-OFF-001", "off", "d", Severity.LOW, Became.NOT_RUN, "is off"),
    ]
    found = cases(as_junit(FULL, Dossier(Severity.HIGH, rules=tuple(told))))
    failure = found["ARC-ID-001"].find("failure")
    assert failure is not None
    assert failure.get("type") == "critical"
    assert "var/opt/azcmagent/log/himds.log:233" in (failure.text or "")
    assert "sudo azcmagent disconnect" in (failure.text or "")
    assert list(found["ARC-OK-009"]) == []
    assert found["ARC-HB-003"].find("failure") is None
    assert "MEDIUM" in (found["ARC-HB-003"].findtext("system-out") or "")
    assert "not a fault" in (found["ARC-OK-001"].findtext("system-out") or "")
    skipped = found["ARC-EXT-001"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not judged: needs gc_ext"
    assert found["ARC-VER-001"].find("error") is not None
    silenced = found["ARC-HB-002"].find("skipped")
    assert silenced is not None
    assert "is part of: silence" in silenced.get("message", "")
    assert "ARC-OFF-001" not in found
    assert found["all"].get("name") == "all rules could be loaded"


def test_what_fails_follows_fail_on() -> None:
    some = replace(CLEAN, findings=(REFUSED, SILENT, LOWER))
    for level, count in (("critical", 1), ("high", 2), ("medium", 3)):
        text = as_junit(some, Dossier(Severity(level)))
        assert text.count("<failure ") == count


def test_what_could_not_be_read_is_no_pass() -> None:
    text = written(*sample("half-missing.zip"), Format.JUNIT)
    assert '<error type="unread"' in text
    assert "<failure" not in text


@pytest.mark.parametrize("bad", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_hostile_text_stays_text(bad: str) -> None:
    root = ET.fromstring(as_junit(hostile(bad)).encode())
    known = {"testsuites", "testsuite", "properties", "property", "testcase"}
    known |= {"failure", "error", "skipped", "system-out"}
    assert {one.tag for one in root.iter()} <= known


@settings(max_examples=examples(60), deadline=None)
@given(st.text())
def test_any_text_is_well_formed(text: str) -> None:
    one = replace(SILENT, title=text, why=text, rule=text)
    ET.fromstring(as_junit(replace(CLEAN, findings=(one,))).encode())
