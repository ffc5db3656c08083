"""The unit of systemd that ships: it starts a command that there is, and is narrow."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from diag.cli import watch
from diag.cli.arguments import Parser

UNIT = Path(__file__).parents[2] / "docs" / "arcdiag-watch.service"


def unit() -> configparser.ConfigParser:
    made = configparser.ConfigParser(strict=False, interpolation=None)
    made.optionxform = str  # type: ignore[assignment,method-assign]
    made.read(UNIT)
    return made


def test_it_starts_a_watch_with_options_that_there_are() -> None:
    program, command, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert Path(program).name == "arcdiag"
    assert command == "watch"
    parser = Parser("watch", "")
    watch.add_arguments(parser)
    args = parser.parse(words)
    # The status lies in the folder that the unit makes.
    assert str(args.status.parent) == f"/run/{unit()['Service']['RuntimeDirectory']}"


def test_it_may_do_little() -> None:
    service = unit()["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == "CAP_DAC_READ_SEARCH"
    assert service["NoNewPrivileges"] == "yes"
    assert service["MemoryMax"]
    assert service["CPUQuota"]


def test_systemd_takes_it(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    copy = tmp_path / UNIT.name
    program = shutil.which("true")
    text = UNIT.read_text().replace("/usr/local/bin/arcdiag", str(program))
    copy.write_text(text)
    run = subprocess.run(
        ["systemd-analyze", "verify", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert UNIT.name not in run.stderr
