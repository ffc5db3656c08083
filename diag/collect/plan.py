"""What to collect, as plain data: candidates, what is never taken, commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINUX, WINDOWS = "linux", "windows"
SYSTEMS = (LINUX, WINDOWS)

# Kinds of candidates: a log may be cut, the others are taken whole or not at all.
LOG, DOCUMENT, SETTINGS = "log", "document", "settings"
PACKED, BINARY, LISTING = "packed", "binary", "listing"

# What rotation and packing append to a log's name.
TURNED = r"(?:\.[0-9]{1,4})?(?:\.gz)?"
WILD = re.compile(r"\*|\?|\[!?[^\]/]+\]")


class Candidate(NamedTuple):
    """A glob of paths on one system, and what is done with what is found there."""

    path: str
    system: str
    kind: str
    component: str
    rank: int  # 0 is the component that is taken first
    family: str = ""
    depth: int = 0  # of a listing

    @property
    def key(self) -> str:
        """What it looks for, wherever it lies."""
        return self.family or self.path

    @property
    def weight(self) -> int:
        """How exact the glob is: its literal characters."""
        return len(WILD.sub("", self.path))


class Command(NamedTuple):
    """A program to run and what its output is called."""

    name: str
    system: str
    run: Sequence[str]
    seconds: float


class Never(NamedTuple):
    """What is not opened whatever the options are."""

    folders: Any  # compiled patterns over a whole name
    files: Any
    keys: Sequence[str]

    def folder(self, name: str) -> bool:
        """Say whether a folder of this name is not entered."""
        return self.folders.match(name) is not None

    def file(self, name: str) -> bool:
        """Say whether a file of this name is not opened."""
        return self.files.match(name) is not None


class Plan(NamedTuple):
    """Everything that is looked at; `data` is what it was made from."""

    data: Mapping[str, Any]
    candidates: Sequence[Candidate]
    never: Never
    own: Sequence[str]
    search: Mapping[str, Sequence[str]]
    commands: Sequence[Command]
    environment: Sequence[str]


def plan_of(data: Mapping[str, Any]) -> Plan:
    """Make a plan from plain data, such as JSON holds.

    Args:
        data: `candidates` (lists of the fields of `Candidate`), `never` (folders,
            files, keys), `own`, `search`, `commands` and `environment`, as
            `collecting/files.yaml` explains them.
    """
    never = data["never"]
    return Plan(
        data=data,
        candidates=tuple(Candidate(*fields) for fields in data["candidates"]),
        never=Never(
            folders=_any_of(never["folders"]),
            files=_any_of(never["files"]),
            keys=tuple(never["keys"]),
        ),
        own=tuple(path.lower() for path in data["own"]),
        search=data["search"],
        commands=tuple(
            Command(one["name"], one["system"], tuple(one["run"]), one["seconds"])
            for one in data["commands"]
        ),
        environment=tuple(data["environment"]),
    )


def part_pattern(part: str, tail: str = "") -> Any:
    """Return the pattern of one part of a glob, whatever the case of letters.

    Args:
        part: Between two slashes; `*`, `?` and `[0-9]` are wild.
        tail: A pattern of what may follow.
    """
    return re.compile(f"(?:{_inner(part)}){tail}\\Z", re.IGNORECASE | re.DOTALL)


def _any_of(globs: Sequence[str]) -> Any:
    either = "|".join(_inner(glob) for glob in globs) or "(?!)"
    return re.compile(f"(?:{either})\\Z", re.IGNORECASE | re.DOTALL)


def _inner(glob: str) -> str:
    pieces = []
    at = 0
    for wild in WILD.finditer(glob):
        pieces += [re.escape(glob[at : wild.start()]), _wild(wild.group())]
        at = wild.end()
    return "".join([*pieces, re.escape(glob[at:])])


def _wild(text: str) -> str:
    if text in "*?":
        return "[^/]*" if text == "*" else "[^/]"
    inner = text[1:-1].replace("\\", "\\\\").replace("[", "\\[")
    return f"[^/{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
