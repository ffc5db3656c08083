"""A family's samples, run through the core: what differs from what is expected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.clock import iso
from diag.formats.detect import family_by_signs, family_by_text
from diag.formats.document import document_rows
from diag.formats.family import FamilyKind
from diag.formats.jsonstart import looks_like_json
from diag.formats.objects import readable_by_core
from diag.formats.plan import compiled, core_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.formats.family import Family, Refused, Sample

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference. `sample` and `record` count from 1; record 0 is the whole.

    With `refused` the sample is one of those that the family must not take.
    """

    family: str
    sample: int
    record: int
    column: str
    expected: object
    actual: object
    refused: bool = False

    def __str__(self) -> str:
        """Say it in one line."""
        kind = "refused sample" if self.refused else "sample"
        place = f"{self.family}: {kind} {self.sample}"
        if self.record:
            place += f", record {self.record}"
        return (
            f"{place}: {self.column}: expected {self.expected!r}, got {self.actual!r}"
        )


def test_samples(family: Family) -> list[Mismatch]:
    """Run all samples of a family.

    Local times are read as UTC. A record without `Parsed` in its expectation has
    to be parsed; columns that are not named are not compared. Then run what the
    family has to refuse.

    Args:
        family: A checked family.

    Returns:
        What differs, empty when all is as expected.
    """
    found: list[Mismatch] = []
    for number, sample in enumerate(family.samples, start=1):
        found += run_sample(family, sample, number)
    for number, refused in enumerate(family.refuses, start=1):
        found += run_refused(family, refused, number)
    return found


# pytest would take it for a test wherever it is imported.
test_samples.__test__ = False  # type: ignore[attr-defined]


def run_sample(family: Family, sample: Sample, number: int) -> list[Mismatch]:
    """Run one sample; see `test_samples`.

    Args:
        family: The family that has to read it.
        sample: Its text and the expected records.
        number: What messages call it.
    """
    as_json = family.json is not None and looks_like_json(sample.text)
    found = run_rows(family, sample, number, as_json=as_json)
    if sample.rows is not None and not sample.expect:
        return found
    reference = microseconds(sample.reference)
    plan = compiled(core_plan(family, as_json=as_json))
    text = sample.text if as_json else readable_by_core(family, sample.text)
    records = plan.parse(text, [], reference)
    if len(records) != len(sample.expect):
        counts = (len(sample.expect), len(records))
        return [*found, Mismatch(family.id, number, 0, "number of records", *counts)]
    for index, (want, record) in enumerate(
        zip(sample.expect, records, strict=True), start=1
    ):
        actual = readable(record)
        for column, value in {"Parsed": True, **want}.items():
            if actual.get(column) != value:
                found.append(
                    Mismatch(
                        family.id, number, index, column, value, actual.get(column)
                    )
                )
    return found


def run_refused(family: Family, refused: Refused, number: int) -> list[Mismatch]:
    """Check that a family takes nothing of a text that is not its own.

    No line may be a record of a log: what no layout takes counts for nothing when
    files are recognised by what they say, so that this one look is enough for
    both. A document may read any line; it must not be recognised or give rows.

    Args:
        family: The family that must not read it.
        refused: The text.
        number: What messages call it.
    """

    def taken(column: str, index: int = 0) -> Mismatch:
        return Mismatch(
            family.id, number, index, column, expected=False, actual=True, refused=True
        )

    one, text = {family.id: family}, refused.text
    if family.kind is FamilyKind.LOG:
        lines = readable_by_core(family, text)
        records = compiled(core_plan(family)).parse(lines, [], 0)
        numbered = enumerate(records, start=1)
        return [
            taken("Parsed", index) for index, record in numbered if record["Parsed"]
        ]
    found = []
    if family_by_signs(text, one) or family_by_text(text, one):
        found.append(taken("recognised"))
    # Whatever is JSON gives facts to a document that its path names.
    as_json = family.json is not None and looks_like_json(text)
    if not as_json and document_rows(family, text, "", as_json=False).rows:
        found.append(taken("rows"))
    return found


def run_rows(
    family: Family, sample: Sample, number: int, *, as_json: bool
) -> list[Mismatch]:
    """Compare the rows that a document gives with those of the sample."""
    made = document_rows(family, sample.text, sample.file, as_json=as_json).rows
    found = []
    for table, wanted in (sample.rows or {}).items():
        rows = [row for row in made if row.table == table]
        if len(rows) != len(wanted):
            counts = (len(wanted), len(rows))
            said = f"number of rows of {table}"
            found.append(Mismatch(family.id, number, 0, said, *counts))
            continue
        for index, (want, row) in enumerate(zip(wanted, rows, strict=True), start=1):
            actual = {name: _plain(value) for name, value in row.values.items()}
            actual["Line"] = row.line
            found += [
                Mismatch(
                    family.id, number, index, f"{table}.{column}", value, actual[column]
                )
                for column, value in want.items()
                if actual.setdefault(column, "") != value
            ]
    return found


def microseconds(reference: str) -> int:
    """Return a sample's `reference` as the core wants it.

    Args:
        reference: ISO 8601 with an offset.
    """
    return (datetime.fromisoformat(reference) - EPOCH) // MICROSECOND


def _plain(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value


def readable(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of the core as a sample writes it.

    Args:
        record: What `Plan.parse` returned.
    """
    time = record["TimeGenerated"]
    return {
        **record,
        "TimeGenerated": None if time is None else iso(EPOCH + time * MICROSECOND),
        "Fields": json.loads(record["Fields"]),
    }
