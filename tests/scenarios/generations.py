"""Three generations of the agent: versions, services, and where each log lies.

Paths and names: agent-facts, sections 1.1 to 1.3 and 3.1. When a version came out is
reckoned from its number, as nearly one came out a month (1.24 in November 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum


class Age(IntEnum):
    """A generation of the agent."""

    FIRST = 1  # 1.3 to 1.10, 2020 and 2021
    MIDDLE = 2  # 1.25 to 1.34, 2022 and 2023
    NEW = 3  # 1.52 to 1.61, 2024 to 2026


# Versions without a known fault of their own; how the parts behind the second are
# counted changed with 1.14 or so.
LINUX = {
    Age.FIRST: ("1.3.20346.004", "1.6.21097.003", "1.10.21238.002"),
    Age.MIDDLE: ("1.25.02210.134", "1.27.02254.149", "1.30.02313.211"),
    Age.NEW: ("1.52.03007.513", "1.58.03228.700", "1.61.03319.859"),
}
WINDOWS = {
    Age.FIRST: ("1.3.20346.004", "1.6.21097.003", "1.10.21238.002"),
    Age.MIDDLE: ("1.25.02212.925", "1.29.02286.1024", "1.34.02440.1350"),
    Age.NEW: ("1.52.03012.2077", "1.55.03134.2489", "1.60.03293.2809"),
}
# Service that azcmagent show prints: role, title, id, state when it runs.
Service = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the logs lie; `policy_log` is the family of `policy`."""

    himds: str
    azcmagent: str
    arcproxy: str
    policy: str
    ext: str
    plugins: str


def released(version: str) -> datetime:
    """Return when a version came out, by its number."""
    minor = int(version.split(".")[1])
    return datetime(2022, 11, 30, tzinfo=UTC) + timedelta(days=32) * (minor - 24)


def layout(age: Age, *, windows: bool) -> Layout:
    """Return the paths that a generation uses on a system."""
    if windows:
        log, guest = (
            "ProgramData/AzureConnectedMachineAgent/Log",
            "ProgramData/GuestConfig",
        )
        policy = "gc_agent_logs" if age is Age.FIRST else "arc_policy_logs"
        policy_log = f"{guest}/{policy}/gc_agent.log"
        plugins = "Packages/Plugins"
    else:
        log, guest = "var/opt/azcmagent/log", "var/lib/GuestConfig"
        old = age is Age.FIRST
        policy_log = (
            "opt/logs/dsc.log" if old else f"{guest}/arc_policy_logs/gc_agent.log"
        )
        plugins = "var/lib/waagent"
    return Layout(
        f"{log}/himds.log", f"{log}/azcmagent.log", f"{log}/arcproxy.log", policy_log,
        f"{guest}/ext_mgr_logs/gc_ext.log", plugins,
    )  # fmt: skip


def services(age: Age, *, windows: bool) -> tuple[Service, ...]:
    """Return the services that `azcmagent show` lists.

    Older agents print the ids of Windows on both systems.
    """
    titles = {"himds": "Agent Service", "proxy": "Azure Arc Proxy"}
    titles |= {"ext": "Extension Service", "gc": "GC Service"}
    new = age is Age.NEW
    if windows or not new:
        ids = ("himds", "arcproxy", "extensionservice", "gcarcservice")
        state = "running"
    else:
        ids, state = ("himdsd", "arcproxyd", "extd", "gcad"), "active"
    return tuple(
        (role, title, name, state)
        for (role, title), name in zip(titles.items(), ids, strict=True)
        if new or role != "proxy"
    )
