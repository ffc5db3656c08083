"""Collecting from trees that tests make, and looking into the bundle."""

from __future__ import annotations

import functools
import json
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diag.cli.collectplan import plan_data
from diag.collect import Options, Outcome, Plan, collect, plan_of
from diag.collect.told import Told
from diag.packing import BundleWriter

if TYPE_CHECKING:
    from pathlib import Path

CREATED = "2026-03-10T12:00:00Z"
NOW = 1773144000.0  # the same
LOG = "var/opt/azcmagent/log"
WILD = re.compile(r"\[!?[^\]]*\]|\*|\?")


@functools.cache
def the_plan() -> Plan:
    """Return the plan that ships, as the single-file collector has it."""
    return plan_of(json.loads(json.dumps(plan_data())))


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as a reader sees it."""

    members: dict[str, bytes]
    manifest: dict[str, Any]
    outcome: Outcome | None = None

    @property
    def left(self) -> dict[str, str]:
        """What was not taken, and why."""
        return {one["path"]: one["reason"] for one in self.manifest["not_taken"]}

    def about(self, name: str) -> dict[str, Any]:
        """Return what the manifest says of a member."""
        (one,) = (one for one in self.manifest["members"] if one["path"] == name)
        return dict(one)

    def notes(self, name: str) -> list[str]:
        """Return the notes of a member."""
        return list(self.about(name).get("notes", []))


def collected(
    root: Path, target: Path, told: Told | None = None, **wishes: Any
) -> Bundle:
    """Collect from a tree, in this process and without redaction."""
    options = Options(root=str(root), now=NOW, fast=True, redact=False)
    options = options._replace(**wishes)
    with BundleWriter(str(target), created=CREATED, replace=True) as writer:
        outcome = collect(the_plan(), options, writer, None, told or Told())
    return opened(target, outcome)


def opened(target: Path, outcome: Outcome | None = None) -> Bundle:
    """Return what is in a bundle."""
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        members = {name: archive.read(name) for name in archive.namelist()}
    return Bundle(members, json.loads(members["manifest.json"]), outcome)


def write(root: Path, name: str, content: bytes | str = "x\n") -> Path:
    """Write a file of a tree."""
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def instance(glob: str) -> str:
    """Return a path that a glob fits."""
    return WILD.sub(lambda w: w.group()[1] if w.group()[1:] else "x1", glob)
