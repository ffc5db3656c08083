"""The page: nothing in it acts or is asked for, and all is there without script."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.dossier import (
    Beat,
    Became,
    Cleaned,
    Counts,
    Dossier,
    FileAccount,
    Gap,
    Lane,
    Mark,
    Origin,
    RuleTold,
    Timeline,
)
from diag.model import (
    BundleSummary,
    Evidence,
    NotEvaluated,
    Problem,
    Severity,
    Since,
)
from diag.report import Format
from diag.report.html import as_html
from diag.report.html.build import join, link, safe, tag, within
from tests.amount import examples
from tests.report.diagnoses import CLEAN, FULL, HOSTILE, MARKUP, SILENT, at, hostile
from tests.report.judged import NAMES, judged, sample, written

if TYPE_CHECKING:
    from pathlib import Path

LOADING = {"src", "srcset", "data", "action", "formaction", "poster", "ping", "style"}
EMPTY = {"meta", "br", "input"}
OURS = ("https://learn.microsoft.com/", "https://github.com/microsoft/")


class Page(HTMLParser):
    """What a browser would see: elements, their text, and what does not fit."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inside: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((name, dict(attrs)))
        if name not in EMPTY:
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"style", "script"}:
            self.inside[self.open[-1]] = data
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def harmless(text: str) -> Page:
    """Return a page in which nothing runs, loads or leads away but what we wrote."""
    page = Page(text)
    names = [name for name, _ in page.tags]
    assert names.count("script") == names.count("style") == 1
    assert not set(names) & {"iframe", "object", "embed", "link", "base", "form", "img"}
    ids = [values["id"] for _, values in page.tags if "id" in values]
    assert len(ids) == len(set(ids))
    for name, values in page.tags:
        assert not set(values) & LOADING
        assert not [key for key in values if key.startswith("on")]
        address = values.get("href")
        if address is not None:
            assert name == "a"
            if address.startswith("#"):
                assert address[1:] in ids
            else:
                assert address.startswith(OURS)
                assert "noreferrer" in (values["rel"] or "")
    return page


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_harmless_and_small(name: str) -> None:
    text = written(*sample(name), Format.HTML)
    page = harmless(text)
    assert len(text.encode()) < 200_000
    for title in ("Timeline", "What was not looked at", "Files", "Rules"):
        assert title in page.text


def test_only_its_own_style_and_script_may_run() -> None:
    page = harmless(written(*sample("heartbeat-lost"), Format.HTML))
    [policy] = [
        values["content"] or ""
        for _, values in page.tags
        if values.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = hashlib.sha256(page.inside[kind].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


@pytest.mark.parametrize("bad", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_hostile_text_in_every_field_stays_text(bad: str) -> None:
    account = FileAccount(bad, bad, bad, 1, 2, 1, 1, 0, 1, at(1), at(2), bad)
    beat = Beat(bad, at(1), at(2), (Gap(at(1), at(2)),))
    lanes = (Lane(bad, (Mark(at(1), "bad", bad),), 3, at(1)),)
    counts = (Counts("errors", (1, 0)), Counts("warnings", (0, 0)))
    dossier = Dossier(
        Severity.HIGH,
        files=(account,),
        origins=(Origin(bad, bad, "zip", "0" * 64, bad, at(1), bad),),
        timeline=Timeline(at(1), at(3), 3_600, 2, (beat,), lanes, counts),
    )
    one = hostile(bad)
    text = as_html(one, dossier, {0: bad}, [(bad, 1, bad, bad)])
    page = harmless(text)
    if bad is MARKUP:
        assert page.text.count("<script>alert(1)</script>") > 10


@settings(max_examples=examples(80), deadline=None)
@given(st.text())
def test_any_text_is_escaped(text: str) -> None:
    page = Page(tag("p", text, title=text).text)
    assert [name for name, _ in page.tags] == ["p"]
    assert len(safe(text).encode()) == join(text).size


def test_only_pages_of_rules_are_led_to() -> None:
    for bad in (
        "javascript:alert(1)",
        "http://a.example",
        "https://a.example/\"onclick='x",
        "//a.example",
        "https://a b.example",
    ):
        assert "<a" not in link(bad).text
    assert 'rel="noreferrer' in link("https://a.example/x?y=1#z").text
    for name in ("onclick", "style", "src", "href"):
        with pytest.raises(ValueError, match=name):
            tag("p", **{name: "x"})


def test_a_finding_has_its_proof_its_remedy_and_the_note() -> None:
    near = (Evidence("a.log", 39, None, "before it"),)
    proof = Evidence("a.log", 40, at(3), "the line", before=near)
    diagnosis = replace(
        FULL, findings=(*FULL.findings, replace(SILENT, evidence=(proof,)))
    )
    page = harmless(as_html(diagnosis, notes={0: "known to Ann"}))
    for text in (
        "edge0001: the certificate of the agent was refused",
        "var/opt/azcmagent/log/himds.log:233",
        "AADSTS700027: Client assertion",
        "sudo azcmagent disconnect --force-local-only",
        "as administrator",
        "changes the machine",
        "Do the other logs of the machine go on during the silence?",
        "Because of ARC-ID-001.",
        "Note: known to Ann",
        "39: before it",
        "by the team (known.yaml:3) until 2026-03-10T23:00:00Z: is replaced soon",
        "Findings: 1 critical, 2 high, 1 medium.",
    ):
        assert text in page.text
    levels = [
        values.get("data-severity") for name, values in page.tags if name == "article"
    ]
    assert levels == ["critical", "high", "medium", "info", "high"]


def test_the_timeline_has_gaps_marks_and_counts() -> None:
    _, dossier = sample("heartbeat-lost")
    assert dossier.timeline is not None
    page = harmless(written(*sample("heartbeat-lost"), Format.HTML))
    looks = [values.get("class", "") for name, values in page.tags if name == "rect"]
    assert looks.count("gap") == 2
    assert looks.count("beat") == 3
    assert looks.count("bar errors") == 11
    marks = [values["class"] for name, values in page.tags if name == "g"]
    assert marks == ["mark down", "mark up", "mark change"]
    assert (
        "silent for 46 min: 2026-03-10T03:10:01Z to 2026-03-10T03:57:00Z" in page.text
    )


def test_the_account_of_lines_adds_up_and_hashes_are_shown() -> None:
    diagnosis, dossier = sample("healthy-windows.zip")
    page = harmless(as_html(diagnosis, dossier))
    for one in dossier.files:
        assert one.lines == one.parsed + one.blank + one.unparsed
        assert one.file in page.text
    [origin] = dossier.origins
    assert len(origin.sha256) == 64
    assert origin.sha256 in page.text


def test_no_bundle_makes_the_page_larger_than_3_mb() -> None:
    """Every part at its largest, with characters that take most room when shown."""
    bad = "\u202e<&" * 200
    many = range(1_000)
    one = replace(SILENT, title=bad, why=bad * 20, rule=bad, explained_by=(bad,))
    faults = tuple(replace(one, title=f"{n}{bad}") for n in range(300))
    diagnosis = replace(
        hostile(bad),
        bundles=(BundleSummary(bad, "linux", bad, bad),) * 200,
        findings=(*faults, *(replace(o, benign=True) for o in faults)),
        suppressed=faults,
        not_evaluated=tuple(NotEvaluated(bad, (f"{n}{bad}",), bad) for n in many),
        problems=tuple(Problem(bad, n, "denied", bad) for n in many),
        rule_errors=(bad,) * 500,
        since=Since(bad, 1, ((bad, bad, bad, bad),) * 500),
    )
    told = RuleTold(bad, bad, bad, Severity.LOW, Became.CLEAN, bad)
    marks = tuple(Mark(at(n % 24), "up", bad) for n in range(1_000))
    gaps = tuple(Gap(at(n % 23), at(n % 23 + 1)) for n in range(300))
    dossier = Dossier(
        Severity.HIGH,
        rules=(told,) * 500,
        files=(FileAccount(bad, bad, bad, 1, 2, 1, 1, 0, 1, at(1), at(2), bad),)
        * 1_000,
        origins=(Origin(bad, bad, bad, bad, bad, at(1), bad),) * 200,
        timeline=Timeline(
            at(0),
            at(23),
            300,
            9,
            tuple(Beat(bad, at(0), at(23), gaps, 5) for _ in range(20)),
            (Lane(bad, marks, 3, at(1)),) * 4,
            (Counts("errors", (7,) * 276), Counts("warnings", (7,) * 276)),
        ),
    )
    text = as_html(diagnosis, dossier, {0: bad}, [(bad, 1, bad * 9, bad)] * 900)
    assert len(text.encode()) <= 3_000_000
    page = harmless(text)
    for said in ("findings had no room", "more files had no room", "not even named"):
        assert said in page.text
    assert "Not all of it is drawn" in page.text


def test_the_hash_of_a_manifest_of_ours_is_shown(tmp_path: Path) -> None:
    (tmp_path / "himds.log").write_text(
        'time="2026-03-10T00:00:00Z" level=info msg="x"\n'
    )
    told = b'{"format": "arcdiag bundle", "machine": "edge0009"}'
    (tmp_path / "manifest.json").write_bytes(told)
    page = harmless(as_html(*judged(tmp_path)))
    assert hashlib.sha256(told).hexdigest() in page.text
    assert "edge0009" in page.text


def test_what_was_replaced_is_told() -> None:
    for cleaned, text in (
        (Cleaned.NOTHING, "it may hold secrets"),
        (Cleaned.SECRETS, "Secrets were replaced: 3 found."),
        (Cleaned.NAMES, "Secrets and names were replaced: 3 found."),
    ):
        dossier = Dossier(Severity.HIGH, cleaned, 3)
        assert text in Page(as_html(CLEAN, dossier)).text


def test_a_piece_that_has_no_room_is_left_out() -> None:
    parts = [join("é" * 10)] * 5
    kept, size = within(parts, 60)
    assert (len(kept), size) == (3, 60)


def test_nothing_in_style_or_script_asks_for_anything() -> None:
    page = harmless(as_html(CLEAN))
    assert not re.search(r"url\(|@import|https?:", page.inside["style"])
    for word in ("fetch", "XMLHttp", "import(", "eval", "innerHTML", "http", "storage"):
        assert word not in page.inside["script"]
