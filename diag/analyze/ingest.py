"""Hand the members of bundles to the core and its answer to the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import arcdiag_core

from diag import formats
from diag.analyze.dating import newest_member, reference_time
from diag.formats.layout import Codec
from diag.model import Problem
from diag.store import FileRow, TableMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats import Detected, Families, ZoneChoice
    from diag.model import Bundle
    from diag.store import Builder

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - DuckDB's TIMESTAMP is naive UTC


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle on its way into the store."""

    number: int
    bundle: Bundle
    detected: list[Detected]
    zone: ZoneChoice
    reference: datetime
    dated_by: str
    prefix: str


def add_bundles(
    builder: Builder,
    bundles: Sequence[Bundle],
    families: Families,
    zone: str,
    now: datetime | None,
) -> None:
    """Parse all members of all bundles in one stream, and account for them.

    Args:
        builder: The store that is being made.
        bundles: What was opened, in the order of the command line.
        families: The definitions to read by.
        zone: A zone for local times given by the user, else empty.
        now: The user's `--now`, which also dates lines without a year.
    """
    parts = [
        _part(number, one, families, zone, now, many=len(bundles) > 1)
        for number, one in enumerate(bundles, start=1)
    ]
    names = list(families)
    files = [entry for part in parts for entry in _entries(part, names)]
    for number, entry in enumerate(files, start=1):
        entry["file_id"] = number
    plans = [
        arcdiag_core.Plan(formats.core_plan(family)) for family in families.values()
    ]
    stream = arcdiag_core.Ingest(files, plans)
    for part in parts:
        builder.add_bundle(
            part.number, part.bundle.source, part.bundle.sha256, part.bundle.kind
        )
    builder.add_events(stream)
    builder.add_templates(stream.templates())
    reports = stream.reports()
    start = 0
    for part in parts:
        end = start + len(part.detected)
        _account(builder, part, reports[start:end])
        start = end
    builder.map_tables(
        TableMap(family.id, table, columns)
        for family in families.values()
        for table, columns in family.tables.items()
    )
    for part in parts:
        _describe(builder, part)


def _part(
    number: int,
    one: Bundle,
    families: Families,
    zone: str,
    now: datetime | None,
    *,
    many: bool,
) -> Part:
    detected = formats.detect(one, families)
    chosen = formats.choose_zone(detected, zone)
    prefix = f"{PurePath(one.source).name}/" if many else ""
    reference, how = (now, "--now") if now else reference_time(one, detected, chosen)
    return Part(number, one, detected, chosen, reference, how, prefix)


def _entries(part: Part, names: list[str]) -> list[dict[str, Any]]:
    reference = round(part.reference.timestamp() * 1_000_000)
    return [
        {
            "file_id": 0,
            "path": str(found.member.path),
            "offset": found.member.offset,
            "packed": found.member.packed,
            "packing": str(found.member.packing),
            "crc": found.member.crc,
            "size": found.member.size,
            "plan": names.index(found.family.id) if found.family else None,
            "zone": list(formats.file_zone(found.family, part.zone).table),
            "reference_us": reference,
        }
        for found in part.detected
    ]


def _account(builder: Builder, part: Part, reports: list[dict[str, Any]]) -> None:
    rows = []
    problems = [*part.bundle.problems]
    for found, report in zip(part.detected, reports, strict=True):
        name = part.prefix + found.member.name
        rows.append(_file_row(part, found, name, report))
        problems += [Problem(name, *entry) for entry in report["problems"]]
    if not any(row.log for row in rows):
        problems.append(_nothing_known(part.bundle))
    builder.add_files(rows)
    builder.add_problems(part.number, problems)


def _file_row(
    part: Part, found: Detected, name: str, report: dict[str, Any]
) -> FileRow:
    return FileRow(
        file_id=report["file_id"],
        bundle_id=part.number,
        file=name,
        original=found.member.original,
        log=found.family.id if found.family else "",
        encoding=report["encoding"],
        size=report["bytes"],
        lines=report["lines"],
        events=report["events"],
        continued=report["continued"],
        blank=report["blank"],
        unparsed=report["unparsed"],
        first=_moment(report["first_us"]),
        last=_moment(report["last_us"]),
        zone_policy=_policy(part, found, report),
    )


def _policy(part: Part, found: Detected, report: dict[str, Any]) -> str:
    if found.family is None or report["first_us"] is None:
        return ""
    words = formats.file_zone(found.family, part.zone).words
    if not report["offsets"] and words == "carried":
        words = part.zone.words
    if found.family.codec is Codec.SYSLOG and not report["offsets"]:
        words += f"; year by {part.dated_by}"
    return words


def _moment(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    return EPOCH + timedelta(microseconds=microseconds)


def _nothing_known(one: Bundle) -> Problem:
    return Problem(
        one.source,
        0,
        "no-known-log",
        "No log of the agent was recognised in it. Give the zip that "
        "'azcmagent logs' wrote, the folder with the logs, or a single log file.",
    )


def _describe(builder: Builder, part: Part) -> None:
    systems = [found.system for found in part.detected if found.system]
    builder.finish_bundle(
        part.number,
        name=PurePath(part.bundle.source).name,
        system=max(set(systems), key=systems.count) if systems else "",
        zone=part.zone.words,
    )
    newest, how = builder.newest_event(part.number)
    member = newest_member(part.bundle)
    if member is not None:
        stamp = member.astimezone(UTC).replace(tzinfo=None)
        if newest is None or stamp > newest or "assumed" in how:
            newest, how = stamp, "newest zip member"
    builder.set_collected(part.number, newest, how)
