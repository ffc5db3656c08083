"""Paths into a JSON document: a small closed grammar of our own.

path   = "$" | [ups ["."]] step *("." step)      $ is the value itself
ups    = 1*"^"                             the value around it, twice, ...
step   = "*" | '"' any text '"' | text     every item | a member by its key
column = choice *("|" choice) ["?"]        ? says that it may be missing
choice = path | "@key" | "@publisher" | "@type" | "@version" | "=" text
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.jsontree import Node

STEP = re.compile(r'\*|"(?P<quoted>[^"]+)"|(?P<plain>[^.*"^@|?=$]+)')
ANY = None  # the step `*`


class Named(StrEnum):
    """Values that no path leads to; code behind a name."""

    KEY = "@key"  # under which the row's object stands in the object around it
    PUBLISHER = "@publisher"  # of the extension, by the folder the file lies in
    TYPE = "@type"
    VERSION = "@version"


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a value: first up, then down by keys; `ANY` is every item."""

    ups: int
    steps: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that stands in the definition."""

    text: str


Choice = Path | Named | Constant


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's value is found: the first choice that has one."""

    choices: tuple[Choice, ...]
    optional: bool = False


def parse_path(text: str) -> Path:
    """Read a path.

    Args:
        text: As in the grammar above.

    Raises:
        ValueError: It is none; the text says why.
    """
    rest = text.strip()
    if rest == "$":
        return Path(0, ())
    ups = len(rest) - len(rest.lstrip("^"))
    at = ups + rest.startswith(".", ups) if ups else 0
    steps: list[str | None] = []
    while at < len(rest) or not steps:
        step = STEP.match(rest, at)
        if step is None:
            said = f"'{text}' is no path at its character {at + 1}"
            raise ValueError(said)
        quoted, plain = step["quoted"], step["plain"]
        steps.append(ANY if step.group() == "*" else (quoted or plain.strip()))
        at = step.end()
        if at < len(rest):
            if rest[at] != "." or at + 1 == len(rest):
                said = f"'{text}': a dot and a step must follow '{rest[:at]}'"
                raise ValueError(said)
            at += 1
    return Path(ups, tuple(steps))


def parse_column(text: str) -> Column:
    """Read what a definition says about a column.

    Args:
        text: As in the grammar above.

    Raises:
        ValueError: It is wrong; the text says why.
    """
    rest = text.strip()
    optional = rest.endswith("?")
    choices = [_choice(part.strip()) for part in rest.removesuffix("?").split("|")]
    return Column(tuple(choices), optional)


def _choice(text: str) -> Choice:
    if text.startswith("="):
        return Constant(text[1:].strip())
    if text.startswith("@"):
        names = [named.value for named in Named]
        if text not in names:
            said = f"unknown name '{text}'; allowed: {', '.join(names)}"
            raise ValueError(said)
        return Named(text)
    return parse_path(text)


def select(node: Node, path: Path) -> Iterator[Node]:
    """Yield all values that a path leads to, in their order."""
    start: Node | None = node
    for _ in range(path.ups):
        start = start.parent if start is not None else None
    found = [start] if start is not None else []
    for step in path.steps:
        if step is ANY:
            found = [item for one in found for item in one.items.values()]
        else:
            found = [item for one in found if (item := one.find(step)) is not None]
    yield from found
