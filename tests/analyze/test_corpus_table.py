"""Every excerpt of the corpus gives what the table says that was checked by hand."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from diag import content, formats
from diag.analyze import load
from diag.analyze.trial import canonical_path
from tests.analyze.stored import check_account, lines_in

DATA = Path(__file__).parents[1] / "data"
CORPUS = DATA / "corpus"
TABLE = cast(
    "dict[str, dict[str, Any]]",
    content.load_yaml((DATA / "corpus.yaml").read_text(encoding="utf-8"), "corpus"),
)
FAMILIES = formats.load_families()
STAMP = datetime.fromisoformat("2026-02-19T00:00:00+00:00").timestamp()
NAMES = sorted(TABLE)
EACH = pytest.mark.parametrize("name", NAMES)
COUNTS = ("log", "lines", "events", "continued", "blank", "unparsed")


def test_the_table_is_complete() -> None:
    here = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.*")}
    assert set(TABLE) == here


def given(sources: list[Path]) -> list[dict[str, Any]]:
    """Return what each source with one file gives, in the form of the table."""
    with load(sources, cache=False) as loaded:
        check_account(loaded.store)
        files = loaded.store.query("SELECT * FROM Files ORDER BY BundleId").dicts()
        found = loaded.store.query(
            "SELECT BundleId, Level, count(*) AS Number FROM Events GROUP BY ALL"
        ).dicts()
    assert len(files) == len(sources)
    levels: dict[int, dict[str, int]] = defaultdict(dict)
    for row in found:
        levels[row["BundleId"]][row["Level"] or "none"] = row["Number"]
    return [
        {
            **{name: file[name.capitalize()] for name in COUNTS},
            "first": said(file["FirstTime"]),
            "last": said(file["LastTime"]),
            "levels": levels[file["BundleId"]],
        }
        for file in files
    ]


def said(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(
        timespec="milliseconds" if moment.microsecond else "seconds"
    )


def copy_to(place: Path, name: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CORPUS / name, place)
    os.utime(place, (STAMP, STAMP))
    return place


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Load all excerpts, each as a lone file under its own name."""
    folder = tmp_path_factory.mktemp("loose")
    places = [copy_to(folder / name, name) for name in NAMES]
    return dict(zip(NAMES, given(places), strict=True))


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Load all excerpts, each in a machine where its family lies."""
    roots = [tmp_path_factory.mktemp("machine") for _ in NAMES]
    for root, name in zip(roots, NAMES, strict=True):
        copy_to(root / "root" / canonical_path(FAMILIES[TABLE[name]["log"]]), name)
    return dict(zip(NAMES, given([root / "root" for root in roots]), strict=True))


@EACH
def test_an_excerpt_under_its_own_name(
    name: str, loose: dict[str, dict[str, Any]]
) -> None:
    assert loose[name] == TABLE[name]
    assert TABLE[name]["lines"] == lines_in((CORPUS / name).read_bytes())
    assert TABLE[name]["unparsed"] == 0


@EACH
def test_an_excerpt_where_the_machine_has_it(
    name: str, placed: dict[str, dict[str, Any]]
) -> None:
    assert placed[name] == TABLE[name]
