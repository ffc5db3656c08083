"""Every sample of every family, read by the core: one case each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.formats import load_families, read_family
from diag.formats.samples import Mismatch, run_sample, test_samples

if TYPE_CHECKING:
    from diag.formats.family import Family, Sample

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FAMILIES = load_families()
SAMPLES = [
    pytest.param(
        family, sample, number, id=f"{family.source}:{number} ({sample.origin[:60]})"
    )
    for family in FAMILIES.values()
    for number, sample in enumerate(family.samples, start=1)
]


@pytest.mark.parametrize(("family", "sample", "number"), SAMPLES)
def test_sample(family: Family, sample: Sample, number: int) -> None:
    assert [str(found) for found in run_sample(family, sample, number)] == []


@pytest.mark.parametrize(("family", "sample", "number"), SAMPLES)
def test_a_real_sample_stands_in_the_file_it_names(
    family: Family, sample: Sample, number: int
) -> None:
    if sample.origin.startswith("invented from the grammar"):
        assert family.basis
        return
    file, _, note = sample.origin.partition(" ")
    lines = (CORPUS / file).read_text(encoding="utf-8").replace('\\"', '"')
    if "shortened" in note:
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
"""


def test_every_difference_is_told() -> None:
    family = read_family(WRONG, "tiny.yaml")
    assert test_samples(family) == [
        Mismatch("tiny", 1, 1, "Level", "info", "error"),
        Mismatch("tiny", 1, 1, "Fields", {"a": "1"}, {}),
        Mismatch("tiny", 1, 2, "Parsed", expected=True, actual=False),
        Mismatch("tiny", 2, 0, "number of records", 0, 1),
    ]
    assert str(test_samples(family)[0]) == (
        "tiny: sample 1, record 1: Level: expected 'info', got 'error'"
    )
