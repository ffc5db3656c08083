"""The values that travel between the layers. Frozen, and importing nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class Severity(StrEnum):
    """How bad a finding is (design.md, section 5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical up to 4 for info: smaller is worse."""
        return RANKS[self]


RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class BundleKind(StrEnum):
    """What a source turned out to be."""

    ZIP = "zip"
    FOLDER = "folder"
    FILE = "file"


class Packing(StrEnum):
    """How a member's bytes lie in the file that holds them.

    A `.gz` file is one as it lies in a folder, or as a zip has stored or deflated it.
    """

    STORED = "stored"
    DEFLATE = "deflate"
    GZIP = "gzip"
    DEFLATE_GZIP = "deflate+gzip"

    @property
    def is_gzip(self) -> bool:
        """Whether the text comes out of gzip data."""
        return self in {Packing.GZIP, Packing.DEFLATE_GZIP}

    @property
    def as_gzip(self) -> Packing:
        """The same for bytes that turned out to be gzip data."""
        return Packing.GZIP if self is Packing.STORED else Packing.DEFLATE_GZIP


@dataclass(frozen=True, slots=True)
class Problem:
    """Something our own input got wrong: what, where, and what to do next.

    `kind` is a stable word such as `bad-crc`; `file` is the name inside the bundle or
    the source itself; `line` is 0 when the place is no line.
    """

    file: str
    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle: where its bytes lie and what it is called.

    `name` is text with `/` between the parts and never used as a path.
    `path`, `offset` and `packed` say where the packed bytes lie on disk;
    `size` (bytes of text) and `crc` (CRC-32) are None when unknown. Of gzip data
    the size is never known, and `crc` is that of the data as the zip holds them.
    `modified` is UTC, and None unless its zone is certain. A member of a zip inside
    the bundle is called `<the zip>/<its name>`; `inside` is then the zip's name.
    """

    name: str
    original: str
    path: Path
    offset: int
    packed: int
    packing: Packing
    size: int | None = None
    crc: int | None = None
    modified: datetime | None = None
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was opened: its members in order, and what could not be listed.

    `sha256` covers names and bytes, so equal content gives an equal hash.
    """

    source: str
    kind: BundleKind
    sha256: str
    members: tuple[Member, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that proves a finding. `time` is None when the line has none.

    `before` and `after` are its neighbours, if the rule wants them shown.
    """

    file: str
    line: int
    time: datetime | None
    text: str
    before: tuple[Evidence, ...] = ()
    after: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a remedy. `changes` is none or state; `needs` is user or admin."""

    text: str
    command: str = ""
    changes: str = "none"
    needs: str = "user"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """A question that would refute the finding, and its answer on this bundle."""

    text: str
    result: str


@dataclass(frozen=True, slots=True)
class Silence:
    """By what a finding is silenced, why, and until when (None: without an end).

    `by` is a rule, or the file and line of a suppression.
    """

    by: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: what, why, since when, proof, and what to do.

    `subject` is the part of the machine that it is about, such as a service; or empty.
    """

    rule: str
    covers: tuple[str, ...]
    severity: Severity
    benign: bool
    title: str
    why: str
    computer: str
    first_seen: datetime | None
    last_seen: datetime | None
    count: int
    evidence: tuple[Evidence, ...]
    remedy: tuple[Step, ...]
    references: tuple[str, ...]
    counter_check: CounterCheck | None = None
    explained_by: tuple[str, ...] = ()
    status: str = "stable"
    silence: Silence | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be judged: the logs it needs, or why it stopped."""

    rule: str
    needs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """Line accounting of one member, as the store has it."""

    file: str
    log: str
    lines: int
    events: int
    unparsed: int


@dataclass(frozen=True, slots=True)
class BundleSummary:
    """Whose bundle it is, as far as its content says so."""

    computer: str
    os: str
    agent_version: str
    source: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many rules there were to run, and what became of them.

    `fired` found something, `clean` nothing; `not_evaluated` lack a log everywhere,
    `stopped` ran out of time, memory or rows; `not_applicable` are about others.
    """

    rules: int = 0
    fired: int = 0
    clean: int = 0
    not_evaluated: int = 0
    stopped: int = 0
    not_applicable: int = 0


@dataclass(frozen=True, slots=True)
class Since:
    """What an older report knew; `gone` are rule, computer, title, why it is unsure."""

    report: str
    known: int = 0
    gone: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that a check found, in the order in which it is shown.

    `rule_errors` say which rules could not be loaded, each with its place. With `since`
    the findings are only those that an older report did not have.
    """

    now: datetime | None
    now_from: str
    bundles: tuple[BundleSummary, ...]
    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    suppressed: tuple[Finding, ...]
    files: tuple[FileSummary, ...]
    problems: tuple[Problem, ...]
    coverage: Coverage = Coverage()
    rule_errors: tuple[str, ...] = ()
    since: Since | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a query: column names and rows of plain Python values."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as one mapping each."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one machine has otherwise than another, and how surprising that is.

    `kind` is finding, setting, version, service, extension, endpoint or message;
    `good` and `bad` are how it stood. `surprise` is in bits, comparable over kinds.
    """

    kind: str
    text: str
    good: str
    bad: str
    surprise: float
    log: str = ""
    severity: Severity | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sources side by side; `uncompared` are logs that only one of them has."""

    good: Diagnosis
    bad: Diagnosis
    differences: tuple[Difference, ...]
    uncompared: tuple[tuple[str, str], ...] = ()
