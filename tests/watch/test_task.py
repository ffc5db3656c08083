"""The task of Windows that ships: it starts a command that there is, and again."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree as ET

from diag.cli import watch
from diag.cli.arguments import Parser

DOCS = Path(__file__).parents[2] / "docs"
TASK = DOCS / "arcdiag-watch.xml"
SCHEMA = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def said(path: str) -> str:
    task = ET.fromstring(TASK.read_bytes())
    [found] = task.findall(path, SCHEMA)
    return found.text or ""


def test_it_starts_a_watch_with_options_that_there_are() -> None:
    assert PureWindowsPath(said("t:Actions/t:Exec/t:Command")).name == "arcdiag.exe"
    command, *words = said("t:Actions/t:Exec/t:Arguments").split()
    assert command == "watch"
    parser = Parser("watch", "")
    watch.add_arguments(parser)
    args = parser.parse(words)
    assert args.eventlog
    # What the instructions make and close is the folder that it writes to.
    [folder] = set(re.findall(r"C:\\ProgramData\\arcdiag\b", TASK.read_text()))
    assert str(args.status).startswith(folder)
    assert str(args.state).startswith(folder)
    assert folder in (DOCS / "watch.md").read_text()


def test_it_begins_with_the_system_and_again_when_it_ended() -> None:
    assert said("t:Triggers/t:BootTrigger/t:Enabled") == "true"
    again = "t:Triggers/t:TimeTrigger"
    assert said(f"{again}/t:Repetition/t:Interval") == "PT5M"
    assert said("t:Settings/t:MultipleInstancesPolicy") == "IgnoreNew"
    # The vendor's schema has them in this order.
    task = ET.fromstring(TASK.read_bytes())
    [trigger] = task.findall(again, SCHEMA)
    names = [one.tag.rpartition("}")[2] for one in trigger]
    assert names == ["Enabled", "StartBoundary", "Repetition"]


def test_nothing_ends_it_and_it_may_do_little() -> None:
    assert said("t:Settings/t:ExecutionTimeLimit") == "PT0S"
    for name in ("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries"):
        assert said(f"t:Settings/t:{name}") == "false"
    assert said("t:Principals/t:Principal/t:UserId") == "S-1-5-19"
    assert said("t:Principals/t:Principal/t:RunLevel") == "LeastPrivilege"


def test_whatever_reads_it_as_a_text_can_read_it() -> None:
    data = TASK.read_bytes()
    assert data.isascii()
    assert b"encoding=" not in data
