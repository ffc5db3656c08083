"""The documents name every command, option and code, and show what really happens."""

from __future__ import annotations

import importlib
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from diag.cli.arguments import Parser
from diag.cli.commands import COMMANDS
from diag.cli.exits import Exit
from tests.cli.calling import ROOT

if TYPE_CHECKING:
    import argparse

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
EXPECTED = ROOT / "tests" / "cli" / "expected" / "heartbeat-lost.txt"
CODE_ROW = re.compile(r"^\| ([0-9]+) \|", re.MULTILINE)
VARIABLES = (
    *("ARCDIAG_CACHE_DIR", "ARCDIAG_CONFIG", "ARCDIAG_STATE_DIR"),
    *("NO_COLOR", "TERM", "TMPDIR", "TZ"),
)


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def actions(command: str) -> list[argparse.Action]:
    """Return what a command takes."""
    parser = Parser(command, COMMANDS[command][1])
    module = importlib.import_module(f"diag.cli.{COMMANDS[command][0]}")
    module.add_arguments(parser)
    return parser._actions  # noqa: SLF001 - argparse tells it nowhere else


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_row(command: str) -> None:
    assert re.search(rf"^\| `arcdiag {command}[ `]", OPERATIONS, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_a_row_and_help(command: str) -> None:
    rows = [line for line in OPERATIONS.splitlines() if line.startswith("| `-")]
    for action in actions(command):
        assert action.help, action.dest
        for option in action.option_strings:
            pattern = rf"^\|.*`{re.escape(option)}[` ]"
            assert any(re.match(pattern, row) for row in rows), option


def test_no_row_is_about_an_option_that_is_gone() -> None:
    known = {o for name in COMMANDS for a in actions(name) for o in a.option_strings}
    for line in OPERATIONS.splitlines():
        if line.startswith("| `-"):
            first = line.split("|")[1]
            assert set(re.findall(r"`(-[-a-zA-Z]+)", first)) <= known


@pytest.mark.parametrize("text", [README, OPERATIONS], ids=["README", "operations"])
def test_exit_codes_are_listed_as_they_are(text: str) -> None:
    assert [int(code) for code in CODE_ROW.findall(text)] == [int(x) for x in Exit]


def test_every_variable_is_documented() -> None:
    for name in VARIABLES:
        assert f"| `{name}` |" in OPERATIONS


def test_the_commands_of_the_readme_are_those_of_the_checks() -> None:
    first, second = (block.strip().splitlines() for block in blocks(README, "sh")[:2])
    assert first == [
        "uv run arcdiag check samples/heartbeat-lost",
        "uv run pytest -n auto",
    ]
    assert f'step {first[1]} "$@"\n' in CI
    install = 'pip install ./core -e ".[dev]"'
    assert f"&& {install} &&" in second[0]
    assert second[1] == "pytest -n auto"
    assert f"- run: {install}\n" in WORKFLOW
    assert "- run: pytest -n auto\n" in WORKFLOW
    assert "- run: bash .ci/run\n" in WORKFLOW


def test_the_output_in_the_readme_is_real() -> None:
    real = EXPECTED.read_text(encoding="utf-8").splitlines()
    [shown] = blocks(README, "text")
    at = 0
    for part in shown.split("...\n"):  # what stands between was left out
        lines = part.splitlines()
        if lines:
            at = real.index(lines[0], at)
            assert real[at : at + len(lines)] == lines
            at += len(lines)


def test_documents_that_are_named_exist() -> None:
    for name in re.findall(r"`([a-zA-Z_/]+(?:\.md|/run))`", README):
        assert (ROOT / name).is_file(), name


def test_the_change_log_knows_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert changes.startswith(f"# Changes\n\n## {version} ")
