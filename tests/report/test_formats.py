"""All formats that travel: the same bytes twice, and nothing lost that was found."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from diag.report import Format
from tests.amount import ALL
from tests.cli.calling import ROOT, environment
from tests.report.diagnoses import CLEAN, FULL, HOSTILE, MARKUP, SILENT, hostile
from tests.report.judged import NAMES, sample, written

TRAVELLING = (Format.SARIF, Format.JUNIT, Format.MARKDOWN, Format.HTML, Format.JSON)


@pytest.mark.parametrize("name", NAMES if ALL else NAMES[:1])
def test_another_process_writes_the_same_bytes(name: str) -> None:
    """With other hashes, in another zone; everything is done anew."""
    code = (
        "import sys; from tests.report.judged import SAMPLES, judged, written;"
        "from diag.report import Format;"
        f"found = judged(SAMPLES / {name!r});"
        "texts = [written(*found, fmt) for fmt in Format];"
        "sys.stdout.buffer.write('\\0'.join(texts).encode())"
    )
    words = [sys.executable, "-c", code]
    env = environment({"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    run = subprocess.run(words, check=True, capture_output=True, env=env, cwd=ROOT)
    texts = run.stdout.decode().split("\0")
    assert texts == [written(*sample(name), fmt) for fmt in Format]


@pytest.mark.parametrize("fmt", TRAVELLING)
@pytest.mark.parametrize("name", NAMES)
def test_every_finding_is_told(name: str, fmt: Format) -> None:
    diagnosis, dossier = sample(name)
    text = written(diagnosis, dossier, fmt)
    for one in diagnosis.findings:
        assert one.rule in text


@pytest.mark.parametrize("fmt", TRAVELLING)
@pytest.mark.parametrize("bad", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_nothing_that_acts_on_a_terminal_is_written(fmt: Format, bad: str) -> None:
    text = written(hostile(bad), None, fmt)
    for sign in "\x1b\x07\x7f\x9b\u202e\u2066\u200b\ufeff\r\b":
        assert sign not in text
    text.encode()  # no lone surrogates


@pytest.mark.parametrize("fmt", TRAVELLING)
def test_a_diagnosis_alone_is_enough(fmt: Format) -> None:
    for one in (CLEAN, FULL, replace(CLEAN, now=None), replace(CLEAN, bundles=())):
        assert written(one, None, fmt).endswith("\n")


@pytest.mark.parametrize("fmt", TRAVELLING)
def test_what_could_not_be_read_is_told(fmt: Format) -> None:
    text = written(*sample("half-missing.zip"), fmt).replace("\\", "")
    assert "unpacking failed at byte" in text


def test_many_findings_are_cut_where_there_is_no_room_and_that_is_said() -> None:
    many = replace(
        FULL,
        findings=tuple(
            replace(SILENT, title=f"number {n}", why="w" * 2_000) for n in range(1_000)
        ),
    )
    page = written(many, None, Format.HTML)
    assert len(page.encode()) <= 3_000_000
    assert "findings had no room here in full" in page
    sheet = written(many, None, Format.MARKDOWN)
    assert len(sheet.encode()) <= 60_000
    assert "1,000 high" in sheet
    assert "findings had no room here in full" in sheet
    assert written(many, None, Format.JUNIT).count("number ") < 1_000
    assert "950 more findings" in written(many, None, Format.JUNIT)
