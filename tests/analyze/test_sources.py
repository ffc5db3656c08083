"""Several sources in one store: names and ids stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analyze.machines import HIMDS, SHOW, folder, logrus, zipped
from tests.analyze.stored import snapshot

TIME = "2026-03-10T12:00:00Z"


def files(name: str) -> dict[str, str]:
    show = f"Resource Name  : {name}\nAgent Version  : 1.58\n  GC (gcad)  : active\n"
    return {HIMDS: logrus(TIME), SHOW: show}


def test_file_begins_with_the_sources_name(tmp_path: Path) -> None:
    sources = [
        zipped(tmp_path / "one.zip", files("a")),
        folder(tmp_path / "two", files("b")),
        folder(tmp_path, {"himds.log": logrus(TIME)}) / "himds.log",
    ]
    held = snapshot(sources)
    assert [(row["FileId"], row["BundleId"], row["File"]) for row in held["Files"]] == [
        (1, 1, f"one.zip/{HIMDS}"),
        (2, 1, f"one.zip/{SHOW}"),
        (3, 2, f"two/{SHOW}"),
        (4, 2, f"two/{HIMDS}"),
        (5, 3, "himds.log"),
    ]
    assert [row["OriginalPath"] for row in held["Files"]][3:] == [HIMDS, "himds.log"]
    assert [row["Computer"] for row in held["Bundles"]] == ["a", "b", "himds"]
    assert [(row["BundleId"], row["File"]) for row in held["Events"]][::4] == [
        (1, f"one.zip/{HIMDS}"),
        (2, f"two/{SHOW}"),
        (3, "himds.log"),
    ]


@pytest.mark.parametrize("kind", ["zip", "folder", "file", "the same twice"])
def test_sources_of_one_name_stay_apart(tmp_path: Path, kind: str) -> None:
    places = [folder(tmp_path / name, {}) for name in ("good", "bad")]
    for place in places:
        place.mkdir()
    if kind == "zip":
        sources = [zipped(p / "logs.zip", files(p.name)) for p in places]
    elif kind == "folder":
        sources = [folder(p / "logs", files(p.name)) for p in places]
    elif kind == "file":
        sources = [folder(p, {"logs": logrus(TIME)}) / "logs" for p in places]
    else:
        sources = [folder(tmp_path / "good" / "logs", files("good"))] * 2
    held = snapshot(sources)
    name = sources[0].name
    begins = [row["File"].partition("/")[0] for row in held["Files"]]
    half = len(begins) // 2
    assert begins == [name] * half + [f"{name} (2)"] * half
    assert [row["Source"] for row in held["Bundles"]] == [str(s) for s in sources]
    if kind in {"zip", "folder"}:
        for row in [*held["Facts"], *held["Services"]]:
            expected = "bad" if row["File"].startswith(f"{name} (2)/") else "good"
            assert row["Computer"] == expected
        assert len(held["Services"]) == 2


def test_problems_name_the_file_as_files_does(tmp_path: Path) -> None:
    text = "".join(logrus(TIME, message=str(n**9)) for n in range(99))
    torn = zipped(tmp_path / "torn.zip", {HIMDS: text})
    torn.write_bytes(torn.read_bytes()[:-200])
    whole = zipped(tmp_path / "whole.zip", {"x\x1b.txt": "text\n"})
    held = snapshot([torn, whole])
    told = {(row["BundleId"], row["File"], row["Kind"]) for row in held["Problems"]}
    assert (1, str(torn), "truncated-zip") in told
    assert (1, f"torn.zip/{HIMDS}", "inflate-failed") in told
    assert (2, "whole.zip/x\u241b.txt", "bad-name") in told
    assert (2, str(whole), "no-known-log") in told


@pytest.mark.parametrize("place", [".", "..", "../web-7", "inner/.."])
def test_a_folder_is_called_by_its_name_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    root = folder(tmp_path / "web-7", {HIMDS: logrus(TIME), "inner/x.txt": "x\n"})
    monkeypatch.chdir(root / "inner" if place == ".." else root)
    held = snapshot([Path(place)])
    assert held["Bundles"][0]["Computer"] == "web-7"
    assert held["Bundles"][0]["Source"] == str(Path(place))
    held = snapshot([Path(place), Path(place)])
    assert held["Files"][0]["File"] == "web-7/inner/x.txt"
