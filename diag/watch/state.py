"""What a watch keeps over its end: the open findings, and what it had still to tell.

The file is written under another name and renamed. What is to be told stands in it
until it was told: a watch that is killed in between tells it again, and says so.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from diag.clock import iso
from diag.errors import DiagError
from diag.packing.lock import lock
from diag.watch.ledger import Event, Known, What
from diag.watch.tail import Last

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORM = 1
MOST_BYTES = 32_000_000


@dataclass(slots=True)
class Kept:
    """What was kept. `begun` is false when there was nothing."""

    begun: bool = False
    open: dict[str, Known] = field(default_factory=dict)
    untold: list[Event] = field(default_factory=list)
    last: dict[str, Last] = field(default_factory=dict)
    note: str = ""


class StateFile:
    """The file of one watch, locked while it runs."""

    def __init__(self, path: Path) -> None:
        """Lock it.

        Raises:
            DiagError: Another watch has it, or it cannot be made.
        """
        self.path = path
        guard = path.with_name(f"{path.name}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(guard, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        if not lock(self._lock):
            os.close(self._lock)
            raise DiagError(
                "another watch uses this state",
                where=str(path),
                hint="end it first, or give this one a file of its own with --state",
            )

    def close(self) -> None:
        """Let another watch have it."""
        os.close(self._lock)

    def read(self) -> Kept:
        """Return what was kept; a damaged file is as none, and that is told."""
        import orjson

        try:
            if self.path.stat().st_size > MOST_BYTES:
                return Kept(note=f"{self.path}: it is too large and not used")
            found = orjson.loads(self.path.read_bytes())
            if found["form"] != FORM:
                return Kept(note=f"{self.path}: it is of another version and not used")
            return Kept(
                begun=True,
                open={one["id"]: Known(**one) for one in found["open"]},
                untold=[_event(one) for one in found["untold"]],
                last={one["log"]: Last(**one) for one in found["last"]},
            )
        except FileNotFoundError:
            return Kept()
        except (OSError, ValueError, TypeError, KeyError) as error:
            return Kept(note=f"{self.path}: it is damaged and not used ({error})")

    def write(
        self, open_: Iterable[Known], untold: Iterable[Event], last: Iterable[Last]
    ) -> None:
        """Keep the state.

        Raises:
            DiagError: It cannot be written.
        """
        data = {
            "form": FORM,
            "open": [dataclasses.asdict(one) for one in open_],
            "untold": [_plain(one) for one in untold],
            "last": [dataclasses.asdict(one) for one in last],
        }
        write_whole(self.path, data)


def write_whole(path: Path, data: dict[str, Any], mode: int = 0o600) -> None:
    """Write JSON data so that a reader sees the file as it was or as it is.

    Args:
        path: The file.
        data: Plain data.
        mode: Who may read it; only its owner if nothing is said.

    Raises:
        DiagError: It cannot be written.
    """
    import orjson

    spare = path.with_name(f"{path.name}.{os.getpid()}.partial")
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2, default=str)
    try:
        fd = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(fd, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        spare.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            spare.unlink(missing_ok=True)
        raise _unusable(path, error) from error


def _plain(event: Event) -> dict[str, Any]:
    return {
        "what": str(event.what),
        "at": iso(event.at),
        "reason": event.reason,
        "known": dataclasses.asdict(event.known),
    }


def _event(data: dict[str, Any]) -> Event:
    at = datetime.fromisoformat(data["at"]).astimezone(UTC)
    return Event(What(data["what"]), at, Known(**data["known"]), data["reason"])


def _unusable(path: Path, error: OSError) -> DiagError:
    return DiagError(
        f"the file cannot be written: {error.strerror}",
        where=str(path),
        hint="check free space and rights, or name another file",
    )
