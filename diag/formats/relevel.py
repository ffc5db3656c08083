"""Level rules: a record that is not as bad, or as good, as its word says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.formats.layout import suggest

if TYPE_CHECKING:
    from diag.formats.checked import Checked, Place

LEVELS = ["trace", "debug", "info", "warning", "error", "critical"]
# `*` alone, or at one end or both of a text.
PATTERN = re.compile(r"\*|\*?[^*]+\*?|")


@dataclass(frozen=True, slots=True)
class LevelRule:
    """If all conditions hold, `level` is what a record has; empty means none.

    `conditions` maps level (as one of `LEVELS`), component, code, message or a
    member of Fields to a pattern.
    """

    conditions: tuple[tuple[str, str], ...]
    level: str


def read_relevel(checked: Checked, value: object) -> tuple[LevelRule, ...]:
    """Read the list under `relevel`.

    Args:
        checked: The definition.
        value: What stands there.

    Raises:
        DefinitionError: It is wrong.
    """
    rules = []
    for number, item in enumerate(checked.items(value, ("relevel",))):
        place: Place = ("relevel", number)
        rule = checked.mapping(item, place, ["if", "level"])
        given = checked.mapping(rule.get("if"), (*place, "if"), None)
        if not given:
            checked.fail((*place, "if"), "a rule needs a condition", "message: '*x*'")
        conditions = tuple(
            (name, _pattern(checked, pattern, (*place, "if", name)))
            for name, pattern in given.items()
        )
        level = rule.get("level")
        if level not in {*LEVELS, ""}:
            hint = suggest(str(level), LEVELS)
            checked.fail((*place, "level"), f"unknown level '{level}'", hint)
        rules.append(LevelRule(conditions, level))
    return tuple(rules)


def _pattern(checked: Checked, value: object, place: Place) -> str:
    if not isinstance(value, str):
        checked.expected("text", value, place)
    if PATTERN.fullmatch(value) is None:
        hint = "a * stands for all that is before or behind, so only at the ends"
        checked.fail(place, f"'{value}' is no pattern", hint)
    return value
