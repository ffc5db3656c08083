"""What is new since an older report: that of `check --format json`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.clock import iso
from diag.dossier import identity
from diag.errors import UsageError
from diag.model import Severity, Since

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from diag.model import Diagnosis, Finding

MOST_BYTES = 64_000_000
HINT = "give a file that 'arcdiag check --format json -o FILE' wrote"
TEXTS = ("rule", "computer", "subject", "title", "severity")
# There is no rule file for it: it tells of suppressions that ran out.
ALWAYS_RUN = "ARC-SUP-001"


class Old(NamedTuple):
    """A finding of the older report; times are ISO 8601, empty when unknown."""

    rule: str
    computer: str
    subject: str
    title: str
    severity: Severity
    benign: bool
    first: str
    last: str

    @property
    def key(self) -> tuple[str, str, str]:
        """By what it is known again."""
        return self.rule, self.computer, self.subject


class Baseline(NamedTuple):
    """An older report: its file's name, its machines, its findings."""

    report: str
    computers: frozenset[str]
    findings: tuple[Old, ...]


def read_baseline(path: Path) -> Baseline:
    """Read an older report.

    Args:
        path: What `check --format json` wrote.

    Raises:
        UsageError: It cannot be read, or is something else; the text says what.
    """
    where = str(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        text = f"the older report cannot be read: {error.strerror}"
        raise UsageError(text, where=where, hint=HINT) from error
    if size > MOST_BYTES:
        text = f"it is larger than {MOST_BYTES:,} bytes, which no report is"
        raise UsageError(text, where=where, hint=HINT)
    value = _value(data, where)
    if wrong := _wrong(value):
        raise UsageError(wrong, where=where, hint=HINT)
    try:
        findings = tuple(_old(one) for one in value["findings"])
        computers = frozenset(str(one["computer"]) for one in value["bundles"])
    except (KeyError, TypeError, ValueError) as error:
        text = "a finding in it lacks what it is known again by"
        hint = f"an older arcdiag wrote it, or it is damaged: {HINT}"
        raise UsageError(text, where=where, hint=hint) from error
    return Baseline(path.name, computers, findings)


def _value(data: bytes, where: str) -> Any:  # noqa: ANN401 - what JSON gave
    import orjson

    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise UsageError(f"it is no JSON: {error}", where=where, hint=HINT) from error


def _wrong(value: Any) -> str:  # noqa: ANN401 - what JSON gave
    """Return why a value is no report to compare with; empty when it is one."""
    tool = value.get("tool") if isinstance(value, dict) else None
    if not isinstance(tool, str) or not tool.startswith("arcdiag "):
        return "it is no report of arcdiag"
    if value.get("schema_version") != 1:
        return f"it has the schema version {value.get('schema_version')!r}, not 1"
    if not isinstance(value.get("findings"), list) or "bundles" not in value:
        return "it is what another command of arcdiag wrote, not 'check'"
    if value.get("baseline"):
        return "it holds only what was new since another report"
    return ""


def _old(one: dict[str, Any]) -> Old:
    for name in TEXTS:
        if not isinstance(one[name], str):
            raise TypeError(name)
    rule, computer, subject, title, severity = (one[name] for name in TEXTS)
    first, last = str(one["first_seen"] or ""), str(one["last_seen"] or "")
    level, benign = Severity(severity), bool(one["benign"])
    return Old(rule, computer, subject, title, level, benign, first, last)


def since(diagnosis: Diagnosis, old: Baseline, ran: Collection[str]) -> Diagnosis:
    """Return a diagnosis with only those findings that an older report lacks.

    A finding is known again by rule, computer and subject. Where there are several of
    these, those that began or lasted at the same time are paired first; one more than
    before is new. So is one that is worse than it was.

    Args:
        diagnosis: What is found now, with names as in the older report.
        old: What `read_baseline` returned.
        ran: The rules that ran now; of others nothing can be gone.

    Raises:
        UsageError: The older report is about other machines.
    """
    _same_machines(diagnosis, old)
    known, left = _paired(diagnosis.findings, old.findings)
    silenced = {identity(one) for one in diagnosis.suppressed}
    unjudged = {one.rule for one in diagnosis.not_evaluated}
    gone = []
    for one in left:
        if one.key in silenced:
            continue
        why = ""
        if one.rule not in ran and one.rule != ALWAYS_RUN:
            why = "its rule did not run"
        elif one.rule in unjudged:
            why = "its rule could not be judged everywhere"
        gone.append((one.rule, one.computer, one.title, why))
    fresh = tuple(
        one for place, one in enumerate(diagnosis.findings) if place not in known
    )
    told = Since(old.report, len(known), tuple(sorted(gone)))
    return replace(diagnosis, findings=fresh, since=told)


def _same_machines(diagnosis: Diagnosis, old: Baseline) -> None:
    ours = {one.computer for one in diagnosis.bundles}
    if ours and old.computers and not ours & old.computers:
        theirs = ", ".join(sorted(old.computers)[:3])
        text = f"it is about other machines ({theirs}), not about {min(ours)}"
        hint = "compare a machine with an older report of its own"
        raise UsageError(text, where=old.report, hint=hint)


def _paired(
    findings: tuple[Finding, ...], olds: tuple[Old, ...]
) -> tuple[set[int], list[Old]]:
    """Return which findings are known, as numbers, and which old ones are left."""
    left: dict[tuple[str, str, str], list[Old]] = {}
    for one in olds:
        left.setdefault(one.key, []).append(one)
    pairs: dict[int, Old] = {}
    for fits in _WAYS:
        for place, now in enumerate(findings):
            waiting = [] if place in pairs else left.get(identity(now), [])
            match = next((one for one in waiting if fits(now, one)), None)
            if match is not None:
                pairs[place] = match
                waiting.remove(match)
    known = {place for place, one in pairs.items() if not _worse(findings[place], one)}
    return known, list(_flat(left))


def _flat(left: dict[tuple[str, str, str], list[Old]]) -> Iterator[Old]:
    for some in left.values():
        yield from some


def _worse(now: Finding, old: Old) -> bool:
    return now.severity.rank < old.severity.rank or (old.benign and not now.benign)


def _same_begin(now: Finding, old: Old) -> bool:
    return iso(now.first_seen) == old.first


def _same_time(now: Finding, old: Old) -> bool:
    """Whether they overlap; ISO texts of one zone are in the order of their times."""
    first, last = iso(now.first_seen), iso(now.last_seen) or iso(now.first_seen)
    return first <= (old.last or old.first) and old.first <= last


def _anything(_now: Finding, _old: Old) -> bool:
    return True


_WAYS: tuple[Callable[[Finding, Old], bool], ...] = (
    _same_begin,
    _same_time,
    _anything,
)
