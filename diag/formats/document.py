"""What documents hold for the tables, in whichever form they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.formats.headertable import header_rows
from diag.formats.jsonrows import json_rows, word_rows
from diag.formats.tablerow import Extract

if TYPE_CHECKING:
    from diag.formats.family import Family


def document_rows(family: Family, text: str, name: str, *, as_json: bool) -> Extract:
    """Return what a document holds for the tables, beside the fields of its lines.

    Args:
        family: A checked family.
        text: The decoded document.
        name: The member's name, which may tell the extension.
        as_json: Whether it is read by the family's JSON form.
    """
    if as_json:
        return json_rows(family, text, name)
    if family.word is not None:
        return word_rows(family, text, name)
    if family.header is None:
        return Extract((), ())
    return Extract(tuple(header_rows(family.header, text)), ())
