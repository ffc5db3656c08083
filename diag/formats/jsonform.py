"""What a definition says about a document that is written as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from diag.formats.jsonpath import Column, Path, parse_column, parse_path
from diag.formats.layout import suggest
from diag.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diag.formats.checked import Checked, Place

# Tables that a document can become rows of, and what is filled in from outside.
TARGETS = ["Facts", "Services", "Extensions", "Endpoints"]
FILLED = {"Computer", "File", "Line"}
FORM = ["signs", "rows"]
ROW = ["table", "at", "columns", "leaves", "except", "names", "inside"]
Read = TypeVar("Read", Path, Column)


@dataclass(frozen=True, slots=True)
class RowForm:
    """One row of `table` for every value that a path of `at` leads to.

    A column that is not optional and has no value makes no row.
    """

    table: str
    at: tuple[Path, ...]
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class LeafForm:
    """One row of Facts for every scalar below the values of `at`.

    A fact is called by the keys that lead to it, with dots between them, or as
    `names` has it. What lies under a name of `without` is left out. With `inside`
    the scalars are those of JSON that stands as text in the document, and no others.
    """

    at: tuple[Path, ...]
    without: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    inside: bool = False


@dataclass(frozen=True, slots=True)
class JsonForm:
    """How the JSON form of a document is recognised, and what becomes rows.

    A file that its path does not tell is this document if all keys of one of
    `signs` stand in it.
    """

    rows: tuple[RowForm | LeafForm, ...]
    signs: tuple[tuple[str, ...], ...] = ()


def read_form(checked: Checked, value: object, part: str = "json") -> JsonForm:
    """Read the part `json` of a definition, or one like it.

    Args:
        checked: The definition.
        value: What stands under it.
        part: What it is called.

    Raises:
        DefinitionError: It is wrong.
    """
    form = checked.mapping(value, (part,), FORM)
    signs = enumerate(checked.items(form.get("signs", []), (part, "signs")))
    rows = enumerate(checked.items(form.get("rows"), (part, "rows")))
    return JsonForm(
        rows=tuple(_row(checked, row, (part, "rows", n)) for n, row in rows),
        signs=tuple(checked.strings(keys, (part, "signs", n)) for n, keys in signs),
    )


def _row(checked: Checked, value: object, place: Place) -> RowForm | LeafForm:
    row = checked.mapping(value, place, ROW)
    table = row.get("table")
    if table not in TARGETS:
        hint = suggest(str(table), TARGETS)
        checked.fail((*place, "table"), f"unknown table '{table}'", hint)
    if "leaves" not in row:
        at = _paths(checked, row.get("at"), (*place, "at"))
        columns = _columns(checked, row.get("columns"), (*place, "columns"), table)
        return RowForm(table, at, columns)
    if table != "Facts" or "at" in row or "columns" in row:
        hint = "give leaves: with table: Facts, or at: and columns:"
        checked.fail(place, "leaves: is for Facts, and without columns", hint)
    names = checked.mapping(row.get("names", {}), (*place, "names"), None)
    for key, name in names.items():
        checked.string(name, (*place, "names", key))
    without = checked.strings(row.get("except", []), (*place, "except"))
    inside = checked.flag(row.get("inside", False), (*place, "inside"))
    leaves = _paths(checked, row["leaves"], (*place, "leaves"))
    return LeafForm(leaves, without, names, inside)


def _paths(checked: Checked, value: object, place: Place) -> tuple[Path, ...]:
    texts = [value] if isinstance(value, str) else value
    found = tuple(
        _parsed(checked, parse_path, text, (*place, number))
        for number, text in enumerate(checked.strings(texts, place))
    )
    if not found:
        checked.fail(place, "no path is given", "$ is the whole document")
    return found


def _columns(
    checked: Checked, value: object, place: Place, table: str
) -> dict[str, Column]:
    known = [name for name in TABLES[table] if name not in FILLED]
    columns = checked.mapping(value, place, known)
    if not columns:
        checked.fail(place, "it fills no column", f"{known[0]}: a path")
    return {
        name: _parsed(
            checked, parse_column, checked.string(text, (*place, name)), (*place, name)
        )
        for name, text in columns.items()
    }


def _parsed(
    checked: Checked, parse: Callable[[str], Read], text: str, place: Place
) -> Read:
    try:
        return parse(text)
    except ValueError as error:
        hint = 'steps are keys, "keys.with.dots" or *, with dots between them'
        checked.fail(place, str(error), hint)
