"""A collected bundle is judged as the machine it came from."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.calling import ROOT, arcdiag
from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.judge import write as write_scenario

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = all_scenarios()
EVERY = 1 if os.environ.get("ARCDIAG_TESTS") == "all" else 60
CHOSEN = list(SCENARIOS)[::EVERY]
SAMPLES = ("healthy-linux", "heartbeat-lost", "crash-loop")


def judged(source: Path, cache: Path, *more: str) -> dict[str, Any]:
    """Return what check says, with file names as they are in the source."""
    env = {"ARCDIAG_CACHE_DIR": str(cache)}
    run = arcdiag("check", source, "--format", "json", *more, env=env)
    return dict(json.loads(run.stdout))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which compiled queries are kept."""
    return tmp_path_factory.mktemp("cache")


def without_checks(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "counter_check": None} for one in report["findings"]]


def compare(root: Path, tmp_path: Path, cache: Path, *more: str) -> None:
    """Collect from a tree, as soon as its last line is there; compare with the tree."""
    there = judged(root, cache)
    judging: tuple[str, ...] = ()
    if "." in (there["now"] or "."):  # no line has a time, or not in whole seconds
        judging = ("--now", (there["now"] or "2026-03-10T12:00:00.0Z")[:19] + "Z")
        there = judged(root, cache, *judging)
    now = there["now"]
    stamp = datetime.fromisoformat(now).timestamp()
    for file in root.rglob("*"):
        os.utime(file, (stamp, stamp))
    target = tmp_path / "root.zip"  # which names the machine if nothing else does
    words = ("--root", root, "-o", target, "--now", now, "--fast", "--full", *more)
    run = arcdiag("collect", *words)
    assert run.returncode == 0, run.stderr
    ours = judged(target, cache, *judging)
    assert ours["now"] == now
    assert [one["rule"] for one in ours["findings"]] == [
        one["rule"] for one in there["findings"]
    ]
    # A manifest answers what refutes a missing log, so that question is not compared.
    assert without_checks(ours) == without_checks(there)
    assert ours["problems"] == there["problems"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("name", "more"),
    [*((name, ()) for name in SAMPLES), ("heartbeat-lost", ("--no-redact",))],
)
def test_the_samples(
    name: str, more: tuple[str, ...], tmp_path: Path, cache: Path
) -> None:
    shutil.copytree(ROOT / "samples" / name, tmp_path / "root")
    compare(tmp_path / "root", tmp_path, cache, *more)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", CHOSEN)
def test_scenarios_of_all_generations(name: str, tmp_path: Path, cache: Path) -> None:
    write_scenario(SCENARIOS[name], 0, tmp_path / "root")
    if not {"var", "ProgramData"} & {
        path.name for path in (tmp_path / "root").iterdir()
    }:
        pytest.skip("only what commands printed: there is no disk to collect from")
    compare(tmp_path / "root", tmp_path, cache)
