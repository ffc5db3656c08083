"""The way through a running Windows, as far as another system can show it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from diag.collect.folders import identity_of
from diag.collect.walk import Walk, open_again
from diag.collect.windows import Drive, WindowsFolder, usual_places
from tests.collect.collecting import the_plan, write

if TYPE_CHECKING:
    from pathlib import Path

HIMDS = "AzureConnectedMachineAgent/Log/himds.log"


def test_usual_folders_are_where_the_variables_say(tmp_path: Path) -> None:
    write(tmp_path / "data", HIMDS, "ours\n")
    write(tmp_path / "data", "AzureConnectedMachineAgent/Tokens/1.key", "never")
    write(tmp_path / "programs", "AzureConnectedMachineAgent/logs/dsc.log", "old\n")
    write(tmp_path / "win", "AzureConnectedMachineAgent/temp/installationlog.txt")
    drive = Drive(
        {
            "ProgramData": str(tmp_path / "data"),
            "Program Files": str(tmp_path / "programs"),
            "Windows": str(tmp_path / "win"),
            "Packages": str(tmp_path / "none"),
        }
    )
    walk = Walk(the_plan(), "windows")
    walk.run(drive)
    names = {one.name: one for one in walk.found}
    assert set(names) == {
        f"ProgramData/{HIMDS}",
        "Program Files/AzureConnectedMachineAgent/logs/dsc.log",
        "Windows/AzureConnectedMachineAgent/temp/installationlog.txt",
    }
    number, _ = open_again(drive, names[f"ProgramData/{HIMDS}"])
    assert os.read(number, 100) == b"ours\n"
    os.close(number)
    reasons = {one.name: one.reason for one in walk.left}
    # A usual folder that is not there did not vanish.
    assert reasons == {"ProgramData/AzureConnectedMachineAgent/Tokens": "deny-list"}


def test_usual_places_are_found_by_variables() -> None:
    places = usual_places(
        {
            "SYSTEMDRIVE": "D:",
            "PROGRAMDATA": "D:\\Data",
            "PROGRAMFILES": "D:\\Program Files (x86)",
            "PROGRAMW6432": "D:\\Program Files",
            "SYSTEMROOT": "D:\\Windows",
        }
    )
    assert places["ProgramData"] == "D:\\Data"
    assert places["Program Files"] == "D:\\Program Files"
    assert places["Packages"] == "D:\\Packages"
    assert usual_places({})["Windows"] == "C:\\Windows"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_folder_that_became_a_link_or_another_one_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a/b/himds.log", "ours\n")
    write(tmp_path, "c/b/himds.log", "theirs\n")
    top = WindowsFolder.at(str(tmp_path / "a"))
    inner = top.enter("b")
    (tmp_path / "a/b").rename(tmp_path / "a/aside")
    (tmp_path / "c/b").rename(tmp_path / "a/b")
    with pytest.raises(OSError, match="exchanged"):
        inner.file("himds.log")
    (tmp_path / "a/b").rename(tmp_path / "c/b")
    (tmp_path / "a/b").symlink_to(tmp_path / "c/b")
    for use in (lambda: inner.file("himds.log"), lambda: top.enter("b")):
        with pytest.raises(OSError, match="no folder"):
            use()
    (tmp_path / "a/x.log").symlink_to(tmp_path / "c/b/himds.log")
    with pytest.raises(OSError, match="no regular file"):
        top.file("x.log")
    assert identity_of((tmp_path / "a").stat()) == top.identity
