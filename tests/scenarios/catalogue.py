"""All scenarios by name."""

from __future__ import annotations

from importlib import import_module

from tests.scenarios.label import KINDS, SCENARIOS, Scenario

PARTS = (
    "sound", "heartbeats", "networks", "identities", "servicing", "plugins", "upkeep",
    "pairs", "decoys",
)  # fmt: skip


def all_scenarios() -> dict[str, Scenario]:
    """Return the scenarios, in the order of their kinds and names."""
    for part in PARTS:
        import_module(f"tests.scenarios.{part}")
    ordered = sorted(SCENARIOS.values(), key=lambda s: (KINDS.index(s.kind), s.name))
    return {one.name: one for one in ordered}
