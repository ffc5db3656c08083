"""All Pythons of this machine, to run the single-file collector on."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 6)
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"


@functools.cache
def pythons() -> dict[tuple[int, int], str]:
    """Return a Python of each version that can be found: on PATH and in pyenv."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [str(path) for path in sorted(root.glob("versions/*/bin/python"))]
    found += [shutil.which(f"python3.{minor}") or "" for minor in range(30)]
    found += [shutil.which("python3") or "", shutil.which("python2") or ""]
    versions: dict[tuple[int, int], str] = {sys.version_info[:2]: sys.executable}
    for path in filter(None, found):
        run = subprocess.run(
            [path, "-c", ASK], check=False, capture_output=True, text=True
        )
        if run.returncode == 0:  # a shim of pyenv may lead nowhere
            major, _, minor_text = run.stdout.strip().partition(".")
            versions.setdefault((int(major), int(minor_text)), path)
    return dict(sorted(versions.items()))


def able() -> list[str]:
    """Return those that the collector is made for, the oldest first."""
    return [path for version, path in pythons().items() if version >= OLDEST]


def too_old() -> list[str]:
    """Return those that it refuses."""
    return [path for version, path in pythons().items() if version < OLDEST]
