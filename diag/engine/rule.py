"""What a rule file says, once it was checked. Plain values; nothing runs here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from diag.engine.fields import Path
    from diag.engine.versions import VersionRange
    from diag.model import Severity
    from diag.schema import Type


class Status(StrEnum):
    """How far a rule is trusted (Sigma's words)."""

    STABLE = "stable"
    TEST = "test"
    EXPERIMENTAL = "experimental"
    DEPRECATED = "deprecated"


class Trigger(StrEnum):
    """How the number of result rows is compared (Sentinel's words)."""

    MORE = "gt"
    LESS = "lt"
    EQUAL = "eq"
    UNEQUAL = "ne"

    def holds(self, rows: int, threshold: int) -> bool:
        """Return whether a result of `rows` rows makes the rule fire."""
        match self:
            case Trigger.MORE:
                return rows > threshold
            case Trigger.LESS:
                return rows < threshold
            case Trigger.EQUAL:
                return rows == threshold
            case Trigger.UNEQUAL:
                return rows != threshold


class When(StrEnum):
    """When a finding of one rule silences a finding of another."""

    SAME_HOST = "sameHost"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named constant of the query. `default` is a value of `kind`.

    A timespan is a `timedelta`, a datetime is naive UTC.
    """

    name: str
    kind: Type
    default: Any
    description: str = ""
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class FindingSpec:
    """Which result columns become which part of a finding; `""` = the default."""

    title: str = ""
    detail: str = ""
    severity_from: str = ""
    host: str = ""
    start: str = ""
    end: str = ""
    file: str = ""
    line: str = ""
    count: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceSpec:
    """Which events prove a finding: a predicate over Events, or `""`.

    `before` and `after` say how many neighbours of each are shown with it.
    """

    where: str = ""
    limit: int = 5
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class CounterSpec:
    """A query that would refute a finding, and what both answers mean."""

    text: str
    query: str
    refuted: str
    stands: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which other rule's findings are silenced by ours."""

    rule: str
    when: When


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of a remedy, with a command for each system.

    `versions` are those of the agent that the step is for; None means all.
    """

    text: str
    changes: str = "none"
    needs: str = "user"
    linux: str = ""
    windows: str = ""
    reference: str = ""
    versions: VersionRange | None = None


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """Which machines a rule is about; empty and None mean all."""

    systems: tuple[str, ...] = ()
    versions: VersionRange | None = None

    @property
    def is_open(self) -> bool:
        """Whether the rule is about every machine."""
        return not self.systems and self.versions is None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """Raw log text, or rows, and what the rule must say about it.

    `expect` holds partial rows, matched one to one; None when `expect_count`
    or `expect_finding` says it instead. `events` have a time `t` in microseconds from
    `as_of`. `parameters` are other values for the rule's own. A test that is `todo` may
    fail. `also_fires` are the other rules that rightly say something here.
    """

    name: str
    as_of: datetime
    logs: dict[str, str]
    expect: tuple[dict[str, Any], ...] | None = None
    expect_count: int | None = None
    expect_finding: dict[str, Any] | None = None
    system: str = ""
    events: tuple[dict[str, Any], ...] = ()
    facts: tuple[dict[str, str], ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    todo: bool = False
    also_fires: tuple[str, ...] = ()

    @property
    def fires(self) -> bool:
        """Whether the test wants at least one result row."""
        return bool(self.expect or self.expect_count or self.expect_finding)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The field names follow the file's.

    `file` and `path` say where it stands: the file's name, and the keys that
    lead to it in there. `library` are the pack's `let` statements that stand in front
    of its queries: whole lines, or nothing.
    """

    id: str
    name: str
    description: str
    severity: Severity
    version: str
    query: str
    file: str = ""
    path: Path = ()
    pack: str = ""
    pack_version: str = ""
    library: str = ""
    status: Status = Status.STABLE
    enabled: bool = True
    trigger: Trigger = Trigger.MORE
    threshold: int = 0
    tags: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    benign: bool = False
    required_logs: tuple[str, ...] = ()
    required_any_log: tuple[str, ...] = ()
    applies_to: AppliesTo = AppliesTo()
    parameters: tuple[Parameter, ...] = ()
    finding: FindingSpec = FindingSpec()
    evidence: EvidenceSpec = EvidenceSpec()
    group_by: tuple[str, ...] = ()
    group_window: timedelta | None = None
    explains: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    counter_check: CounterSpec | None = None
    remedy_summary: str = ""
    remedy: tuple[StepSpec, ...] = ()
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    fixed_in: str = ""
    basis: str = ""
    tests: tuple[RuleTest, ...] = field(default=(), repr=False)

    def with_values(self, values: Mapping[str, Any]) -> Rule:
        """Return the rule with other values of some of its parameters.

        Args:
            values: By the parameter's name, of its type.
        """
        changed = tuple(
            replace(one, default=values.get(one.name, one.default))
            for one in self.parameters
        )
        return replace(self, parameters=changed)
