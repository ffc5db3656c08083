"""Nothing from the input acts on a terminal, whichever way it gets there (T5, T6)."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

ESCAPES = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1bc\x9b31m\x90q\x9c\b\x7f\u202e\u2066\u200b"
MARKUP = "[red]x[/red] [@click=app.quit]y[/] [INFO]"
BAD = f"{ESCAPES}{MARKUP}"
RAW = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")
ONE = ("--only", "ARC-AZCM-001")
SGR = re.compile(r"\x1b\[[0-9;]*m")

AZCM = (
    'time="2026-03-10T10:00:0{n}Z" level=error msg="AZCM0042: failed: {bad}" '
    'Error="{bad}"\n'
)


def log(bad: str) -> bytes:
    """Return a log whose lines fire a rule, parsed ones and not."""
    lines = [AZCM.format(n=n, bad=bad) for n in range(3)]
    lines.insert(1, f"{bad}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with hostile content, and names where the system allows."""
    place = tmp_path / "var" / "opt" / "azcmagent" / "log"
    place.mkdir(parents=True)
    content = log(BAD) + b"\xff\xfe raw \x80\x9b2J \x1b]0;x\x07 \r over\n"
    (place / "azcmagent.log").write_bytes(content)
    if sys.platform != "win32":
        (place / f"gc_agent{BAD.replace('/', '')}.log").write_bytes(b"\x1b[2J")
        (tmp_path / "himds\n\x9b.log").symlink_to("/etc")
    return tmp_path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a zip with a hostile comment and hostile names, one of them encrypted."""
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.comment = BAD.encode()
        out.writestr("var/opt/azcmagent/log/azcmagent.log", log(BAD))
        out.writestr(f"x/{BAD}/himds.log", log(BAD))
        out.writestr("../../\x1b[2Jescape\n.log", b"\x1b[2J")
        secret = zipfile.ZipInfo(f"secret{BAD}.log")
        out.writestr(secret, b"x")
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.rfind(mark) + flags] |= 1
    path.write_bytes(data)
    return path


def clean(text: str) -> None:
    """Check that no character of a text acts."""
    found = RAW.search(text)
    assert found is None, repr(text[max(0, found.start() - 40) :][:80])


@pytest.mark.parametrize("options", [(), ("-v",), ("-q",), ("-j",)])
def test_a_folder(call: Call, folder: Path, options: tuple[str, ...]) -> None:
    done = call("check", folder, *ONE, *options)
    assert done.code in {3, 4}
    clean(done.out)
    clean(done.err)
    assert "[red]x[/red]" in done.out


@pytest.mark.parametrize("options", [(), ("-v",), ("-q",), ("-j",)])
def test_a_zip(call: Call, archive: Path, options: tuple[str, ...]) -> None:
    done = call("check", archive, *ONE, *options)
    assert done.code in {3, 4}
    clean(done.out)
    clean(done.err)
    assert "[red]x[/red]" in done.out


def test_json_keeps_the_text_of_a_log_as_it_was(call: Call, folder: Path) -> None:
    done = call("check", folder, *ONE, "-j")
    texts = [
        line["text"]
        for one in json.loads(done.out)["findings"]
        for line in one["evidence"]
    ]
    assert any(MARKUP in text for text in texts)
    assert any("\x9b31m" in text and "\u202e" in text for text in texts)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize("source", ["folder", "archive"])
def test_on_a_terminal_there_are_only_our_own_colours(
    source: str, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(source)
    shown = on_terminal("check", path, *ONE, "-v")
    assert SGR.search(shown)
    clean(SGR.sub("", shown).replace("\r\n", "\n"))
    assert "[red]x[/red]" in shown.replace("\r\n", "").replace(" ", "")


def test_messages_about_what_cannot_be(call: Call, tmp_path: Path) -> None:
    name = BAD.replace("/", "")
    for words in (
        ["check", tmp_path / name],
        ["check", tmp_path, "-o", tmp_path / name / "x"],
        ["check", tmp_path, "--rules", tmp_path / name],
        ["check", tmp_path, "--zone", name],
        ["check", tmp_path, "--only", name],
        ["check", tmp_path, "--tmp-dir", tmp_path / name],
        ["load", tmp_path, "-o", name],
        ["rules", "test", name],
        ["formats", "show", name],
    ):
        done = call(*words)
        assert done.code == 2, words
        assert done.out == ""
        clean(done.err)
        assert "[@click=app.quit]" in done.err


def test_a_wrong_rule_and_a_wrong_definition(call: Call, tmp_path: Path) -> None:
    bad = "\\e]0;x\\a\\x9b2J\\u202e[red]"
    rule = tmp_path / "rule.yaml"
    rule.write_text(f'id: "{bad}"\n"{bad}": 1\n', encoding="utf-8")
    family = tmp_path / "family.yaml"
    family.write_text(f'id: "{bad}"\n', encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("a: 1\n\tb: \x1b[2J\n", encoding="utf-8")
    for words in (
        ["check", tmp_path, "--rules", rule],
        ["check", tmp_path, "--parsers", family],
        ["check", tmp_path, "--parsers", other],
        ["rules", "lint", tmp_path],
        ["formats", "lint", tmp_path],
    ):
        done = call(*words)
        assert done.code == 2
        clean(done.out)
        clean(done.err)
