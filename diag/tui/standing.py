"""How the machines stood when the logs were collected: small rows of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from diag.store.browse import Browser

MACHINES = """
SELECT b.Computer, b.Os, b.AgentVersion, b.TimeZone, b.CollectedAt, b.Source,
  b.Kind, coalesce(min(m.Value), '')
FROM Bundles b LEFT JOIN Meta m
  ON m.BundleId = b.BundleId AND m.Name = 'CollectedAt'
GROUP BY ALL ORDER BY min(b.BundleId)"""
LATEST = "TimeGenerated DESC NULLS LAST, File, Line"
FACTS = f"""
SELECT Computer, Name, Value, File, Line FROM Facts
QUALIFY row_number() OVER (PARTITION BY Computer, Name ORDER BY {LATEST}) = 1"""  # noqa: S608 - constants
SERVICES = f"""
SELECT Computer, Name, DisplayName, State, File, Line FROM Services
QUALIFY row_number() OVER (PARTITION BY Computer, Name ORDER BY {LATEST}) = 1
ORDER BY Computer, Name"""  # noqa: S608 - constants
EXTENSIONS = """
SELECT Computer, Publisher, Type, Version, Operation, Status, Code, TimeGenerated, File
FROM Extensions
QUALIFY row_number() OVER (PARTITION BY Computer, Publisher, Type
  ORDER BY TimeGenerated DESC NULLS LAST, File) = 1
ORDER BY Computer, Publisher, Type LIMIT 500"""
ENDPOINTS = f"""
SELECT Computer, Endpoint, Reachable, Tls, Proxy, TimeGenerated, File, Line
FROM Endpoints
QUALIFY row_number() OVER (PARTITION BY Computer, Endpoint ORDER BY {LATEST}) = 1
ORDER BY Computer, Reachable NULLS LAST, Endpoint LIMIT 500"""  # noqa: S608 - constants
FILES = """
SELECT File, Log, Encoding, ZonePolicy, FirstTime, LastTime, Bytes, Lines, Events,
  Continued, Blank, Unparsed
FROM Files ORDER BY FileId"""

# What an agent says of itself, in the order in which it is shown.
AGENT = (
    "Agent Status",
    "Agent Last Heartbeat",
    "Agent Error Code",
    "Agent Error Details",
    "Agent Error Timestamp",
    "Using HTTPS Proxy",
    "Upstream Proxy",
    "Proxy Bypass List",
    "Gateway URL",
    "Resource Name",
    "Resource Group Name",
    "Location",
    "Cloud",
    "Private Link Scope",
    "Agent Auto Upgrade Task Status",
    "Disabled Features",
)
STATUS = AGENT[0]
# Of these it is worth knowing that there is none.
ALWAYS = frozenset({STATUS, AGENT[1], "Agent Error Code", "Using HTTPS Proxy"})


@dataclass(frozen=True, slots=True)
class Machine:
    """Whose logs they are, as the table `Bundles` has it."""

    computer: str
    os: str
    version: str
    zone: str
    collected: datetime | None
    source: str
    kind: str
    how: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What something said of the machine, and where."""

    computer: str
    name: str
    value: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it stood last."""

    computer: str
    name: str
    title: str
    state: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension as it stood last."""

    computer: str
    publisher: str
    type: str
    version: str
    operation: str
    status: str
    code: str
    time: datetime | None
    file: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as it was reached last, or not."""

    computer: str
    endpoint: str
    reachable: bool | None
    tls: str
    proxy: str
    time: datetime | None
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class FileAccount:
    """A file, and what became of its lines."""

    file: str
    log: str
    encoding: str
    zone: str
    first: datetime | None
    last: datetime | None
    bytes: int
    lines: int
    events: int
    continued: int
    blank: int
    unparsed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it."""

    machines: tuple[Machine, ...]
    facts: tuple[Fact, ...]
    services: tuple[Service, ...]
    extensions: tuple[Extension, ...]
    endpoints: tuple[Endpoint, ...]
    files: tuple[FileAccount, ...]

    @property
    def status(self) -> str:
        """What the agents say they are, such as `Disconnected`; empty if unknown."""
        found = [one.value for one in self.facts if one.name == STATUS and one.value]
        return ", ".join(dict.fromkeys(found))


def standing(browser: Browser) -> Standing:
    """Return how the machines stood.

    Args:
        browser: On the store.

    Raises:
        StoreError: It cannot be read.
    """
    facts = [Fact(*row) for row in browser.rows(FACTS, {})]
    facts = [
        one for one in facts if one.name in ALWAYS or (one.value and one.name in AGENT)
    ]
    facts.sort(key=lambda one: (one.computer, AGENT.index(one.name)))
    return Standing(
        machines=tuple(Machine(*row) for row in browser.rows(MACHINES, {})),
        facts=tuple(facts),
        services=tuple(Service(*row) for row in browser.rows(SERVICES, {})),
        extensions=tuple(Extension(*row) for row in browser.rows(EXTENSIONS, {})),
        endpoints=tuple(Endpoint(*row) for row in browser.rows(ENDPOINTS, {})),
        files=tuple(FileAccount(*row) for row in browser.rows(FILES, {})),
    )
