"""Packs from people who mean harm: nothing is read, nothing hangs, nothing acts."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from diag import engine
from diag.analyze.trial import run_tests
from diag.engine import pack as packs
from diag.engine.load import rules_of
from diag.errors import RuleError
from tests.cli.test_hostile import BAD, clean
from tests.engine.test_packs import PACK, QUERY, rule_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call, Called

QUICK = 20.0  # seconds; a hang would be minutes, and this machine may be busy
SECRET = "s3cr3t-content"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "rules").mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "rules" / "a.yaml").write_text(rule_text(), encoding="utf-8")
    return folder


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command line in this process."""
    from diag.cli.main import main
    from tests.cli.calling import Called

    def run(*words: object) -> Called:
        capfd.readouterr()
        code = main([str(word) for word in words])
        out, err = capfd.readouterr()
        return Called(int(code), out, err)

    return run


def quoted(text: str) -> str:
    """Return a text as a double-quoted scalar with escapes, as YAML takes it."""
    parts = (
        char if char.isalnum() or char in " .:" else f"\\U{ord(char):08x}"
        for char in text
    )
    return f'"{"".join(parts)}"'


def refused(path: Path) -> str:
    began = time.monotonic()
    with pytest.raises(RuleError) as caught:
        engine.load_rules([path])
    assert time.monotonic() - began < QUICK
    assert SECRET not in str(caught.value)
    return str(caught.value)


def hostile(pack: Path) -> None:
    """Put what acts on a terminal into every text of a rule."""
    bad = quoted(f"x {BAD}")
    text = rule_text().replace(
        "name: A word that never stands in a log", f"name: {bad}"
    )
    text = text.replace("description: Only for a test.", f"description: {bad}")
    text += f"tags: [{bad}]\nfalsePositives: [{bad}]\n"
    text += f"finding: {{title: {bad}, detail: {bad}}}\n"
    text += f"remedy: {{summary: {bad}, steps: [{{text: {bad}, command: {bad}}}]}}\n"
    text += (
        f"counterCheck: {{text: {bad}, query: Events, refuted: {bad}, stands: {bad}}}\n"
    )
    text = text.replace("- name: the word is there", f"- name: {bad}")
    (pack / "rules" / "a.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("rules", "show", "MINE-TST-001"),
        ("rules", "list"),
        ("rules", "test", "MINE-TST-001", "-v"),
        ("rules", "test", "MINE-TST-001", "--format", "junit"),
        ("rules", "explain", "MINE-TST-001"),
    ],
    ids=" ".join,
)
def test_texts_of_a_pack_do_not_act_on_a_terminal(
    call: Call, pack: Path, words: tuple[str, ...]
) -> None:
    hostile(pack)
    done: Called = call(*words, "--rules", pack)
    clean(done.out)
    clean(done.err)
    assert "MINE-TST-001" in done.out


def test_a_finding_of_a_pack_does_not_act_on_a_terminal(
    call: Call, pack: Path, tmp_path: Path
) -> None:
    hostile(pack)
    log = tmp_path / "himds.log"
    log.write_text(
        'time="2026-03-10T11:00:00Z" level=info msg="xyzzy"\n', encoding="utf-8"
    )
    for more in ((), ("-j",), ("-v",)):
        words = ("check", log, "--only", "MINE-TST-001", "--no-cache", *more)
        done = call(*words, "--rules", pack)
        clean(done.out)
        clean(done.err)
        assert "[red]x[/red]" in done.out


def test_names_and_errors_of_a_pack_do_not_act(call: Call, tmp_path: Path) -> None:
    name = "a\x1b[2J.yaml" if sys.platform != "win32" else "a.yaml"
    text = rule_text().replace("severity: low", f"severity: {quoted(BAD)}")
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = call("rules", "lint", tmp_path)
    clean(done.out)
    clean(done.err)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_pipes_and_devices_are_not_read(pack: Path) -> None:
    os.mkfifo(pack / "rules" / "pipe.yaml")
    assert any(one.id == "MINE-TST-001" for one in engine.load_rules([pack]))
    (pack / "rules" / "zero.yaml").symlink_to("/dev/zero")
    engine.load_rules([pack])  # a device is no file
    (pack / "rules" / "passwd.yaml").symlink_to("/etc/passwd")
    assert "a link that leads out of the folder" in refused(pack)


@pytest.mark.parametrize(
    "glob",
    ["../secret.yaml", "/etc/*.yaml", "rules/../../secret.yaml", "**/../secret.yaml"],
)
def test_patterns_stay_in_the_pack(pack: Path, glob: str) -> None:
    (pack.parent / "secret.yaml").write_text(SECRET, encoding="utf-8")
    (pack / "pack.yaml").write_text(
        f"pack: mine\nversion: 1.0.0\nrules: ['{glob}']\n", encoding="utf-8"
    )
    assert "leads out of the pack" in refused(pack)


@pytest.mark.parametrize(
    "glob", ["*" * 50, "**/" * 30 + "x.yaml", "a*" * 9 + "b", "x" * 300]
)
def test_patterns_cannot_hang(pack: Path, glob: str) -> None:
    (pack / "pack.yaml").write_text(
        f"pack: mine\nversion: 1.0.0\nrules: ['{glob}']\n", encoding="utf-8"
    )
    assert "is too long or has too many *" in refused(pack)
    began = time.monotonic()
    worst = "/".join(["**"] * 3 + ["*a*"])
    assert worst.count("*") <= packs.MOST_STARS
    packs.matches(worst, "/".join(["aaaaaaaaaa"] * 20) + "b")
    packs.matches("*a*a*a*a*a*a*a*b", "a" * 250)
    assert time.monotonic() - began < QUICK


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 12):
        listed = ", ".join([f"*a{number - 1}"] * 8)
        lines.append(f"a{number}: &a{number} [{listed}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bomb(), "aliases"),
        ("a: " + "[" * 5000, "nesting depth"),
        ("#" * 1_000_001, "larger than"),
        ("a: !!python/object/apply:os.system [id]", "tag"),
        ("id: [" + "x, " * 200_000 + "x]", "id"),
    ],
    ids=["aliases", "depth", "size", "tag", "list"],
)
def test_files_that_are_made_to_be_large(pack: Path, text: str, said: str) -> None:
    (pack / "rules" / "b.yaml").write_text(text, encoding="utf-8")
    assert said in refused(pack)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("Events | where Message matches regex '(a+)+$'", ""),
        (
            "Events | where Message matches regex '((((a{0,1000}){0,1000}){0,1000}))'",
            "",
        ),
        ("Events | where Message matches regex '" + "a?" * 3000 + "'", "KQL"),
        ("Events | where Message matches regex '(?<=a)b'", "KQL"),
        ("Events | where Line in (" + "1," * 9000 + "1)", ""),
        ("Events | where Line in (" + "1," * 10001 + "1)", "KQL006"),
        ("Events | where " + "(" * 300 + "true" + ")" * 300, "KQL006"),
        ("range x from 1 to 1000000000 step 1 | count", "KQL106"),
        ('Events | where Message == "" | union (["/etc/passwd"])', "unknown table"),
        ("externaldata(a: string) ['/etc/passwd']", "not supported"),
        ("read_text('/etc/passwd')", "unknown function"),
        ("let f = () { f() }; f()", "KQL"),
    ],
    ids=str,
)
def test_queries_that_are_made_to_hang_or_to_read(
    pack: Path, query: str, said: str
) -> None:
    text = rule_text(query=query) if len(query) < 20_000 else rule_text()
    (pack / "rules" / "a.yaml").write_text(text, encoding="utf-8")
    if len(query) >= 20_000:  # no rule may be so long
        rules = rules_of([[("a.yaml", rule_text(query=QUERY))]])
        assert rules.rules
        text = rule_text(query=query)
        with pytest.raises(RuleError, match="20,000 at most"):
            rules_of([[("a.yaml", text)]])
        return
    rules = engine.load_rules([pack])
    found: list[str] = []
    began = time.monotonic()
    [rule] = [one for one in rules if one.pack == "mine"]
    compiled = rules.compile([rule], found)
    if said:
        assert said in "".join(found), found
    else:
        assert compiled
        run_tests(rule, rules)
    assert time.monotonic() - began < QUICK
