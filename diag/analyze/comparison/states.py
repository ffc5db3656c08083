"""Settings, versions, services, extensions and endpoints as they stood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.model import Difference, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.store import Store

# In bits: how seldom two machines that are well differ in it.
NOT_RUNNING = 30.0
UNREACHABLE = 32.0
EXTENSION_FAILED = 28.0
SETTING = 22.0
VERSION = 14.0
PRESENCE = 10.0
OTHER = 6.0
BACK = 3.0  # the good machine is the worse one in it

RUNNING = frozenset({"active", "running", "enabled", "success", "ready"})
FAILED = frozenset({"error", "failed", "failure", "timeout"})
# What two machines never share: ids, times, their own names and addresses.
OWN = re.compile(
    r"(?i)\b(?:id|uuid|guid|name|group|heartbeat|timestamp|time|thumbprint|portal|"
    r"serial|host ?name|machine|resource|subscription|tenant|correlation|logfile)\b|"
    r"(?:Id|Name|Time|Uri|Url|Hash|Key)$"
)
OWN_VALUE = re.compile(
    r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|^\d{4}-\d\d-\d\dT|^\d{1,3}(?:\.\d{1,3}){3}$"
)
# Sources whose names are settings; the others tell how things stand.
SETTINGS = frozenset({"azcmagent_config", "localconfig", "gc_config"})
TELLING = re.compile(
    r"(?i)proxy|bypass|gateway|disabled feature|connection|allow|block|mode|cloud$|"
    r"status$|error code"
)
VERSIONS = re.compile(r"(?i)version")

FACTS = """
SELECT Source, Name, Value, File, Line FROM Facts
ORDER BY Source, Name, TimeGenerated NULLS FIRST, File, Line"""
SERVICES = """
SELECT Name, lower(State), File, Line FROM Services
ORDER BY Name, TimeGenerated NULLS FIRST, File, Line"""
EXTENSIONS = """
SELECT Publisher, Type, Version, lower(Status), Message, File FROM Extensions
ORDER BY Publisher, Type, TimeGenerated NULLS FIRST, File"""
ENDPOINTS = """
SELECT Endpoint, Reachable, Tls, Proxy, File, Line FROM Endpoints
ORDER BY Endpoint, TimeGenerated NULLS FIRST, File, Line"""


@dataclass(frozen=True, slots=True)
class State:
    """How a thing stood last, and where that is written."""

    value: str
    file: str
    line: int

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The line that says so."""
        return (Evidence(self.file, self.line, None, self.value),) if self.file else ()


States = dict[str, State]


def states_differ(good: Store, bad: Store) -> Iterator[Difference]:
    """Yield in what two machines stood differently when they were collected.

    Args:
        good: The store of the one that is well.
        bad: That of the other.
    """
    yield from _facts_differ(good, bad)
    yield from _pairs("service", _services(good), _services(bad))
    yield from _pairs("endpoint", _endpoints(good), _endpoints(bad))
    yield from _pairs("extension", _statuses(good), _statuses(bad))
    yield from _pairs("version", _versions(good), _versions(bad))


def _pairs(kind: str, good: States, bad: States) -> Iterator[Difference]:
    for name in sorted({*good, *bad}):
        before, after = good.get(name), bad.get(name)
        if not good or not bad:
            continue  # nothing of the kind is known of one of them
        if before is None or after is None or before.value != after.value:
            yield _difference(kind, name, before, after, _bits(kind, before, after))


def _bits(kind: str, good: State | None, bad: State | None) -> float:
    if kind == "version":
        return VERSION if good and bad else OTHER
    if bad is None:
        return PRESENCE
    was = good is not None and _well(good.value)
    if kind == "extension" and FAILED.intersection(bad.value.split()):
        return EXTENSION_FAILED if was or good is None else OTHER
    if _well(bad.value):
        return BACK if good is not None else OTHER
    if not was:
        return OTHER
    return UNREACHABLE if kind == "endpoint" else NOT_RUNNING


def _well(value: str) -> bool:
    return not RUNNING.isdisjoint(value.split()) or value.startswith("reachable")


def _difference(
    kind: str, name: str, good: State | None, bad: State | None, surprise: float
) -> Difference:
    shown = bad or good
    return Difference(
        kind=kind,
        text=name,
        good=_said(good),
        bad=_said(bad),
        surprise=surprise,
        evidence=shown.evidence if shown else (),
    )


def _said(state: State | None) -> str:
    return "not there" if state is None else state.value or "empty"


def _facts_differ(good: Store, bad: Store) -> Iterator[Difference]:
    before, after = _facts(good), _facts(bad)
    sources = {key[0] for key in before} & {key[0] for key in after}
    for key in sorted({*before, *after}):
        source, name = key
        one, other = before.get(key), after.get(key)
        if source not in sources or OWN.search(name):
            continue
        values = {state.value if state else "" for state in (one, other)}
        if len(values) == 1 or any(OWN_VALUE.search(value) for value in values):
            continue  # one that is not there is as good as an empty one
        kind = "version" if VERSIONS.search(name) else "setting"
        told = source in SETTINGS or TELLING.search(name) is not None
        bits = VERSION if kind == "version" else SETTING if told else OTHER
        yield _difference(kind, f"{name} ({source})", one, other, bits)


def _facts(store: Store) -> dict[tuple[str, str], State]:
    return {
        (source, name): State(value, file, line or 0)
        for source, name, value, file, line in store.query(FACTS).rows
    }


def _services(store: Store) -> States:
    rows = store.query(SERVICES).rows
    return {name: State(state, file, line or 0) for name, state, file, line in rows}


def _statuses(store: Store) -> States:
    return {
        _called(publisher, kind): State(status, file, 0)
        for publisher, kind, _, status, _, file in store.query(EXTENSIONS).rows
        if status
    }


def _versions(store: Store) -> States:
    return {
        f"{_called(publisher, kind)} (extension)": State(version, file, 0)
        for publisher, kind, version, _, _, file in store.query(EXTENSIONS).rows
        if version
    }


def _called(publisher: str, kind: str) -> str:
    return f"{publisher}.{kind}" if publisher else kind


def _endpoints(store: Store) -> States:
    found: States = {}
    for name, reachable, tls, proxy, file, line in store.query(ENDPOINTS).rows:
        word = {True: "reachable", False: "unreachable"}.get(reachable, "unknown")
        parts = (word, f"TLS {tls}" if tls else "", f"proxy {proxy}" if proxy else "")
        found[name] = State(", ".join(filter(None, parts)), file, line or 0)
    return found
