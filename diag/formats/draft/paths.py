"""From where a file lies to the paths of a definition."""

from __future__ import annotations

import re

# The first part of paths as they stand in a bundle, and whose they are.
ROOTS = {
    "var": "linux",
    "opt": "linux",
    "etc": "linux",
    "usr": "linux",
    "run": "linux",
    "programdata": "windows",
    "program files": "windows",
    "packages": "windows",
    "windowsazure": "windows",
    "windows": "windows",
}
# A date, a time or a running number in a name: another file has another one.
STAMP = re.compile(
    r"(?<![0-9])(?:[0-9]{8,14}|[0-9]{4}[-_.][0-9]{2}[-_.][0-9]{2})"
    r"(?:[T_.-]?[0-9]{2}[-_.]?[0-9]{2}[-_.]?[0-9]{2}(?:\.[0-9]{1,9})?)?(?![0-9])"
)
VERSION = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,3}(?![0-9.])")
SPECIAL = re.compile(r"[\[\]*?:\\\x00-\x1f\x7f]")


def paths_of(path: str) -> dict[str, list[str]]:
    """Return globs by system that fit a file, and others of its kind.

    Args:
        path: Where the file lies, with `/` between the parts.
    """
    parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
    name = _glob(parts[-1]) if parts else "*"
    found = {"any": [name if name.strip("*?. ") else "*.log"]}
    for number, part in enumerate(parts[:-1]):
        system = ROOTS.get(part.casefold())
        if system is not None:
            return {system: ["/".join(map(_glob, parts[number:]))], **found}
    return found


def _glob(part: str) -> str:
    part = SPECIAL.sub("?", part)
    return VERSION.sub("*", STAMP.sub("*", part))
