"""Diagnoses that were kept: the same again, and judged anew when anything is odd."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from diag import analyze, engine
from diag.analyze.load import Options
from diag.model import Diagnosis
from diag.store import Store
from diag.store.kept import Judgement, keep_judgement, kept_path, read_kept
from diag.store.reading import Unfit, read_back

LOST = Path(__file__).parents[2] / "samples" / "heartbeat-lost"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Judgement]:
    folder = tmp_path_factory.mktemp("kept")
    path = folder / "one.duckdb"
    with analyze.load([LOST], Options(), keep=path) as loaded:
        found = analyze.diagnose(loaded, engine.load_rules())
    return path, Judgement(found, {("a.log", 3): 7})


def test_a_diagnosis_is_read_as_it_was(
    judged: tuple[Path, Judgement], tmp_path: Path
) -> None:
    store, made = judged
    with Store(store) as one:
        path = kept_path(tmp_path, one, ())
    assert path is not None
    keep_judgement(path, made)
    assert read_kept(path) == made
    assert len(made.diagnosis.findings) > 3


def test_all_that_decides_is_in_the_name(
    judged: tuple[Path, Judgement], tmp_path: Path
) -> None:
    rule = tmp_path / "mine.yaml"
    rule.write_text("a")
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(judged[0], copy)
    with Store(judged[0]) as one, Store(copy) as other:
        names = [
            kept_path(tmp_path, one, ()),
            kept_path(tmp_path, other, ()),
            kept_path(tmp_path, one, (), options="x"),
            kept_path(tmp_path, one, (rule,)),
        ]
        rule.write_text("b")
        names.append(kept_path(tmp_path, one, (rule,)))
        assert kept_path(tmp_path, one, ()) == names[0]
        assert kept_path(None, one, ()) is None
    assert len(set(names)) == len(names)


def test_whatever_is_wrong_is_judged_anew(
    judged: tuple[Path, Judgement], tmp_path: Path
) -> None:
    path = tmp_path / "diagnosis.json"
    assert read_kept(path) is None
    keep_judgement(path, judged[1])
    good = path.read_bytes()
    for data in (
        b"",
        b"[]",
        b"\xff",
        b"{}",
        good[:-20],
        good.replace(b'"high"', b'"hi"'),
    ):
        path.write_bytes(data)
        assert read_kept(path) is None
    value = json.loads(good)
    for change in (
        {"places": [["a", "b", "c"]]},
        {"places": [1]},
        {"diagnosis": {**value["diagnosis"], "more": 1}},
        {"diagnosis": {**value["diagnosis"], "findings": {}}},
        {"diagnosis": {**value["diagnosis"], "now": "noon"}},
    ):
        path.write_text(json.dumps({**value, **change}))
        assert read_kept(path) is None


def test_a_number_is_no_text() -> None:
    with pytest.raises(Unfit):
        read_back(Diagnosis, {"now": None})
    with pytest.raises(Unfit):
        read_back(Diagnosis, [])
