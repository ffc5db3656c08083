"""A family as the plan that the core runs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import orjson

from diag.formats.layout import SKIP, Kind, Literal, Maybe

if TYPE_CHECKING:
    from arcdiag_core import Plan

    from diag.formats.family import Family
    from diag.formats.layout import Layout, Part

NAMELESS = frozenset({Kind.PAD, Kind.KEYS})


def core_plan(family: Family) -> str:
    """Return the JSON text of a family's plan for `arcdiag_core.Plan`.

    Args:
        family: A checked family.

    Returns:
        JSON; equal families give equal text.
    """
    plan = {
        "id": family.id,
        "fold": family.fold,
        "time": family.codec.value,
        "levels": dict(family.levels),
        "codes": [{"prefix": c.prefix, "digits": c.digits} for c in family.codes],
        "layouts": [_layout(layout) for layout in family.layouts],
    }
    return orjson.dumps(plan).decode()


@functools.lru_cache(maxsize=64)
def compiled(plan: str) -> Plan:
    """Return the core's plan for a text of `core_plan`; each is built once."""
    from arcdiag_core import Plan

    return Plan(plan)


def _layout(layout: Layout) -> list[dict[str, Any]]:
    return [_part(part) for part in layout]


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Literal):
        return {"lit": part.text}
    if isinstance(part, Maybe):
        return {"optional": [_part(item) for item in part.parts]}
    name = SKIP if part.kind in NAMELESS else part.name
    found: dict[str, Any] = {"field": name, "kind": part.kind.value}
    if part.codec is not None:
        found["codec"] = part.codec.value
    return found
