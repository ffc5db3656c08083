"""Runs real files through the core and reads its answer with DuckDB."""

from __future__ import annotations

import functools
import re
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import arcdiag_core
import duckdb

from diag.formats import core_plan, load_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arcdiag_core import FileSpec, Report

END = re.compile(rb"\r\n|\n|\r")
REFERENCE = 1_773_144_000_000_000  # 2026-03-10T12:00:00Z
QUERY = """
SELECT EventId, epoch_us(TimeGenerated), Component, Level, Code, Message, ActivityId,
  Pid, Tid, Fields, Parsed, FileId, Line, LineCount, TemplateId
FROM incoming"""


class Row(NamedTuple):
    """An event in the order of the stream's columns; the time in microseconds."""

    event: int
    us: int | None
    component: str
    level: str
    code: str
    message: str
    activity: str
    pid: int | None
    tid: int | None
    fields: str
    parsed: bool
    file: int
    line: int
    line_count: int
    template: int


@dataclass(frozen=True)
class Answer:
    """All that an ingest gives."""

    rows: list[Row]
    reports: list[Report]
    templates: list[tuple[int, str, str, int]]

    @property
    def report(self) -> Report:
        """The report of the only file."""
        (only,) = self.reports
        return only

    @property
    def kinds(self) -> list[str]:
        """The kinds of all problems."""
        return [kind for report in self.reports for _, kind, _ in report["problems"]]

    @property
    def messages(self) -> list[str]:
        return [row.message for row in self.rows]


@functools.cache
def database() -> duckdb.DuckDBPyConnection:
    """Return the one connection of this process."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar=false")
    return connection


@functools.cache
def plan_of(family: str) -> arcdiag_core.Plan:
    """Return the plan of a family that we ship."""
    return arcdiag_core.Plan(core_plan(load_families(())[family]))


@functools.cache
def family_ids() -> tuple[str, ...]:
    """Return one family for each plan that we ship: some differ in their paths only."""
    plans: dict[str, str] = {}
    for name, family in load_families(()).items():
        plans.setdefault(core_plan(replace(family, id="any")), name)
    return tuple(plans.values())


def spec(path: Path, **changes: Any) -> FileSpec:
    """Describe a whole file that is stored as it is, with some keys changed."""
    found: dict[str, Any] = {
        "file_id": 1,
        "path": str(path),
        "offset": 0,
        "packed": path.stat().st_size,
        "packing": "stored",
        "crc": None,
        "size": None,
        "plan": 0,
        "zone": [],
        "reference_us": REFERENCE,
    }
    return found | changes  # type: ignore[return-value]


def fetch(stream: object, query: str = QUERY) -> list[tuple[Any, ...]]:
    """Read an Arrow stream to its end through a query."""
    cursor = database().cursor()
    cursor.register("incoming", stream)
    return cursor.execute(query).fetchall()


def ingest(
    files: Sequence[FileSpec], plans: Sequence[arcdiag_core.Plan], **options: int
) -> Answer:
    """Read all events, then the reports and the templates."""
    work = arcdiag_core.Ingest(list(files), list(plans), **options)
    rows = [Row(*row) for row in fetch(work)]
    templates = fetch(work.templates(), "SELECT * FROM incoming ORDER BY TemplateId")
    answer = Answer(rows, work.reports(), [(a, b, c, d) for a, b, c, d in templates])
    check(answer)
    return answer


def read(data: bytes, family: str | None, *, deflate: bool = False) -> Answer:
    """Write bytes to a file and read it back as one of our families, or as none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "member"
        path.write_bytes(deflated(data) if deflate else data)
        changes: dict[str, Any] = {"crc": zlib.crc32(data), "size": len(data)}
        if deflate:
            changes["packing"] = "deflate"
        if family is None:
            changes["plan"] = None
        plans = [] if family is None else [plan_of(family)]
        return ingest([spec(path, **changes)], plans)


def deflated(data: bytes) -> bytes:
    """Pack bytes as a member of a zip is packed."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def count_lines(data: bytes, encoding: str) -> int:
    """Count lines as an independent reader does: LF, CRLF and lone CR end one."""
    if encoding == "binary":
        return 0
    if encoding.startswith("utf-16"):
        data = data.decode(encoding, "replace").encode("utf-8", "surrogatepass")
    pieces = END.split(data)
    return len(pieces) - (pieces[-1] == b"")


def check(answer: Answer) -> None:
    """Check what must hold for the events of any input."""
    assert [row.event for row in answer.rows] == list(range(1, len(answer.rows) + 1))
    for report in answer.reports:
        rows = [row for row in answer.rows if row.file == report["file_id"]]
        parsed = [row for row in rows if row.parsed]
        covered = sum(row.line_count for row in parsed)
        assert report["events"] == len(parsed)
        assert report["unparsed"] == len(rows) - len(parsed)
        continued = covered - len(parsed) + report["joined"]
        assert report["continued"] == continued
        known = report["events"] + report["blank"] + report["unparsed"]
        assert report["lines"] == continued + known
        behind = 0
        for row in rows:
            assert row.line > behind, "a line belongs to one event only"
            behind = row.line + row.line_count - 1
        assert behind <= report["lines"]
        times = [row.us for row in rows if row.us is not None]
        assert report["first_us"] == min(times, default=None)
        assert report["last_us"] == max(times, default=None)
    for row in answer.rows:
        assert "\0" not in row.message
        assert row.parsed or (row.level, row.line_count) == ("", 1)
    used = [row.template for row in answer.rows]
    counts = {number: used.count(number) for number in set(used)}
    if len(used) < 5000:
        assert {a: c for a, _, _, c in answer.templates} == counts
    assert sum(count for _, _, _, count in answer.templates) == len(used)
