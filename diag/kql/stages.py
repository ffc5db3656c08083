"""The parts of a SELECT: common table expressions, and which of them are needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diag.kql.query import ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

STAGE = re.compile(r"\b_s[0-9]+\b")
# What makes rows cannot be left out, whether its value is needed or not.
MULTIPLIES = "unnest("
PLAIN_TAIL = re.compile(r'FROM (?:(?P<stage>_s[0-9]+)|"[A-Za-z]+")(?: WHERE |$)')
WINDOW = "OVER ("


@dataclass(slots=True)
class Arm:
    """One SELECT: id to SQL, and all that follows the list.

    With `grouped` the items are aggregates, which make one row of many.
    """

    items: dict[str, str]
    tail: str
    grouped: bool = False


@dataclass(slots=True)
class Stage:
    """A common table expression.

    `distinct` and `recursive` ones need all their columns; a recursive one calls
    itself `_self` in its second arm. `offered` are arms that say the same and are
    better as long as the first of them reads no text of events; `parted` says that
    they were taken.
    """

    name: str
    arms: list[Arm]
    distinct: bool = False
    recursive: bool = False
    offered: tuple[Arm, ...] = ()
    parted: bool = False

    def text(self) -> str:
        """Return the SQL of the stage."""
        word = "SELECT DISTINCT" if self.distinct else "SELECT"
        text = " UNION ALL ".join(
            f"{word} {_listed(arm.items)} {arm.tail}".rstrip() for arm in self.arms
        )
        return text.replace("_self", self.name) if self.recursive else text


def _listed(items: dict[str, str]) -> str:
    return ", ".join(
        sql if sql == name else f"{sql} AS {name}" for name, sql in items.items()
    )


def is_plain(stage: Stage, stages: Sequence[Stage]) -> bool:
    """Return whether a stage is rows of a table one by one, tested and extended.

    Args:
        stage: The stage.
        stages: Those that it may read.
    """
    by_name = {one.name: one for one in stages}
    while len(stage.arms) == 1 and not stage.recursive and not stage.distinct:
        arm = stage.arms[0]
        found = PLAIN_TAIL.match(arm.tail)
        if arm.grouped or not found or WINDOW in " ".join(arm.items.values()):
            return False
        if not found["stage"]:
            return True
        stage = by_name[found["stage"]]
    return False


def pruned(
    stages: Sequence[Stage], final: str, messages: Mapping[str, tuple[str, str]]
) -> list[Stage]:
    """Leave out what is not needed, and decide for the better arms of each stage.

    Args:
        stages: All of them.
        final: The SELECT at the end.
        messages: Ids of messages, to those of their templates and fields.

    Returns:
        The stages that are left, in order.
    """
    needed = set(ID.findall(final))
    names = set(STAGE.findall(final))
    texts = texts_of(stages, messages)
    kept = []
    for stage in reversed(stages):
        if stage.name not in names:
            continue
        arms, parted = stage.arms, False
        if stage.offered:
            first = stage.offered[0]
            read = {*ID.findall(first.tail), *(needed & first.items.keys())}
            parted = not read & texts
            arms = list(stage.offered) if parted else arms
        wanted = frozenset(needed)
        arms = [replace(arm, items=_left(stage, arm, wanted)) for arm in arms]
        for arm in arms:
            text = " ".join([*arm.items.values(), arm.tail])
            needed.update(ID.findall(text))
            names.update(STAGE.findall(text))
        kept.append(replace(stage, arms=arms, parted=parted))
    return kept[::-1]


def texts_of(
    stages: Sequence[Stage], messages: Mapping[str, tuple[str, str]]
) -> set[str]:
    """Return the ids of messages and fields, and of all that is made of them.

    Args:
        stages: All stages.
        messages: As in `pruned`.
    """
    found = {*messages, *(fields for _, fields in messages.values())}
    for stage in stages:
        for arm in stage.arms:
            items = arm.items.items()
            found |= {name for name, sql in items if found & {*ID.findall(sql)}}
    return found


def _left(stage: Stage, arm: Arm, needed: Collection[str]) -> dict[str, str]:
    """Return the columns of an arm that something needs."""
    items = arm.items
    if not stage.distinct and not stage.recursive:
        items = {
            name: sql
            for name, sql in items.items()
            if name in needed or MULTIPLIES in sql
        }
    return items or {"c": "count(*)" if arm.grouped else "1"}
