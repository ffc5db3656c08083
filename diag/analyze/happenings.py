"""What the logs tell of services, restarts, extensions and versions, in order of time.

Found by words: for a picture of when something happened, not for a verdict. The screens
of triage and the report that travels ask the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[[str], list[tuple[Any, ...]]]

MOST = 20_000  # of each, the newest
# What systemd and the Service Control Manager say of the agent's services.
SERVICES = f"""
FROM (
  SELECT epoch_us(e.TimeGenerated), e.Message, e.EventId
  FROM EventRows e JOIN Files f USING (FileId)
WHERE ((f.Log = 'journal' AND e.Component = 'systemd')
    OR (f.Log = 'windows_events' AND e.Component = 'Service Control Manager'))
  AND e.TimeGenerated IS NOT NULL
  AND regexp_matches(e.Message, '(?i)himds|gcad|extd|arcproxy|azure|guest config')
ORDER BY 1 DESC, e.EventId DESC LIMIT {MOST}) ORDER BY 1, 3"""  # noqa: S608 - constants
RESTARTS = f"""
FROM (
  SELECT epoch_us(e.TimeGenerated), e.Message, e.EventId
  FROM EventRows e JOIN Files f USING (FileId)
WHERE e.TimeGenerated IS NOT NULL AND f.Log IN ('journal', 'windows_events', 'syslog')
  AND (regexp_matches(e.Message, '(?i)-- (re)?boot |startup finished in|linux version ')
    OR (e.Component IN ('EventLog', 'User32', 'Microsoft-Windows-Kernel-Power')
      AND e.Code IN ('6005', '6006', '6008', '1074', '41')))
ORDER BY 1 DESC, e.EventId DESC LIMIT {MOST}) ORDER BY 1, 3"""  # noqa: S608 - constants
EXTENSIONS = f"""
FROM (
  SELECT epoch_us(TimeGenerated), Type, Version, Operation, Status, Code
  FROM Extensions WHERE TimeGenerated IS NOT NULL
  ORDER BY ALL DESC LIMIT {MOST}) ORDER BY ALL"""  # noqa: S608 - constants
# Few templates hold the word, and events are found by the number of theirs.
VERSIONS = f"""
FROM (
  SELECT epoch_us(e.TimeGenerated), e.Message, e.EventId, f.BundleId
  FROM EventRows e JOIN Files f USING (FileId)
WHERE f.Log IN ('himds', 'azcmagent', 'azcmagent_console')
  AND e.TimeGenerated IS NOT NULL AND e.TemplateId IN (
    SELECT TemplateId FROM Templates WHERE regexp_matches(Template, '(?i)version'))
  AND regexp_matches(e.Message, '(?i)version\\W{{1,5}}\\d+\\.\\d+')
ORDER BY 1 DESC, e.EventId DESC LIMIT {MOST}) ORDER BY 1, 3"""  # noqa: S608 - constants
VERSION = re.compile(r"(?i)version\W{1,5}(\d+(?:\.\d+)+)")
STOP = re.compile(
    r"(?i)\bstopp|deactivated|succeeded\.|exited, code=|failed|stopped state|"
    r"terminated unexpectedly"
)
START = re.compile(r"(?i)^start(?:ing|ed) |running state")


class Happening(NamedTuple):
    """Something that happened: time in microseconds since 1970, UTC.

    `sign` is up, down, bad, note or change.
    """

    time: int
    sign: str
    text: str


def services(ask: Ask) -> Iterator[Happening]:
    """Yield when services of the agent started and stopped.

    Args:
        ask: Runs a SELECT on the store and returns its rows.
    """
    for time, message, _ in ask(SERVICES):
        text = message.partition("\n")[0]
        if START.search(text):
            yield Happening(time, "up", text)
        elif STOP.search(text):
            yield Happening(time, "down", text)


def restarts(ask: Ask) -> Iterator[Happening]:
    """Yield when the machine started, as far as its log says so.

    Args:
        ask: As for `services`.
    """
    for time, message, _ in ask(RESTARTS):
        yield Happening(time, "up", message.partition("\n")[0])


def extensions(ask: Ask) -> Iterator[Happening]:
    """Yield what was done with extensions, and whether it went wrong.

    Args:
        ask: As for `services`.
    """
    for time, kind, version, operation, status, code in ask(EXTENSIONS):
        bad = "fail" in status.lower() or "error" in status.lower()
        words = " ".join(one for one in (kind, version, operation, status) if one)
        told = f"{words}, code {code}" if code not in {"", "0"} else words
        yield Happening(time, "bad" if bad else "note", told)


def versions(ask: Ask) -> Iterator[Happening]:
    """Yield when the agent named another version of itself than before.

    Args:
        ask: As for `services`.
    """
    known: dict[int, str] = {}  # of each machine
    for time, message, _, bundle in ask(VERSIONS):
        found = VERSION.search(message)
        last = known.get(bundle, "")
        if found and found[1] != last:
            text = f"{last} → {found[1]}" if last else f"agent {found[1]}"
            yield Happening(time, "change", text)
            known[bundle] = found[1]
