"""A family as the plan that the core runs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import orjson

from diag.formats.layout import SKIP, Kind, Literal, Maybe, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from arcdiag_core import Plan

    from diag.formats.family import Family
    from diag.formats.layout import Layout, Part

NAMELESS = frozenset({Kind.PAD, Kind.KEYS})


# A line of a document that is written as JSON is a record without fields.
LINE: Layout = (Slot(SKIP, Kind.REST),)


def core_plan(family: Family, *, as_json: bool = False) -> str:
    """Return the JSON text of a family's plan for `arcdiag_core.Plan`.

    Args:
        family: A checked family.
        as_json: The plan for files of it that are written as JSON.

    Returns:
        JSON; equal families give equal text.
    """
    plan = {
        "id": family.id,
        "fold": family.fold and not as_json,
        "time": family.codec.value,
        "levels": dict(family.levels),
        "relevel": [
            {"if": dict(r.conditions), "level": r.level} for r in family.relevel
        ],
        "ordered": family.ordered and not as_json,
        "codes": [{"prefix": c.prefix, "digits": c.digits} for c in family.codes],
        "layouts": [_layout(one) for one in ((LINE,) if as_json else family.layouts)],
    }
    if family.objects is not None and not as_json:
        plan["objects"] = {
            "columns": {name: list(names) for name, names in family.objects.columns},
            "without": list(family.objects.without),
            "translated": bool(family.objects.readers),
        }
    return orjson.dumps(plan).decode()


def layout_plan(
    layouts: Iterable[Layout], codec: str, levels: Mapping[str, str]
) -> dict[str, Any]:
    """Return a plan of layouts alone, in which each line is for itself.

    Args:
        layouts: Parsed layouts.
        codec: How times are written; `none` if they have none.
        levels: Level words and our names for them.
    """
    return {
        "id": "layouts",
        "fold": False,
        "time": codec,
        "levels": dict(levels),
        "codes": [],
        "layouts": [_layout(one) for one in layouts],
    }


@functools.lru_cache(maxsize=256)
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
