"""T11: what is swapped in while we walk is never read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag.collect import Options, collect
from diag.collect.told import Told
from diag.packing import BundleWriter
from tests.collect.collecting import CREATED, NOW, the_plan, write

if TYPE_CHECKING:
    from pathlib import Path

SECRET = b"SECRET-OUTSIDE"
ALL = os.environ.get("ARCDIAG_TESTS") == "all"
WALKS = 5000 if ALL else 100

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights")

# Exchanges a folder, and a file in another one, with links to what lies outside.
SWAPPER = """
import os, sys
root, outside = sys.argv[1:]
guest = os.path.join(root, "var/lib/GuestConfig")
folder, aside = os.path.join(guest, "ext_mgr_logs"), os.path.join(guest, "aside")
file = os.path.join(guest, "arc_policy_logs/gc_agent.log")
spare = file + ".spare"
print("ready", flush=True)
while True:
    os.rename(folder, aside)
    os.symlink(outside, folder)
    os.rename(file, spare)
    os.symlink(os.path.join(outside, "gc_agent.log"), file)
    os.unlink(folder)
    os.rename(aside, folder)
    os.unlink(file)
    os.link(os.path.join(outside, "gc_agent.log"), file)
    os.unlink(file)
    os.rename(spare, file)
"""


def test_nothing_that_is_swapped_in_is_read(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for name in ("gc_ext.log", "gc_ext.1.log", "restart_ExtensionService.log"):
        write(root, f"var/lib/GuestConfig/ext_mgr_logs/{name}", "ours\n")
        write(outside, name, SECRET)
    write(root, "var/lib/GuestConfig/arc_policy_logs/gc_agent.log", "ours\n")
    write(outside, "gc_agent.log", SECRET)
    swapper = subprocess.Popen(
        [sys.executable, "-c", SWAPPER, str(root), str(outside)],
        stdout=subprocess.PIPE,
    )
    try:
        assert swapper.stdout is not None
        assert swapper.stdout.readline() == b"ready\n"
        read, refused = _walks(root)
    finally:
        swapper.kill()
        swapper.wait()
        assert swapper.stdout is not None
        swapper.stdout.close()
    assert SECRET not in read
    assert b"ours" in read
    assert refused, "the swapper has to have met a walk"


def _walks(root: Path) -> tuple[bytes, int]:
    """Collect many times; return all that was read, and how often it was refused."""
    read: set[bytes] = set()
    refused = 0
    options = Options(root=str(root), now=NOW, fast=True, redact=False)
    for _ in range(WALKS):
        stream = io.BytesIO()
        with BundleWriter(stream, created=CREATED) as writer:
            done = collect(the_plan(), options, writer, None, Told())
        refused += sum(one.reason != "absent" for one in done.left)
        with zipfile.ZipFile(stream) as archive:
            names = [name for name in archive.namelist() if name.startswith("var/")]
            read.update(archive.read(name) for name in names)
    return b"|".join(read), refused
