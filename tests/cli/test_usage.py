"""Commands, options and what is said when they are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from diag import __version__
from diag.cli.commands import COMMANDS
from diag.cli.exits import Exit
from diag.errors import ContentError, DiagError, KqlError, StoreError, UsageError
from tests.cli.calling import ROOT, SAMPLES, arcdiag

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

HEAVY = {
    "arcdiag_core",
    "asyncio",
    "duckdb",
    "orjson",
    "pyparsing",
    "rich",
    "tomllib",
    "yaml",
}


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_alone_it_lists_the_commands(call: Call, words: tuple[str, ...]) -> None:
    done = call(*words)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    for command in COMMANDS:
        assert f"  {command} " in done.out
    assert "arcdiag check SOURCE" in done.out


@pytest.mark.parametrize("group", ["rules", "formats"])
def test_a_group_alone_lists_its_commands(call: Call, group: str) -> None:
    done = call(group)
    assert done.code == Exit.CLEAN
    for command in COMMANDS:
        assert (f"\n  {command} " in done.out) is command.startswith(group)
    assert call(group, "--help").out == done.out


def test_the_version_is_that_of_the_package(call: Call) -> None:
    assert call("--version").out == f"arcdiag {__version__}\n"
    assert arcdiag("--version").stdout.decode() == f"arcdiag {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_lists_its_options(
    call: Call, command: str
) -> None:
    done = call(*command.split(), "--help")
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert done.out.startswith(f"usage: arcdiag {command} ")
    assert COMMANDS[command][1] in done.out
    assert "--no-color" in done.out


@pytest.mark.parametrize("words", [[], ["--version"], ["check", "-h"], ["load", "-h"]])
def test_help_and_version_load_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import json, sys\nsys.argv = ['arcdiag', *{words}]\n"
        "from diag.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert not {name.partition(".")[0] for name in loaded} & HEAVY


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["chekc"], "there is no command 'chekc'; did you mean 'check'?", "--help"),
        (["rules", "lsit"], "no command 'rules lsit'; did you mean 'rules list'?", ""),
        (["zzz"], "there is no command 'zzz'\n", "arcdiag --help"),
        (["-v", "check"], "a command comes first", "arcdiag check SOURCE"),
        (["check"], "check: the following arguments are required: SOURCE", "--help"),
        (["check", "--frmat", "x"], "no option '--frmat'; did you mean", "--format"),
        (["check", "a", "--form=json"], "no option '--form'", "--format"),
        (["check", "a", "-x"], "check: there is no option '-x'", "check --help"),
        (["check", "a", "--format", "jsn"], "'jsn' is none of text, json", "'json'?"),
        (["check", "a", "--fail-on", "hihg"], "did you mean 'high'?", "check --help"),
        (["check", "a", "--fail-on", "info"], "'info' is none of critical", ""),
        (["check", "a", "--only"], "--only: expected one argument", ""),
        (["check", ""], "an empty text is no path", ""),
        (["check", "a", "--now", "soon"], "--now: 'soon' is no time", "72h"),
        (["check", "a", "--rules", "/no/where"], "/no/where", "no such folder"),
        (["load", "a"], "required: -o/--output", ""),
        (["rules", "show"], "required: ID", ""),
        (["rules", "list", "more"], "more", ""),
        (["rules", "show", "arc-hb-001"], "did you mean 'ARC-HB-001'?", "rules list"),
        (["rules", "test", "NO-SUCH-001"], "there is no rule", "rules list"),
        (["formats", "show", "hinds"], "no format 'hinds'; did you mean 'himds'?", ""),
        (["formats", "test", "hinds"], "no format 'hinds'; did you mean 'himds'?", ""),
        (["formats", "lint", "/no/where"], "/no/where: there is no such folder", ""),
    ],
)
def test_wrong_usage_says_what_and_what_next(
    call: Call, words: list[str], message: str, hint: str
) -> None:
    done = call(*words)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert done.err.startswith("arcdiag: ")
    assert message in done.err
    assert hint in done.err


def test_a_zone_that_does_not_exist_is_a_usage_error(call: Call) -> None:
    done = call("check", SAMPLES / "healthy-linux", "--zone", "Europe/Berlln")
    assert done.code == Exit.USAGE
    assert "there is no zone 'Europe/Berlln'\n  did you mean Europe/Berlin?" in done.err


def test_temporary_files_need_a_folder_that_exists(call: Call, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    done = call("check", SAMPLES / "healthy-linux", "--tmp-dir", missing)
    assert done.code == Exit.USAGE
    assert f"{missing}: there is no such folder" in done.err


def test_the_error_tree_and_the_exit_codes_agree() -> None:
    assert DiagError.exit_code == StoreError.exit_code == Exit.TOOL_ERROR
    for kind in (UsageError, ContentError, KqlError):
        assert kind.exit_code == Exit.USAGE
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 4, 5, 130]


def test_hostile_words_come_back_harmless(call: Call) -> None:
    word = "\x1b]0;x\x07\n\x9b2J\u202e[red]"
    for words in (
        [word],
        ["check", f"--{word}"],
        ["check", "a", word, f"-{word}"],
        ["check", word],
        ["check", "a", "--now", word],
        ["check", "a", "--format", word],
        ["rules", "show", word],
    ):
        done = call(*words)
        assert done.code == Exit.USAGE
        assert not set(done.err) & set("\x1b\x07\x9b\u202e")
        assert "\u241b]0;x\u2407\u240a\\u{9b}2J\\u{202e}[red]" in done.err
