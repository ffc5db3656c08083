"""Which extension a file belongs to: said by the folder that it lies in."""

from __future__ import annotations

import re
from dataclasses import dataclass

# agent-facts.md, 1.1, 1.2 and 1.5: the extension itself, its logs, its reports.
IGNORE = re.IGNORECASE
FOLDERS = (
    re.compile(r"(?:^|/)waagent/(?P<name>[^/]+?)-(?P<version>[0-9][^/]*)/", IGNORE),
    re.compile(
        r"(?:^|/)Packages/Plugins/(?P<name>[^/]+)/(?P<version>[0-9][^/]*)/",
        IGNORE,
    ),
    re.compile(
        r"(?:^|/)extension_logs/(?P<name>[^/]+?)(?:-(?P<version>[0-9][^/]*))?/",
        IGNORE,
    ),
    re.compile(r"(?:^|/)extension_reports/(?P<name>[^/]+)_report\.txt$", IGNORE),
)
# Types with a dot in them (agent-facts.md, 7.2); of all others the last dot counts.
DOTTED = re.compile(
    r"(?P<publisher>.+)\.(?P<type>(?:Windows|Linux)Agent\.SqlServer|"
    r"MDE\.(?:Windows|Linux)|AdvancedThreatProtection\.(?:Windows|Linux))",
    IGNORE,
)


@dataclass(frozen=True, slots=True)
class Extension:
    """Publisher, type and version, each empty when the path does not say it."""

    publisher: str = ""
    type: str = ""
    version: str = ""


def extension_of(name: str) -> Extension:
    """Return the extension that a member belongs to.

    Args:
        name: The member's name with `/` between its parts.
    """
    for folder in FOLDERS:
        found = folder.search(name)
        if found is not None:
            publisher, kind = split_name(found["name"])
            version = found.groupdict().get("version") or ""
            return Extension(publisher, kind, version)
    return Extension()


def split_name(name: str) -> tuple[str, str]:
    """Split `Publisher.Type`; a name without a dot is a type."""
    found = DOTTED.fullmatch(name)
    if found is not None:
        return found["publisher"], found["type"]
    publisher, _, kind = name.rpartition(".")
    return publisher, kind
