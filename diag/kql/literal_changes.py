"""Which other constants are put in a constant's place, to see who notices."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from diag.kql.literals import UNITS
from diag.kql.printing import unit_of
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.kql.nodes import Literal

NOWHERE = "zqxjv"  # a text that no log holds
LARGE = 1000  # such a factor only sets numbers apart, or changes their unit
FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
# Escapes and classes are one piece: a bar in there parts nothing.
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def altered_literal(node: Literal, role: str) -> Iterator[tuple[Literal, str, str]]:
    """Yield other constants for one, each with what was done and what is gone.

    Args:
        node: The constant.
        role: What it is there, as in `alterations.Around`.
    """
    if node.value is None or (node.type is Type.STRING and role not in TEXTS):
        return
    for value, what, gone in altered_value(node.value, node.type, role):
        yield replace(node, value=value), what, gone


TEXTS = frozenset({"text", "regex", "branches"})


def altered_value(
    value: Any,  # noqa: ANN401 - a value of the type
    kind: Type,
    role: str = "text",
) -> Iterator[tuple[Any, str, str]]:
    """Yield other values for a constant, with what was done and the part that is gone.

    Args:
        value: Microseconds for timespans and times.
        kind: Its type.
        role: As for `altered_literal`.
    """
    match kind:
        case Type.BOOL:
            yield not value, "turned", ""
        case Type.LONG | Type.INT | Type.REAL if role != "factor" or value < LARGE:
            for other in sorted({value - 1, value + 1, value * 10} - {value}):
                yield other, "number changed", ""
        case Type.TIMESPAN:
            unit = int(UNITS[unit_of(value)]) if value else int(UNITS["m"])
            others = {value - unit, value + unit, value // 2, value * 2}
            for other in sorted(others - {value}):
                yield other, "timespan changed", ""
        case Type.DATETIME:
            for other in (value - int(UNITS["d"]), value + int(UNITS["d"])):
                yield other, "time changed", ""
        case Type.DYNAMIC if isinstance(value, list) and len(value) > 1:
            for number, rest in without_one(tuple(value)):
                yield list(rest), "element left out", str(value[number])
        case Type.STRING if value:
            yield from _texts(value, role)


def _texts(value: str, role: str) -> Iterator[tuple[str, str, str]]:
    branches = _branches(value) if role != "text" else [value]
    if len(branches) > 1:
        flags = FLAGS.match(value)
        lead = flags.group() if flags else ""
        for number, rest in without_one(tuple(branches)):
            text = "|".join(rest)
            text = text if text.startswith(lead) else f"{lead}{text}"
            yield text, "alternative left out", branches[number]
    elif role != "branches":
        yield NOWHERE, "text replaced", ""


def _branches(pattern: str) -> list[str]:
    """Return the alternatives of a regular expression, those in groups left whole."""
    found, depth = [""], 0
    for piece in PIECE.findall(pattern):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += piece
    return found


def without_one(items: tuple[Any, ...]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the items without one, for each of them, with its number."""
    for number in range(len(items)):
        yield number, (*items[:number], *items[number + 1 :])
