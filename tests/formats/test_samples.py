"""Every sample of every family, read by the core: one case each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.formats import load_families, read_family
from diag.formats.family import FamilyKind
from diag.formats.layout import Codec
from diag.formats.samples import Mismatch, run_refused, run_sample, test_samples

if TYPE_CHECKING:
    from diag.formats.family import Family, Refused, Sample

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FAMILIES = load_families()
SAMPLES = [
    pytest.param(
        family, sample, number, id=f"{family.source}:{number} ({sample.origin[:60]})"
    )
    for family in FAMILIES.values()
    for number, sample in enumerate(family.samples, start=1)
]
REFUSED = [
    pytest.param(
        family, refused, number, id=f"{family.source}:{number} ({refused.origin[:60]})"
    )
    for family in FAMILIES.values()
    for number, refused in enumerate(family.refuses, start=1)
]
LOGS = [one for one in FAMILIES.values() if one.kind is FamilyKind.LOG]
DOCUMENTS = [one for one in FAMILIES.values() if one.kind is FamilyKind.DOCUMENT]
FEWEST_SAMPLES, FEWEST_REFUSED = 3, 2


def by_id(family: Family) -> str:
    return family.id


@pytest.mark.parametrize(("family", "sample", "number"), SAMPLES)
def test_sample(family: Family, sample: Sample, number: int) -> None:
    assert [str(found) for found in run_sample(family, sample, number)] == []


@pytest.mark.parametrize(("family", "refused", "number"), REFUSED)
def test_refused_sample(family: Family, refused: Refused, number: int) -> None:
    assert [str(found) for found in run_refused(family, refused, number)] == []


@pytest.mark.parametrize("family", LOGS, ids=by_id)
def test_every_log_has_samples_and_refuses_some(family: Family) -> None:
    assert len(family.samples) >= FEWEST_SAMPLES
    assert len(family.refuses) >= FEWEST_REFUSED
    said = [set(record) for sample in family.samples for record in sample.expect]
    for column in ("Level", "Message", "Fields"):
        assert any(column in record for record in said), column
    if family.codec is not Codec.NONE:
        assert any("TimeGenerated" in record for record in said)


@pytest.mark.parametrize("family", DOCUMENTS, ids=by_id)
def test_every_document_has_samples_and_refuses_some(family: Family) -> None:
    assert len(family.samples) >= FEWEST_SAMPLES
    assert len(family.refuses) >= FEWEST_REFUSED


@pytest.mark.parametrize(("family", "sample", "number"), [*SAMPLES, *REFUSED])
def test_a_real_sample_stands_in_the_file_it_names(
    family: Family, sample: Sample | Refused, number: int
) -> None:
    if sample.origin.startswith("invented"):
        assert family.basis
        return
    file, _, note = sample.origin.partition(" ")
    lines = (CORPUS / file).read_text(encoding="utf-8").replace('\\"', '"')
    if "shortened" in note or "another form" in note:
        return
    for line in sample.text.splitlines():
        assert line.strip()[:60].replace('\\"', '"') in lines, number


WRONG = """\
id: tiny
title: A small log
kind: log
system: {}
record:
  layouts: ['[{time}] {level:word} {message}']
time: {codec: ymd, zone: utc}
levels: {E: error}
samples:
  - from: invented
    text: |
      [2026-03-10 12:00:00] E no
      what?
    expect:
      - {Level: info, Message: 'no', Fields: {a: '1'}}
      - {Message: what?}
  - from: invented
    text: '[2026-03-10 12:00:00.25] E no'
    expect: []
  - from: invented
    text: '[2026-03-10 12:00:00.25] E no'
    expect: [{TimeGenerated: '2026-03-10T12:00:00.25Z'}]
refuses:
  - from: invented
    text: |
      noon E no
      [2026-03-10 12:00:00] E no
  - from: invented
    text: prose
"""


def test_every_difference_is_told() -> None:
    family = read_family(WRONG, "tiny.yaml")
    assert test_samples(family) == [
        Mismatch("tiny", 1, 1, "Level", "info", "error"),
        Mismatch("tiny", 1, 1, "Fields", {"a": "1"}, {}),
        Mismatch("tiny", 1, 2, "Parsed", expected=True, actual=False),
        Mismatch("tiny", 2, 0, "number of records", 0, 1),
        Mismatch("tiny", 1, 2, "Parsed", expected=False, actual=True, refused=True),
    ]
    assert str(test_samples(family)[-1]) == (
        "tiny: refused sample 1, record 2: Parsed: expected False, got True"
    )
    assert str(test_samples(family)[0]) == (
        "tiny: sample 1, record 1: Level: expected 'info', got 'error'"
    )


DOCUMENT = """\
id: tiny
title: A small document
kind: document
system: {}
json:
  signs: [[agentVersion, status]]
  rows:
    - {table: Facts, leaves: $}
refuses:
  - {from: invented, text: '{"agentVersion": "1", "status": "x"}'}
  - {from: invented, text: '{"agentVersion": "1"}'}
  - {from: invented, text: 'agentVersion: 1'}
"""
TABLE = """\
id: tiny
title: A small table
kind: document
system: {}
record:
  layouts: ['{*:rest}']
header: {table: Endpoints, columns: {Endpoint: endpoint, Reachable: reachable}}
recognised: path
refuses:
  - from: invented
    text: |
      Endpoint      Reachable
      https://x     true
  - {from: invented, text: 'Endpoint: https://x'}
"""


@pytest.mark.parametrize(
    ("text", "columns"), [(DOCUMENT, ["recognised"]), (TABLE, ["rows"])]
)
def test_a_document_that_takes_what_it_should_refuse_is_told(
    text: str, columns: list[str]
) -> None:
    found = test_samples(read_family(text, "tiny.yaml"))
    assert [(one.sample, one.column) for one in found] == [(1, one) for one in columns]
    assert all(one.refused for one in found)
