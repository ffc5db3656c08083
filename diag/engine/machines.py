"""What is known of the machines in a store, and whether a rule is about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.engine.versions import parse_version

if TYPE_CHECKING:
    from diag.engine.rule import AppliesTo, Rule
    from diag.store import Store

# Files of a bundle from which at least one record was read. A log that is there
# but empty proves nothing, so it counts as absent.
LOGS_QUERY = """SELECT DISTINCT b.Computer, f.Log FROM Files f
JOIN Bundles b ON b.BundleId = f.BundleId WHERE f.Events > 0 AND f.Log <> ''"""
NAMED = 3


class Verdict(StrEnum):
    """Whether a rule is about a machine."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Machine:
    """One computer: `os` and `version` are empty when no file tells them."""

    computer: str
    os: str
    version: tuple[int, ...]
    logs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Missing:
    """Logs that a rule needs and the machines that lack them."""

    logs: tuple[str, ...]
    computers: tuple[str, ...]
    everywhere: bool
    any_of: bool = False

    @property
    def reason(self) -> str:
        """Say what the list of logs alone does not."""
        words = "one of these logs is needed" if self.any_of else ""
        if self.everywhere:
            return words
        names = ", ".join(self.computers[:NAMED])
        more = len(self.computers) - NAMED
        place = f"missing on {names}" + (f" and {more} more" if more > 0 else "")
        return f"{words}, {place}" if words else place


def machines_of(store: Store) -> Machines:
    """Return the computers of a store.

    Raises:
        StoreError: The store cannot be read.
    """
    logs: dict[str, set[str]] = {}
    for computer, log in store.query(LOGS_QUERY).rows:
        logs.setdefault(computer, set()).add(log)
    return Machines(
        tuple(
            Machine(
                bundle.computer,
                bundle.os,
                parse_version(bundle.agent_version),
                frozenset(logs.get(bundle.computer, ())),
            )
            for bundle in store.bundles()
        )
    )


@dataclass(frozen=True, slots=True)
class Machines:
    """All computers of a store; several bundles of one count as several."""

    all: tuple[Machine, ...]

    @property
    def only_computer(self) -> str:
        """Return the one computer's name; empty when there are several."""
        names = {machine.computer for machine in self.all}
        return names.pop() if len(names) == 1 else ""

    def system(self, computer: str) -> str:
        """Return linux or windows; empty when unknown or not the same for all."""
        systems = {machine.os for machine in self._named(computer)}
        return systems.pop() if len(systems) == 1 else ""

    def version(self, computer: str) -> tuple[int, ...]:
        """Return the agent's version; empty when unknown or not the same for all."""
        versions = {machine.version for machine in self._named(computer)}
        return versions.pop() if len(versions) == 1 else ()

    def applies(self, wanted: AppliesTo, computer: str = "") -> Verdict:
        """Return whether a rule is about a computer.

        Args:
            wanted: What the rule says.
            computer: Empty or unknown names stand for all machines.
        """
        found = {_verdict(wanted, machine) for machine in self._named(computer)}
        if not found:
            return Verdict.YES if wanted.is_open else Verdict.UNKNOWN
        for verdict in (Verdict.YES, Verdict.UNKNOWN):
            if verdict in found:
                return verdict
        return Verdict.NO

    def missing(self, rule: Rule) -> list[Missing]:
        """Return the logs that a rule needs and does not find, per condition."""
        about = [m for m in self.all if _verdict(rule.applies_to, m) is not Verdict.NO]
        found = []
        if rule.required_logs:
            lacking = [m for m in about if not m.logs.issuperset(rule.required_logs)]
            had = frozenset[str]().union(*(m.logs for m in about))
            if len(lacking) < len(about):
                had = frozenset.intersection(*(m.logs for m in lacking or about))
            needed = tuple(log for log in rule.required_logs if log not in had)
            found.append((needed or rule.required_logs, lacking, False))
        if rule.required_any_log:
            lacking = [m for m in about if m.logs.isdisjoint(rule.required_any_log)]
            found.append((rule.required_any_log, lacking, True))
        return [
            Missing(logs, _names(lacking), len(lacking) == len(about), any_of=any_of)
            for logs, lacking, any_of in found
            if lacking or not about
        ]

    def _named(self, computer: str) -> list[Machine]:
        named = [m for m in self.all if computer and m.computer == computer]
        return named or list(self.all)


def _names(machines: list[Machine]) -> tuple[str, ...]:
    return tuple(sorted({machine.computer for machine in machines}))


def _verdict(wanted: AppliesTo, machine: Machine) -> Verdict:
    verdict = Verdict.YES
    if wanted.systems:
        if not machine.os:
            verdict = Verdict.UNKNOWN
        elif machine.os not in wanted.systems:
            return Verdict.NO
    if wanted.versions:
        if not machine.version:
            verdict = Verdict.UNKNOWN
        elif not wanted.versions.holds(machine.version):
            return Verdict.NO
    return verdict
