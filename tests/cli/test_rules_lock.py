"""`arcdiag rules lock`, and packs that are locked or in zips on the command line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.test_content_commands import rule_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack of one rule."""
    rule_file(tmp_path)
    text = "pack: mine\nversion: 1.2.3\nrules: ['mine.yaml']\n"
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_pack_is_locked_and_its_changes_are_seen(call: Call, pack: Path) -> None:
    done = call("rules", "lock", pack)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert done.out == f"wrote {pack}/pack.lock: 2 files\n"
    digest = hashlib.sha256((pack / "mine.yaml").read_bytes()).hexdigest()
    lines = (pack / "pack.lock").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"{digest}  mine.yaml"
    assert call("rules", "list", "--rules", pack).code == Exit.CLEAN
    rule_file(pack, word="other")
    done = call("rules", "list", "--rules", pack)
    assert done.code == Exit.USAGE
    assert "mine.yaml was changed since the pack was locked" in done.err
    assert "arcdiag rules lock DIR" in done.err
    done = call("rules", "list", "--rules", pack, "--unlocked")
    assert done.code == Exit.CLEAN
    assert "2 tests mine 1.2.3 A word" in " ".join(done.out.split())
    call("rules", "lock", pack)
    assert call("rules", "list", "--rules", pack).code == Exit.CLEAN


def test_only_a_pack_that_is_right_can_be_locked(call: Call, pack: Path) -> None:
    (pack / "mine.yaml").write_text("id: x\n", encoding="utf-8")
    done = call("rules", "lock", pack)
    assert done.code == Exit.USAGE
    assert not (pack / "pack.lock").exists()
    (pack / "pack.yaml").unlink()
    done = call("rules", "lock", pack)
    assert "there is no pack.yaml" in done.err
