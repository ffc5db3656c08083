"""Records that are objects: which member is which column, and who reads the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.formats.layout import suggest
from diag.formats.readers import READERS, translate_text

if TYPE_CHECKING:
    from diag.formats.checked import Checked, Place
    from diag.formats.family import Family

RECORD = ["fold", "layouts", "reader", "objects", "without"]
COLUMNS = ["time", "level", "component", "message", "code", "activity", "pid", "tid"]
LINES = "lines"  # the file has an object in each line: nothing to translate


@dataclass(frozen=True, slots=True)
class Objects:
    """`columns` maps a column to the members that may hold it, the first one counts.

    Members in `without` are not kept. Each of `readers` knows one form of the
    file; without any the file itself has one JSON object per line.
    """

    columns: tuple[tuple[str, tuple[str, ...]], ...]
    without: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


def read_objects(checked: Checked, record: dict[str, object]) -> Objects | None:
    """Read `reader`, `objects` and `without` of a definition's `record`.

    Args:
        checked: The definition.
        record: What stands under `record`.

    Returns:
        None when the records are lines of text.

    Raises:
        DefinitionError: It is wrong.
    """
    place: Place = ("record", "objects")
    if "objects" not in record:
        for key in ("reader", "without"):
            if key in record:
                hint = "objects: says which member is which column"
                checked.fail(("record", key), f"'{key}' without objects", hint)
        return None
    given = checked.mapping(record["objects"], place, COLUMNS)
    if not given:
        checked.fail(place, "it maps no column", "message: a member")
    columns = []
    for column, written in given.items():
        text = checked.string(written, (*place, column))
        names = tuple(name.strip() for name in text.split("|"))
        if not all(names):
            checked.fail((*place, column), "a name is empty", "write: one | other")
        columns.append((column, names))
    without = checked.strings(record.get("without", []), ("record", "without"))
    return Objects(tuple(columns), without, _readers(checked, record))


def readable_by_core(family: Family, text: str) -> str:
    """Return a text as the core reads it: translated if the family has readers.

    Args:
        family: A checked family.
        text: Decoded lines.
    """
    if family.objects is None or not family.objects.readers:
        return text
    lines, _ = translate_text(text, family.objects.readers)
    return lines


def _readers(checked: Checked, record: dict[str, object]) -> tuple[str, ...]:
    value = record.get("reader", LINES)
    place: Place = ("record", "reader")
    names = [value] if isinstance(value, str) else value
    found = checked.strings(names, place)
    if found == (LINES,):
        return ()
    for name in found:
        if name not in READERS:
            known = [LINES, *READERS]
            checked.fail(place, f"unknown reader '{name}'", suggest(name, known))
    return found
