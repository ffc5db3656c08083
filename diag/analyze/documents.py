"""Documents that are read as a whole: rows for the store, and what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from arcdiag_core import sample

from diag import formats
from diag.bundle.limits import MOST_ROWS
from diag.formats import Harm
from diag.formats.sampling import BINARY
from diag.formats.secrets import IN_TEXT, KEY_WORDS
from diag.model import Problem
from diag.store import TableMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from diag.formats import Detected, Extract, Families
    from diag.formats.jsontree import Fault
    from diag.model import Member
    from diag.store import Builder

MOST_BYTES = 4 * 1024 * 1024  # the largest document of the agent has some hundred KB
MOST_FAULTS = 20
MARK = 3  # bytes of a byte order mark, with which an empty file may begin
ENOUGH = 10_000  # rows that are inserted at once
EMPTY = (
    "Nothing stands in it: whoever writes it was stopped, or had no space left. "
    "Collect it again, and look at the free space of the machine."
)
TO_DO = "Its lines are still searched. Collect it again if it matters."


def fill_tables(builder: Builder, families: Families) -> None:
    """Copy the fields of events to tables, then hide secrets in all of them.

    Args:
        builder: The store, which has the events and the rows of JSON documents.
        families: The definitions.
    """
    builder.map_tables(
        TableMap(family.id, table, columns, family.block)
        for family in families.values()
        for table, columns in family.tables.items()
    )
    builder.hide(KEY_WORDS, IN_TEXT)


def add_documents(
    builder: Builder, detected: Sequence[Detected], named: Callable[[str], str]
) -> Iterator[Problem]:
    """Read the documents of one bundle into the store.

    Args:
        builder: The store that is being made.
        detected: The members of the bundle.
        named: What a member is called in the store.

    Yields:
        What is wrong with them.
    """
    waiting = _Waiting(builder)
    for found in detected:
        family = found.family
        name = named(found.member.name)
        if _is_empty(found):
            yield Problem(name, 0, "empty-document", EMPTY)
        if family is None or not (found.as_json or family.header or family.word):
            continue
        text, whole = _text(found.member)
        if not text:
            continue  # told with the file as a whole
        extract = formats.document_rows(
            family, text, found.member.name, as_json=found.as_json
        )
        waiting.add(name, extract)
        if whole:
            yield from (_problem(name, fault) for fault in extract.faults[:MOST_FAULTS])
        else:
            said = f"It is larger than {MOST_BYTES >> 20} MiB. {TO_DO}"
            yield Problem(name, 0, "big-json", said)
    waiting.write()


def fewer(problems: Iterable[Problem], source: str) -> Iterator[Problem]:
    """Yield at most 1,000 problems of a kind, then how many more there are.

    Args:
        problems: Of the documents of one source.
        source: What the last ones are about.
    """
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.kind] += 1
        if counts[problem.kind] <= MOST_ROWS:
            yield problem
    for kind, count in counts.items():
        if count > MOST_ROWS:
            said = f"{count - MOST_ROWS:,} more problems of this kind are not listed."
            yield Problem(source, 0, kind, said)


class _Waiting:
    """Rows on their way into the store: many at once, whatever the document."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, name: str, extract: Extract) -> None:
        for row in extract.rows:
            place = {"File": name, "Line": row.line}
            self._rows.setdefault(row.table, []).append({**row.values, **place})
        if sum(map(len, self._rows.values())) >= ENOUGH:
            self.write()

    def write(self) -> None:
        for table, rows in self._rows.items():
            self._builder.add_rows(table, rows)
        self._rows = {}


def _is_empty(found: Detected) -> bool:
    """Say whether nothing stands in a file that is never anything but JSON."""
    family, size = found.family, found.member.size
    if family is None or family.json is None or family.text:
        return False
    told = bool(found.head) or (size is not None and size <= MARK)
    return told and found.encoding not in {"", BINARY} and not found.head.strip()


def _problem(name: str, fault: Fault) -> Problem:
    if fault.harm is Harm.ODD:
        return Problem(name, fault.line, "odd-json", fault.text)
    if fault.harm is Harm.LIMIT:
        return Problem(name, fault.line, "big-json", f"{fault.text} {TO_DO}")
    said = f"{fault.text} What stands before is in the tables. {TO_DO}"
    return Problem(name, fault.line, "bad-json", said)


def _text(member: Member) -> tuple[str, bool]:
    """Return a member's text, and whether that is all of it."""
    try:
        text, encoding = sample(
            str(member.path),
            member.offset,
            member.packed,
            member.packing.value,
            MOST_BYTES,
        )
    except OSError:
        return "", True
    if encoding == BINARY:
        return "", True
    whole = member.size <= MOST_BYTES if member.size is not None else True
    return text, whole
