"""`arcdiag formats new`: a draft that lint and test accept, and no file lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit

if TYPE_CHECKING:
    from tests.cli.calling import Call

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
FILES = sorted(path for path in CORPUS.rglob("*.*") if path.suffix != ".yaml")


def test_a_draft_passes_lint_and_test_as_it_is(call: Call, tmp_path: Path) -> None:
    for number, path in enumerate(FILES):
        name = f"draft{number}"
        done = call("formats", "new", name, "--from", path, "-o", tmp_path)
        assert (done.code, done.err) == (Exit.CLEAN, ""), path
        assert done.out.startswith(f"wrote {tmp_path / name}.yaml\n")
    done = call("formats", "lint", tmp_path)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    names = [f"draft{number}" for number in range(len(FILES))]
    done = call("formats", "test", *names, "--parsers", tmp_path)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert f"{len(FILES)} formats" in done.out


def test_what_a_draft_explains_is_said(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    lines = [f"[2026-03-10 12:00:0{n}] [INFO] [a] word {n}" for n in range(8)]
    lines.insert(4, "[2026-03-10 12:00:99] [INFO [a] no end")
    log.write_text("\r\n".join(lines), encoding="utf-16")
    done = call("formats", "new", "mine", "--from", log, "-o", tmp_path)
    assert done.code == Exit.CLEAN
    assert done.out.splitlines()[1:] == [
        (
            "  9 of 9 lines explained (100%): 8 records, 1 line that goes on with one; "
            "0 unparsed, 0 blank"
        ),
        "  1 layout, time ymd, zone machine; 3 samples",
        "  line 5 begins like a record, but goes on with the one before:",
        "    [2026-03-10 12:00:99] [INFO [a] no end",
        "                           ^ expected {level} and '] [' after it",
        f"next: arcdiag formats test mine --parsers {tmp_path}",
    ]
    done = call("formats", "test", "--file", log, "mine", "--parsers", tmp_path)
    assert done.code == Exit.CLEAN


def test_a_draft_among_the_built_in_formats_replaces_none(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    for name in ("diag", "parsers"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / name, tmp_path / name, ignore=leave)
    shutil.copy(root / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "diag", "formats", "new", "mine", "--from", FILES[0],
         "-o", "parsers"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "next: arcdiag formats test mine"
    assert "replaces" not in done.stdout


def test_nothing_is_ever_overwritten(call: Call, tmp_path: Path) -> None:
    there = tmp_path / "mine.yaml"
    there.write_text("keep me", encoding="utf-8")
    done = call("formats", "new", "mine", "--from", FILES[0], "-o", tmp_path)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert done.err == (
        f"arcdiag: {there}: the definition exists already\n"
        "  take another NAME, another -o DIR, or remove the file\n"
    )
    assert there.read_text(encoding="utf-8") == "keep me"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_nowhere_is_not_followed(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").symlink_to(tmp_path / "elsewhere")
    done = call("formats", "new", "mine", "--from", FILES[0], "-o", tmp_path)
    assert done.code == Exit.USAGE
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_drafted(call: Call, tmp_path: Path) -> None:
    binary = tmp_path / "x.bin"
    binary.write_bytes(bytes(range(256)) * 20)
    for words, said in (
        (["mine", "--from", binary], "the file is no text"),
        (["mine", "--from", tmp_path / "no"], "there is no such file"),
        (["mine", "--from", FILES[0], "-o", tmp_path / "no"], "no such folder"),
        (["../x", "--from", FILES[0]], "'../x' is no id"),
        (["mine"], "--from"),
    ):
        done = call("formats", "new", *words)
        assert (done.code, done.out) == (Exit.USAGE, ""), words
        assert said in done.err


def test_a_draft_for_an_id_of_ours_says_that_it_replaces_it(
    call: Call, tmp_path: Path
) -> None:
    done = call("formats", "new", "himds", "--from", FILES[0], "-o", tmp_path)
    assert "it replaces the built-in format 'himds'" in done.out
