"""What an inbox has had: one JSON file in the user's state folder, whole or not there.

It does not lie in the inbox: who may put bundles there must not be able to tell us
what we have written, and so may replace.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from diag.watch.inboxfind import Mark

if TYPE_CHECKING:
    from pathlib import Path

FORM = 1
MOST_BYTES = 64_000_000


class Verdict(StrEnum):
    """How a bundle came out, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    FAILED = "failed"
    MEDIUM = "medium"
    LOW = "low"
    PARTIAL = "partial"
    CLEAN = "clean"

    @property
    def rank(self) -> int:
        """0 for critical: smaller is worse."""
        return list(Verdict).index(self)


class Stage(StrEnum):
    """How far a bundle has come."""

    BEGUN = "begun"
    DONE = "done"


@dataclass(slots=True)
class Entry:
    """A bundle that was taken: what it was, and what came of it."""

    sha256: str
    mark: Mark
    arrived: str  # ISO 8601, when it was taken
    stage: Stage = Stage.BEGUN
    begun: int = 1  # how often its check was begun
    verdict: Verdict = Verdict.FAILED
    machines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    said: str = ""
    gone: bool = False
    # Path in the inbox: SHA-256, and a second one while a new file takes its place.
    reports: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """All of an inbox; `index` is the page and its hash."""

    entries: dict[str, Entry] = field(default_factory=dict)
    index: dict[str, str] = field(default_factory=dict)

    def ours(self) -> dict[str, str]:
        """Return the files that we wrote into the inbox, with their hashes."""
        found = dict(self.index)
        for entry in self.entries.values():
            found.update(entry.reports)
        return found


class DamagedError(Exception):
    """The file is there, and not one that this version wrote."""


def place_of(root: Path, folder: Path) -> Path:
    """Return where the state of an inbox lies.

    Args:
        root: The inbox.
        folder: The user's state folder.
    """
    key = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]
    return folder / f"inbox-{key}.json"


def read_state(path: Path) -> State:
    """Return what was kept; nothing if there is nothing.

    Raises:
        DamagedError: It cannot be read, or another version wrote it.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DamagedError("it is too large")
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise DamagedError(error.strerror or str(error)) from error
    except ValueError as error:
        raise DamagedError("it is damaged") from error
    try:
        if data["form"] != FORM:
            raise DamagedError("another version wrote it")
        return State(
            {str(name): _entry(one) for name, one in data["entries"].items()},
            {str(name): str(value) for name, value in data["index"].items()},
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError("it is damaged") from error


def _entry(data: dict[str, Any]) -> Entry:
    made = Entry(**data)
    made.mark = Mark(*made.mark)
    made.stage, made.verdict = Stage(made.stage), Verdict(made.verdict)
    made.begun = int(made.begun)
    made.machines = [str(one) for one in made.machines]
    made.counts = {str(name): int(count) for name, count in made.counts.items()}
    made.reports = {str(name): str(value) for name, value in made.reports.items()}
    return made


def write_state(path: Path, state: State) -> None:
    """Keep the state, in one step and on the disk.

    Raises:
        OSError: It cannot be written.
    """
    data = {
        "form": FORM,
        "entries": {name: asdict(one) for name, one in state.entries.items()},
        "index": state.index,
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")  # the lock keeps others away
    number = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "wb") as stream:
        # ASCII, in which names that are no Unicode are kept as they are.
        stream.write(json.dumps(data).encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
