"""Everything that is a candidate is taken, and what is on the deny-list never is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diag.collect.plan import LISTING, SETTINGS
from tests.collect.collecting import collected, instance, the_plan, write

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX kinds of files")
SECRET = "TOP-SECRET-0123456789"
PLACES = {
    "linux": (
        "var/opt/azcmagent", "var/opt/azcmagent/log", "var/lib/GuestConfig",
        "var/lib/GuestConfig/extension_logs/x1", "var/lib/waagent/x1",
        "var/lib/waagent/x1/config", "var/log/azure/x1", "opt/GC_Ext/GC",
    ),
    "windows": (
        "ProgramData/AzureConnectedMachineAgent",
        "ProgramData/AzureConnectedMachineAgent/Log", "ProgramData/GuestConfig",
        "ProgramData/GuestConfig/extension_logs/x1", "Packages/Plugins/x1/x1",
        "Packages/Plugins/x1/x1/RuntimeSettings", "Windows/Temp",
    ),
}  # fmt: skip
NEVER = (
    "tokens/0c5ba3a0.key", "Tokens/a.log", "certs/myCert.cer", "Certs/license.json",
    "myCert", "a.key", "B.PFX", "c.pem", "d.p12", "AuthToken-MSI.json", "x.key.1",
)  # fmt: skip
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"full": True},
    {"full": True, "max_size": 1 << 40},
    {"since": 0.0},
    {"gentle": False, "case_id": "7"},
)


def fill(root: Path, system: str, below: str = "") -> list[str]:
    """Write a file for every glob of a system; return their names."""
    names = []
    for one in the_plan().candidates:
        if one.system != system or one.kind == LISTING:
            continue
        name = instance(one.path)
        text = f"{name}\n"
        if one.kind == SETTINGS:
            text = json.dumps({"a": name})
        write(root / below, name, text)
        names.append(name)
    return sorted(set(names))


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_every_candidate_is_taken(system: str, tmp_path: Path) -> None:
    names = fill(tmp_path / "root", system)
    bundle = collected(tmp_path / "root", tmp_path / "b.zip")
    assert [name for name in names if name not in bundle.members] == []
    for name in names:
        assert name.encode() in bundle.members[name]
        assert bundle.about(name)["component"]


@pytest.mark.parametrize("below", ["C", "c:", "D"])
def test_a_windows_disk_may_lie_in_the_folder_of_its_drive(
    below: str, tmp_path: Path
) -> None:
    names = fill(tmp_path / "root", "windows", below)
    bundle = collected(tmp_path / "root", tmp_path / "b.zip")
    assert [name for name in names if name not in bundle.members] == []


def test_the_case_of_names_does_not_matter(tmp_path: Path) -> None:
    name = "programdata/AZUREconnectedmachineagent/LOG/HIMDS.LOG"
    write(tmp_path / "root", name)
    assert name in collected(tmp_path / "root", tmp_path / "b.zip").members


@pytest.mark.parametrize("name", ["himds.log.1", "himds.log.12.gz", "himds.log.gz"])
def test_rotated_and_packed_logs_are_taken(name: str, tmp_path: Path) -> None:
    write(tmp_path / "root", f"var/opt/azcmagent/log/{name}", b"\x1f\x8b")
    bundle = collected(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.members[f"var/opt/azcmagent/log/{name}"] == b"\x1f\x8b"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("system", ["linux", "windows"])
def test_the_deny_list_is_never_taken(
    system: str, options: dict[str, Any], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    fill(root, system)
    for place in PLACES[system]:
        for name in NEVER:
            write(root, f"{place}/{name}", SECRET)
    settings = {"runtimeSettings": [{"handlerSettings": {
        "protectedSettingsCertThumbprint": SECRET, "protectedSettings": SECRET,
        "publicSettings": {"url": "kept", "inner": json.dumps({
            "ProtectedSettings": {"k": SECRET}})}}}]}  # fmt: skip
    folder = {
        "linux": "var/lib/waagent/x1/config",
        "windows": "Packages/Plugins/x1/x1/RuntimeSettings",
    }[system]
    write(root, f"{folder}/0.settings", json.dumps(settings))
    write(root, f"{folder}/1.settings", '{"protectedSettings": "' + SECRET)
    bundle = collected(root, tmp_path / "b.zip", **options)
    leaks = [name for name, data in bundle.members.items() if SECRET.encode() in data]
    assert leaks == []
    assert b"kept" in bundle.members[f"{folder}/0.settings"]
    assert bundle.left[f"{folder}/1.settings"] == "deny-list"
    lower = {name.lower() for name in bundle.members}
    assert not [name for name in lower if "/tokens/" in name or "/certs/" in name]
    reasons = {path.lower(): reason for path, reason in bundle.left.items()}
    top = PLACES[system][0].lower()
    assert reasons[f"{top}/tokens"] == "deny-list"
    assert reasons[f"{top}/certs"] == "deny-list"


def test_the_names_of_what_is_not_taken_are_listed_but_not_of_tokens(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    write(root, "var/opt/azcmagent/localconfig.json.bak", SECRET)
    write(root, "var/opt/azcmagent/tokens/0c5ba3a0.key", SECRET)
    write(root, "var/lib/GuestConfig/downloads/package.zip", SECRET)
    write(root, "var/lib/GuestConfig/Configuration/a/a.mof", SECRET)
    bundle = collected(root, tmp_path / "b.zip")
    listing = bundle.members["commands/listing.txt"].decode()
    assert "var/opt/azcmagent/localconfig.json.bak" in listing
    assert "var/lib/GuestConfig/downloads/package.zip" in listing
    assert "var/lib/GuestConfig/Configuration/a/a.mof" in listing
    assert "0c5ba3a0" not in listing
    assert not [name for name, data in bundle.members.items() if b"TOP-S" in data]


@POSIX
def test_what_is_no_regular_file_is_named_and_not_opened(tmp_path: Path) -> None:
    root = tmp_path / "root"
    log = root / "var/opt/azcmagent/log"
    outside = write(tmp_path, "outside/himds-1.log", SECRET)
    write(root, "var/opt/azcmagent/log/himds.log")
    os.mkfifo(log / "azcmagent.log")
    (log / "himds-1.log").symlink_to(outside)
    (log / "himds-2.log").symlink_to("himds.log")
    os.link(outside, log / "himds-3.log")
    (log / "arcproxy.log").mkdir()
    guest = root / "var/lib/GuestConfig"
    guest.mkdir(parents=True)
    (guest / "ext_mgr_logs").symlink_to(outside.parent)
    (guest / "arc_policy_logs").symlink_to(guest)
    here = Path.cwd()
    os.chdir(log)  # names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("himds-4.log")
    finally:
        os.chdir(here)
    bundle = collected(root, tmp_path / "b.zip")
    special = {path for path, reason in bundle.left.items() if reason == "special-file"}
    assert special == {
        *(f"var/opt/azcmagent/log/himds-{number}.log" for number in (1, 2, 3, 4)),
        "var/opt/azcmagent/log/azcmagent.log",
        "var/lib/GuestConfig/ext_mgr_logs",
        "var/lib/GuestConfig/arc_policy_logs",
    }
    assert not [name for name, data in bundle.members.items() if b"TOP-S" in data]
    assert bundle.outcome is not None
    assert bundle.outcome.complete


@POSIX
def test_a_device_is_named_and_not_opened(tmp_path: Path) -> None:
    root = tmp_path / "root"
    log = root / "var/opt/azcmagent/log"
    log.mkdir(parents=True)
    try:
        os.mknod(log / "himds.log", 0o20600, os.makedev(1, 5))  # endless zeros
    except PermissionError:
        pytest.skip("only root makes devices")
    bundle = collected(root, tmp_path / "b.zip")
    assert bundle.left["var/opt/azcmagent/log/himds.log"] == "special-file"


@POSIX
def test_a_very_deep_tree_ends(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log")
    here = Path.cwd()
    os.chdir(root / "var/lib/GuestConfig")
    try:
        for _ in range(1200):
            Path("deeper").mkdir()
            os.chdir("deeper")
    finally:
        os.chdir(here)
    try:
        bundle = collected(root, tmp_path / "b.zip")
    finally:
        # shutil.rmtree, by which pytest cleans up, goes down by calling itself.
        subprocess.run(["rm", "-rf", str(root)], check=True)
    assert "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log" in bundle.members
    assert bundle.members["commands/listing.txt"].count(b"deeper") < 100


def test_a_folder_with_more_files_than_the_limit_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.collect.walk.MOST_FILES", 50)
    for number in range(60):
        write(tmp_path / "root", f"var/log/azure/x/{number}.log")
    bundle = collected(tmp_path / "root", tmp_path / "b.zip")
    assert len([name for name in bundle.members if name.endswith(".log")]) == 50
    assert bundle.left["var/log/azure/x"] == "over-budget"


def test_odd_names_are_taken_and_told_apart(tmp_path: Path) -> None:
    there = tmp_path / "root" / "var/log/azure/x"
    there.mkdir(parents=True)
    folder = os.fsencode(there)
    for name in (b"\xff.log", b"\xfe.log", "\u202e.log".encode(), b"a\nb.log"):
        with open(os.path.join(folder, name), "wb") as stream:  # noqa: PTH118, PTH123
            stream.write(b"x\n")
    bundle = collected(tmp_path / "root", tmp_path / "b.zip")
    taken = [name for name in bundle.members if name.startswith("var/log/azure/x/")]
    assert len(taken) == 4
