"""Stores made the only way there is: from logs, by the real reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.analyze import load

if TYPE_CHECKING:
    from pathlib import Path

HIMDS = (
    'time="2026-03-10T12:00:00Z" level=info msg="Starting service" Version=1.58\n'
    'time="2026-03-10T12:00:05Z" level=error msg="AZCM0042: no" Status Code=500\n'
    "  at the second line of this record\n"
)
SHOW = (
    "Resource Name    : web-1\n"
    "Agent Version    : 1.58.03228.700\n"
    "Agent Logfile    : /var/opt/azcmagent/log/himds.log\n"
    "Agent Error Code :\n"
    "  GC Service (gcad)  : active\n"
    "no pair\n"
)
JOURNAL = "Mar 10 12:00:01 web-1 systemd[1]: Started gcad.service.\n"
FILES = {
    "var/opt/azcmagent/log/himds.log": HIMDS,
    "commands/azcmagent-show.txt": SHOW,
    "commands/journalctl-gcad.txt": JOURNAL,
    "notes.txt": "something\nelse\n",
}


def machine(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a small bundle as a folder."""
    for name, text in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def store_file(folder: Path) -> Path:
    """Return a finished store of a small bundle."""
    path = folder / "small.duckdb"
    with load([machine(folder / "machine")], keep=path):
        return path
