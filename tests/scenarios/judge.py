"""Write a scenario, let the real path judge it, and compare with the label."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from diag import analyze, engine
from diag.cli.exits import of_diagnosis
from diag.engine.rule import Status
from diag.model import Severity
from samples.making.zips import EXTENDED_TIME
from tests.scenarios.everyday import fill
from tests.scenarios.site import Site

if TYPE_CHECKING:
    from datetime import datetime

    from diag.engine import RuleSet
    from diag.model import Diagnosis, Finding
    from tests.scenarios.label import Scenario, Want

Places = dict[str, set[tuple[str, int]]]


@dataclass(slots=True)
class Verdict:
    """How a scenario went. Each list holds sentences; empty ones are good.

    `others` are findings that the label does not name and that are no alarm.
    """

    name: str
    kind: str
    seed: int
    wanted: int = 0
    found: int = 0
    with_lines: int = 0
    lines_right: int = 0
    exit: int = 0
    expected_exit: int = 0
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether all is as the label says."""
        right = self.exit == self.expected_exit
        wrong = self.missed or self.alarms or self.evidence or self.causes
        return right and not wrong


def load_rules(kept: Path, *, experimental: bool = False) -> RuleSet:
    """Return the rules to judge by.

    Args:
        kept: Where compiled queries are kept from one scenario to the next.
        experimental: Those too that `check` does not run by itself; the labels do
            not name them.
    """
    ids = [
        one.id
        for one in engine.load_rules((), (), kept)
        if experimental or one.status is not Status.EXPERIMENTAL
    ]
    return engine.load_rules((), ids, kept)


def write(scenario: Scenario, seed: int, top: Path) -> tuple[Site, list[Want], Places]:
    """Write a scenario's bundle; return it, its label and the marked lines."""
    site = Site(scenario.name, seed, scenario.age, windows=scenario.windows)
    wants = scenario.build(site)
    fill(site)
    return site, wants, site.write(top)


def packed(top: Path, newest: datetime, *, windows: bool) -> Path:
    r"""Return a bundle as the zip that `azcmagent logs` makes, with `\\` on Windows.

    Args:
        top: The folder.
        newest: When its files were written; Go keeps that in UTC, in an extra field.
        windows: How the parts of a name are separated.
    """
    place = top.parent / "azcmagent-logs-scenario.zip"
    stamp = struct.pack("<HHBI", EXTENDED_TIME, 5, 1, int(newest.timestamp()))
    with zipfile.ZipFile(place, "w") as made:
        for path in sorted(one for one in top.rglob("*") if one.is_file()):
            name = path.relative_to(top).as_posix()
            kept = zipfile.ZipInfo(name, newest.timetuple()[:6])
            kept.filename = name.replace("/", "\\") if windows else name
            kept.extra, kept.compress_type = stamp, zipfile.ZIP_DEFLATED
            made.writestr(kept, path.read_bytes())
    return place


def diagnosed(top: Path, rules: RuleSet) -> Diagnosis:
    """Judge a bundle as `arcdiag check` does."""
    with analyze.load([top], cache=False) as loaded:
        return analyze.diagnose(loaded, rules)


def judge(scenario: Scenario, seed: int, rules: RuleSet) -> Verdict:
    """Write a scenario, judge it, and compare."""
    with tempfile.TemporaryDirectory(prefix="arcdiag-scenario-") as folder:
        top = Path(folder) / "bundle"
        site, wants, places = write(scenario, seed, top)
        source = top
        if seed % 2:
            source = packed(top, site.end, windows=site.windows)
        diagnosis = diagnosed(source, rules)
    code = int(of_diagnosis(diagnosis, Severity.HIGH))
    verdict = Verdict(scenario.name, scenario.kind, seed, exit=code)
    verdict.expected_exit = scenario.exit
    left = list(diagnosis.findings)
    for want in wants:
        _compare(want, left, places, verdict)
    for finding in left:
        _unwanted(finding, scenario, verdict)
    return verdict


def _compare(want: Want, left: list[Finding], places: Places, verdict: Verdict) -> None:
    verdict.wanted += 1
    found = [one for one in left if one.rule == want.rule and want.says in one.title]
    if not found:
        verdict.missed.append(f"{want.rule} {want.says}".strip())
        return
    # A second finding of the rule would stay behind and be judged as unwanted.
    finding = max(found, key=lambda one: len(_shown(one) & _right(want, places)))
    left.remove(finding)
    if finding.severity != want.severity:
        verdict.missed.append(f"{want.rule} is {finding.severity}, not {want.severity}")
        return
    verdict.found += 1
    _lines(want, finding, places, verdict)
    absent = set(want.because) - set(finding.explained_by)
    if absent:
        verdict.causes.append(
            f"{want.rule} is not explained by {', '.join(sorted(absent))}"
        )
    more = set(finding.explained_by) - set(want.because)
    if want.only and more:
        verdict.causes.append(
            f"{want.rule} is explained by {', '.join(sorted(more))}, too"
        )


def _right(want: Want, places: Places) -> set[tuple[str, int]]:
    """Return the lines that may prove a finding."""
    for mark in want.marks:
        assert places.get(mark), f"nothing is marked {mark!r}"
    return {spot for mark in want.marks for spot in places[mark]}


def _shown(finding: Finding) -> set[tuple[str, int]]:
    return {(one.file, one.line) for one in finding.evidence}


def _lines(want: Want, finding: Finding, places: Places, verdict: Verdict) -> None:
    verdict.with_lines += 1
    right, shown = _right(want, places), _shown(finding)
    wrong = sorted(shown - right)
    if wrong:
        verdict.evidence.append(f"{want.rule} shows {wrong[0][0]}:{wrong[0][1]}")
    elif not shown and right:
        verdict.evidence.append(f"{want.rule} shows no line")
    else:
        verdict.lines_right += 1


def _unwanted(finding: Finding, scenario: Scenario, verdict: Verdict) -> None:
    text = f"{finding.rule} ({finding.severity})"
    if finding.rule in scenario.never:
        verdict.alarms.append(f"{text} must never fire here")
    elif not finding.benign and finding.severity.rank <= Severity.HIGH.rank:
        verdict.alarms.append(text)
    else:
        verdict.others.append(text)
