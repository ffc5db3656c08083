"""What reports that travel show beside the diagnosis: rules, times, files, origins.

Plain values, made by `analyze` from a store and read by `report`. A diagnosis alone is
enough for a report; this makes it whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from diag.model import Finding, Severity


def identity(finding: Finding) -> tuple[str, str, str]:
    """Return by what a finding is known again when counts and times moved on."""
    return finding.rule, finding.computer, finding.subject


class Cleaned(StrEnum):
    """What was replaced in a report before it was written."""

    NOTHING = "nothing"
    SECRETS = "secrets"
    NAMES = "names"


class Became(StrEnum):
    """What became of a rule."""

    FIRED = "fired"
    SILENCED = "silenced"
    CLEAN = "clean"
    NOT_JUDGED = "not judged"
    STOPPED = "stopped"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule and what became of it; `why` is empty when that needs no reason."""

    rule: str
    name: str
    description: str
    severity: Severity
    became: Became
    why: str = ""
    remedy: str = ""
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of every line of a file: `lines` = `parsed` + `blank` + `unparsed`.

    `size` is in bytes; `events` is how many records the parsed lines are.
    """

    file: str
    log: str
    encoding: str
    size: int
    lines: int
    parsed: int
    events: int
    blank: int
    unparsed: int
    first: datetime | None
    last: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the data of a machine are from, and the hash that proves it.

    `sha256` is that of a zip, else of names and contents; `manifest` that of the
    bundle's manifest, empty if it has none of ours.
    """

    source: str
    computer: str
    kind: str
    sha256: str
    manifest: str
    collected: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: `sign` is up, down, bad or change."""

    time: datetime
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence, from the line before it to the line behind it or the end."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """When himds of a machine wrote: from the first line to the last, but for gaps."""

    computer: str
    first: datetime
    last: datetime
    gaps: tuple[Gap, ...] = ()
    more: int = 0  # gaps that are not among them


@dataclass(frozen=True, slots=True)
class Lane:
    """Marks in the order of time; `more` are so near to one of these as to be one.

    `begin` is None unless there were so many that those before it were not looked at.
    """

    name: str
    marks: tuple[Mark, ...] = ()
    more: int = 0
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events there were in each `step` seconds from the timeline's begin."""

    name: str
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when. `step` is how many seconds a column of counts is.

    `outside` is how many events have a time before or behind it, and are not in it.
    """

    begin: datetime
    end: datetime
    step: int
    outside: int = 0
    beats: tuple[Beat, ...] = ()
    lanes: tuple[Lane, ...] = ()
    counts: tuple[Counts, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it. `fail_on` is the mildest severity that is an alarm.

    `replaced` is how many secrets and names were found; equal texts count once.
    """

    fail_on: Severity
    cleaned: Cleaned = Cleaned.NOTHING
    replaced: int = 0
    rules: tuple[RuleTold, ...] = ()
    files: tuple[FileAccount, ...] = ()
    origins: tuple[Origin, ...] = ()
    timeline: Timeline | None = None
