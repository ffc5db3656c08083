"""Diagnosis survives: the same findings, times and lines on the redacted bundle."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from diag.cli.auditing import audit
from diag.cli.redacting import copy
from diag.cli.redactmap import read_map
from tests.cli.calling import SAMPLES
from tests.redact.seeded import planted
from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.judge import diagnosed, load_rules, packed, write
from tests.shipped import kept

if TYPE_CHECKING:
    from pathlib import Path

    from diag.engine import RuleSet
    from diag.model import Diagnosis

SCENARIOS = all_scenarios()
# One is a zip as it is, the other a folder with secrets in it.
STEP = 1 if os.environ.get("ARCDIAG_TESTS") == "all" else 61
CHOSEN = list(enumerate(SCENARIOS))[2::STEP]
BUNDLES = sorted(
    path.name
    for path in SAMPLES.iterdir()
    if path.suffix == ".zip"
    or (path / "var").is_dir()
    or (path / "ProgramData").is_dir()
)


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load_rules(kept(), experimental=True)


def found(diagnosis: Diagnosis) -> list[tuple[object, ...]]:
    """Return all of the findings but texts, which hold what was redacted."""
    rows: list[tuple[object, ...]] = [("now", diagnosis.now)]
    for one in diagnosis.findings:
        lines = [(proof.file, proof.line, proof.time) for proof in one.evidence]
        when = one.first_seen, one.last_seen
        rows.append((one.rule, one.severity, one.benign, one.count, *when, lines))
        rows.append((one.rule, one.explained_by))
    return rows


def quiet(_: str) -> None:
    """Say nothing."""


def survives(source: Path, tmp_path: Path, rules: RuleSet) -> None:
    before = found(diagnosed(source, rules))
    for number, pseudonyms in enumerate((None, read_map(tmp_path / "none.json"))):
        target = tmp_path / f"redacted{number}.zip"
        copied = copy(source, target, pseudonyms, quiet)
        assert copied.left_out == []
        assert sorted(map(str, found(diagnosed(target, rules)))) == sorted(
            map(str, before)
        )
        assert audit(target, quiet).places == []


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", BUNDLES)
def test_a_sample_is_judged_alike(name: str, tmp_path: Path, rules: RuleSet) -> None:
    survives(SAMPLES / name, tmp_path, rules)


@pytest.mark.parametrize(("number", "name"), CHOSEN)
def test_a_scenario_is_judged_alike(
    number: int, name: str, tmp_path: Path, rules: RuleSet
) -> None:
    top = tmp_path / "bundle"
    site, _, _ = write(SCENARIOS[name], number, top)
    if number % 2:
        plant(top, number)
    source = packed(top, site.end, windows=site.windows) if number % 3 else top
    survives(source, tmp_path, rules)


def plant(top: Path, seed: int) -> None:
    """Put secrets into what the logs say: between the lines of azcmagent.log."""
    rng = random.Random(seed)
    texts = [one.text for one in planted(seed) if "\n" not in one.text and not one.wide]
    for path in top.rglob("azcmagent.log"):
        lines = path.read_text(encoding="utf-8").split("\n")
        for text in rng.sample(texts, 40):
            lines.insert(rng.randrange(len(lines)), text)
        path.write_text("\n".join(lines), encoding="utf-8")
