"""What a report shows has no secrets, and on demand no names; nothing else changes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diag.analyze.sanitise import Sanitiser, read_pseudonyms
from diag.dossier import Became, Cleaned, Dossier, RuleTold
from diag.model import Evidence, Severity
from diag.redact import RedactionError
from diag.report.json import as_value
from tests.report.diagnoses import FULL, HIMDS, SILENT, at
from tests.report.judged import rules, sample

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-Zx81!"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZ2VudCJ9.c2lnbmF0dXJlLW9mLXRoaXM"
ID = "6d1f9d7a-2f0c-4b4e-9f53-0a1b2c3d4e5f"


def leaking() -> Evidence:
    """Return a line with secrets, and neighbours that have some, too."""
    near = Evidence(HIMDS, 1, at(1), f"Authorization: Bearer {TOKEN}")
    text = f'connect --service-principal-secret "{SECRET}" password={SECRET}'
    return Evidence(HIMDS, 2, at(1), text, before=(near,), after=(near,))


def test_secrets_are_replaced_wherever_a_text_stands() -> None:
    one = replace(SILENT, why=f"password={SECRET}", evidence=(leaking(),))
    diagnosis = replace(FULL, findings=(one,), suppressed=(one,))
    rule = RuleTold("R", "n", "d", Severity.LOW, Became.STOPPED, f"token: {TOKEN}")
    dossier = Dossier(Severity.HIGH, rules=(rule,))
    shown = Sanitiser().cleaned(diagnosis, dossier)
    text = repr(shown)
    assert SECRET not in text
    assert TOKEN not in text
    assert "<redacted:" in shown.diagnosis.findings[0].evidence[0].text
    assert shown.dossier is not None
    assert shown.dossier.cleaned is Cleaned.SECRETS
    assert shown.dossier.replaced == sum(shown.counts.values()) > 3


@pytest.mark.parametrize("name", ["heartbeat-lost", "healthy-windows.zip"])
def test_without_secrets_nothing_changes(name: str) -> None:
    diagnosis, dossier = sample(name)  # was cleaned once
    again = Sanitiser().cleaned(diagnosis, dossier)
    assert again.diagnosis == diagnosis
    assert as_value(again.diagnosis) == as_value(diagnosis)


def test_no_word_of_a_shipped_rule_is_taken_for_a_secret() -> None:
    clean = Sanitiser()
    for rule in rules():
        texts = [rule.name, rule.description, rule.remedy_summary, rule.finding.title]
        texts += [
            text
            for step in rule.remedy
            for text in (step.text, step.linux, step.windows)
        ]
        for text in texts:
            assert clean.text(text) == text, rule.id


def test_names_are_replaced_alike_everywhere_and_the_table_keeps_them() -> None:
    near = Evidence(
        HIMDS, 3, at(1), f"PUT /machines/edge0001 tenant {ID} from 10.1.2.3"
    )
    one = replace(SILENT, evidence=(near,))
    diagnosis = replace(FULL, findings=(one, *FULL.findings))
    first = read_pseudonyms()
    cleaned = []
    for _ in range(2):
        clean = Sanitiser(first)
        clean.learn(diagnosis)
        cleaned.append(clean.cleaned(diagnosis).diagnosis)
        first = read_pseudonyms(json.loads(json.dumps(first.table())))
    assert cleaned[0] == cleaned[1]
    text = repr(cleaned[0])
    for name in ("edge0001", ID, "10.1.2.3"):
        assert name not in text
    names = {one.computer for one in cleaned[0].findings}
    assert len(names) == 1
    assert names == {cleaned[0].bundles[0].computer}
    assert cleaned[0].findings[0].rule == SILENT.rule


def test_some_rules_are_for_some_files() -> None:
    text = (
        '"protectedSettingsCertThumbprint": "A1B2C3D4E5F60718293A4B5C6D7E8F9012345678"'
    )
    clean = Sanitiser()
    assert clean.text(text, "var/lib/waagent/x/config/0.settings") != text
    lines = [Evidence(file, 1, None, text) for file in ("a/0.settings", "a.log")]
    shown = clean.value(tuple(lines))
    assert [one.text == text for one in shown] == [False, True]


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'[{"id": 1}]', b"[1]"])
def test_kept_rules_are_used_only_when_they_are_right(
    tmp_path: Path, damage: bytes
) -> None:
    text = f"password={SECRET}"
    wanted = Sanitiser(kept=tmp_path).text(text)
    [kept] = tmp_path.iterdir()
    assert Sanitiser(kept=tmp_path).text(text) == wanted != text
    kept.write_bytes(damage)
    assert Sanitiser(kept=tmp_path).text(text) == wanted
    assert kept.read_bytes() != damage


def test_a_foreign_table_is_refused() -> None:
    with pytest.raises(RedactionError):
        read_pseudonyms({"version": 1})
