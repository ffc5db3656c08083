"""Damaged and hostile input: how it is made, and what it gives.

The table in docs/bundle.md is written from these cases, and each is run.
"""

from __future__ import annotations

from tests.analyze.faults import archives, content, folders, members, packed
from tests.analyze.faults.fault import Fault

SECTIONS: tuple[tuple[str, tuple[Fault, ...]], ...] = (
    ("Zips as a whole", archives.FAULTS),
    ("Members of a zip", members.FAULTS),
    ("Packed once more", packed.FAULTS),
    ("Content", content.FAULTS),
    ("Files and folders", folders.FAULTS),
)
FAULTS = tuple(fault for _, faults in SECTIONS for fault in faults)

__all__ = ["FAULTS", "SECTIONS", "Fault"]
