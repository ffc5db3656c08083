"""Write a scenario, let the real path judge it, and compare with the label."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from diag import analyze, engine
from diag.cli.exits import of_diagnosis
from diag.engine.rule import Status
from diag.model import Severity
from tests.scenarios.everyday import fill
from tests.scenarios.site import Site

if TYPE_CHECKING:
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


def stable_rules(kept: Path) -> RuleSet:
    """Return the rules that `check` runs by itself: none that is experimental."""
    ids = [
        one.id for one in engine.load_rules() if one.status is not Status.EXPERIMENTAL
    ]
    return engine.load_rules((), ids, kept)


def write(scenario: Scenario, seed: int, top: Path) -> tuple[list[Want], Places]:
    """Write a scenario's bundle; return its label and the marked lines."""
    site = Site(scenario.name, seed, scenario.age, windows=scenario.windows)
    wants = scenario.build(site)
    fill(site)
    return wants, site.write(top)


def diagnosed(top: Path, rules: RuleSet) -> Diagnosis:
    """Judge a bundle as `arcdiag check` does."""
    with analyze.load([top], cache=False) as loaded:
        return analyze.diagnose(loaded, rules)


def judge(scenario: Scenario, seed: int, rules: RuleSet) -> Verdict:
    """Write a scenario, judge it, and compare."""
    with tempfile.TemporaryDirectory(prefix="arcdiag-scenario-") as folder:
        wants, places = write(scenario, seed, Path(folder))
        diagnosis = diagnosed(Path(folder), rules)
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
    finding = found[0]
    left.remove(finding)
    enough = finding.severity.rank <= want.severity.rank
    if finding.severity != want.severity and not (want.least and enough):
        verdict.missed.append(f"{want.rule} is {finding.severity}, not {want.severity}")
        return
    verdict.found += 1
    _lines(want, finding, places, verdict)
    absent = set(want.because) - set(finding.explained_by)
    if absent:
        verdict.causes.append(
            f"{want.rule} is not explained by {', '.join(sorted(absent))}"
        )
    if want.alone and finding.explained_by:
        causes = ", ".join(finding.explained_by)
        verdict.causes.append(f"{want.rule} is explained by {causes}")


def _lines(want: Want, finding: Finding, places: Places, verdict: Verdict) -> None:
    verdict.with_lines += 1
    right: set[tuple[str, int]] = set()
    for mark in want.marks:
        assert places.get(mark), f"nothing is marked {mark!r}"
        right |= places[mark]
    shown = {(one.file, one.line) for one in finding.evidence}
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
