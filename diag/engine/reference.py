"""The reference table of error codes that packs ship below `data/error-codes`."""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import TYPE_CHECKING

from diag import content
from diag.engine.failures import located, raise_all
from diag.engine.fields import Notes, Reader
from diag.engine.pack import is_reference
from diag.engine.packfiles import read_roots
from diag.engine.parts import check_https
from diag.engine.versions import pad_version
from diag.errors import ContentError
from diag.schema import TABLES

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable, Sequence

    from diag.engine.loader import ReadFile

Row = tuple[str, ...]


class CodeSystem(StrEnum):
    """On which systems a code has its meaning."""

    ANY = "any"
    LINUX = "linux"
    WINDOWS = "windows"


def load_error_codes(
    extra: Sequence[pathlib.Path] = (), *, lenient: bool = False, unlocked: bool = False
) -> list[Row]:
    """Load the meanings of error codes.

    A code that was given a new meaning has one row per meaning. `MinVersion`
    and `MaxVersion` (both included, empty = open) are written so that comparing
    the text compares the version: `00001.00023` (see `versions.pad_version`).

    Args:
        extra: Folders of the user; a row of the same code, family, system and
            versions replaces the built-in one.
        lenient: Leave out tables that are wrong and folders that cannot be read,
            which `load_rules` tells.
        unlocked: Read packs too whose files are not those of their `pack.lock`;
            without it they are left out, which `load_rules` tells.

    Returns:
        Rows in the order of the columns of `schema.TABLES["ErrorCodes"]`, sorted.

    Raises:
        UsageError: A folder of `extra` does not exist.
        RuleError: A table is wrong, and this is not lenient; the text lists every
            error with its place.
    """
    if not extra:
        return list(_built_in())
    unread: list[str] | None = [] if lenient else None
    return list(_rows(extra, unread, unlocked=unlocked))


@functools.cache  # each load of a source stores them
def _built_in() -> tuple[Row, ...]:
    return _rows(())


def _rows(
    extra: Sequence[pathlib.Path],
    unread: list[str] | None = None,
    *,
    unlocked: bool = False,
) -> tuple[Row, ...]:
    rows: dict[Row, Row] = {}
    errors: list[str] = []
    for root in read_roots(extra, unlocked=unlocked, errors=unread):
        for name, text in root.files:
            if is_reference(name):
                rows |= _table(name, text, content.load_yaml, errors)
    if unread is None:
        raise_all(errors)
    return tuple(rows[key] for key in sorted(rows))


def table_errors(files: Iterable[tuple[str, str]], read: ReadFile) -> list[str]:
    """Return what is wrong with the tables of codes among some files, with places.

    Args:
        files: Names and texts of the files of a root.
        read: Reads a YAML text.
    """
    errors: list[str] = []
    for name, text in files:
        if is_reference(name):
            _table(name, text, read, errors)
    return errors


def _table(name: str, text: str, read: ReadFile, errors: list[str]) -> dict[Row, Row]:
    """Return the rows of a table; none when anything about it is wrong."""
    notes = Notes()
    try:
        found = _read_table(read(text, name), notes)
    except ContentError as error:
        errors.append(str(error))
        return {}
    errors += located(name, text, notes.errors)
    return {} if notes.errors else found


def _read_table(data: object, notes: Notes) -> dict[Row, Row]:
    rows: dict[Row, Row] = {}
    if not isinstance(data, list):
        notes.errors.append(((), "expected a list of codes"))
        return rows
    for place, item in enumerate(data):
        if not isinstance(item, dict):
            notes.errors.append(
                ((place,), "expected a mapping with 'code' and 'title'")
            )
            continue
        reader = Reader(item, (place,), notes)
        row = _read_row(reader)
        key = row[:_KEY_COLUMNS]
        if key in rows:
            reader.error(
                f"{row[0]} stands twice for these systems and versions", "code"
            )
        rows[key] = row
    return rows


# Code, Family, Os, MinVersion, MaxVersion: what makes a row one of a kind.
_KEY_COLUMNS = 5


def _read_row(reader: Reader) -> Row:
    values = {
        "Code": reader.text("code", required=True),
        "Family": reader.text("family", required=True),
        "Os": reader.choice("os", CodeSystem, CodeSystem.ANY) or "any",
        "MinVersion": _version(reader, "min_version"),
        "MaxVersion": _version(reader, "max_version"),
        "Title": reader.text("title", required=True),
        "Cause": reader.text("cause"),
        "Remedy": reader.text("remedy"),
        "Reference": check_https(reader, "reference", reader.text("reference")),
    }
    if values["MinVersion"] > values["MaxVersion"] != "":
        reader.error("'min_version' is after 'max_version'", "min_version")
    reader.finish()
    return tuple(str(values[column]) for column in TABLES["ErrorCodes"])


def _version(reader: Reader, key: str) -> str:
    if isinstance(reader.raw(key), float):
        # YAML reads 1.40 as the number 1.4, which is another version.
        reader.error(f"'{key}': write the version in quotes", key)
        return ""
    return reader.parsed(key, pad_version) or ""
