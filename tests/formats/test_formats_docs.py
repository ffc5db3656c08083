"""docs/formats.md lists what the definitions say.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the generated part.
"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from diag.formats import load_families
from diag.formats.detect import FIRST, FOLDED, HEAD, MINIMUM, MORE, TAIL
from diag.formats.layout import Codec

if TYPE_CHECKING:
    from diag.formats import Families, Family

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats.md"
BEGIN, END = "<!-- families -->\n", "<!-- end of families -->\n"
ZONES = {
    "carried": "the lines carry their offset",
    "machine": "local times of the machine",
    "utc": "UTC",
}


FOUND = {
    "path": "by its path only",
    "hint": "by its path, else by its content if one of its hints is there",
    "content": "by its path, else by its content",
}


def listing(families: Families) -> str:
    """Return the generated part: one section per family."""
    return "\n".join(map(section, families.values()))


def section(family: Family) -> str:
    zone = "no times" if family.codec is Codec.NONE else ZONES[family.zone]
    kind = family.kind.value.capitalize()
    found = FOUND[family.recognised]
    if family.json is not None:
        signs = " or ".join(f"{' and '.join(keys)}" for keys in family.json.signs)
        found += f", its JSON form by the keys {signs}" if signs else ""
    said = f"{kind}, recognised {found}; {zone}. {family.basis}"
    lines = [f"### {family.id}: {family.title}", "", *textwrap.wrap(said, 118), ""]
    for system, globs in family.systems.items():
        lines += [f"- {system}: `{glob}`" for glob in globs]
    return "\n".join(lines) + "\n"


def test_the_list_of_families_is_what_the_definitions_say() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    expected = f"\n{listing(load_families())}\n"
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        text = text[:begin] + expected + text[end:]
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    assert text[begin : text.index(END)] == expected


def test_the_figures_of_recognition_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for figure in (
        f"first {HEAD >> 10} KiB",
        f"on {MORE >> 10} KiB",
        f"last {TAIL >> 10} KiB",
        f"{MINIMUM:.0%}".replace("%", " %"),
        f"first {FIRST} of them",
        f"up to {FOLDED} lines",
    ):
        assert figure in " ".join(text.split()), figure
