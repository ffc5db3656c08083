"""Small bundles, written line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bundle.zipmaker import Part, build, extended_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

HIMDS = "var/opt/azcmagent/log/himds.log"
AZCMAGENT = "var/opt/azcmagent/log/azcmagent.log"
GC_AGENT = "var/lib/GuestConfig/arc_policy_logs/gc_agent.log"
JOURNAL = "commands/journalctl-himdsd.txt"
SHOW = "commands/azcmagent-show.txt"
WINDOWS_HIMDS = "ProgramData/AzureConnectedMachineAgent/Log/himds.log"


def logrus(*times: str, message: str = "Heartbeat sent") -> str:
    return "".join(f'time="{time}" level=info msg="{message}"\n' for time in times)


def bracket(*times: str) -> str:
    rest = "[PID 1] [TID 2] [Pull Client] [INFO] [00000000-0000-0000-0000-000000000000]"
    return "".join(f"[{time}] {rest} asked\n" for time in times)


def syslog(*times: str, host: str = "web-1") -> str:
    return "".join(f"{time} {host} himdsd[812]: running\n" for time in times)


def folder(place: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return place


def zipped(
    path: Path, files: Mapping[str, str | bytes], stamp: datetime | None = None
) -> Path:
    """Write a zip; `stamp` is its members' time in UTC, else they have none."""
    extra = extended_time(int(stamp.timestamp())) if stamp else b""
    parts = [
        Part(name.encode(), text.encode() if isinstance(text, str) else text,
             extra=extra)
        for name, text in files.items()
    ]  # fmt: skip
    path.write_bytes(build(parts))
    return path
