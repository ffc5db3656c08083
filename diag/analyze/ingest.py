"""Hand the members of bundles to the core and its answer to the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import arcdiag_core

from diag import formats
from diag.analyze.dating import collected, moment_of, reference_time, zone_policy
from diag.analyze.documents import add_documents, fewer, fill_tables
from diag.analyze.parts import in_order, rotations, same_content
from diag.analyze.translating import Translations
from diag.bundle import said_by
from diag.bundle.names import Names
from diag.formats.plan import compiled
from diag.model import BundleKind, Problem
from diag.store import FileRow, Named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from arcdiag_core import Report

    from diag.bundle import Said
    from diag.formats import Detected, Families, ZoneChoice
    from diag.model import Bundle
    from diag.store import Builder

MOST_BYTES = 2**63 - 1  # a zip64 field may promise more than a BIGINT holds


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle on its way into the store.

    `name` is what the source is called, `label` what its files begin with (empty
    when it is the only source), `said` what its manifest says. `certain` and `assumed`
    collect the ids of its files with times, `after` says which member is the next part
    of which log.
    """

    number: int
    bundle: Bundle
    detected: list[Detected]
    zone: ZoneChoice
    reference: datetime
    dated_by: str
    name: str
    label: str
    said: Said
    certain: list[int] = field(default_factory=list)
    assumed: list[int] = field(default_factory=list)
    after: dict[int, int] = field(default_factory=dict)

    def file(self, member: str) -> str:
        """Return what a member is called in the store: unique over all sources."""
        if not self.label:
            return member
        alone = self.bundle.kind is BundleKind.FILE
        return self.label if alone else f"{self.label}/{member}"


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
    parts = _parts(bundles, families, zone, now)
    with Translations() as made:
        _add_events(builder, parts, families, made)
    fill_tables(builder, families)
    for part in parts:
        _describe(builder, part)


def _add_events(
    builder: Builder, parts: list[Part], families: Families, made: Translations
) -> None:
    texts = _plans(families, parts)
    files: list[dict[str, Any]] = []
    for part in parts:
        # Ids in the order of the members, events in that of the parts of a log.
        found = _entries(part, list(texts), len(files) + 1)
        entries = [made.entry(*one) for one in zip(part.detected, found, strict=True)]
        order = in_order(part.detected, part.zone)
        place = {index: len(files) + at for at, index in enumerate(order)}
        for older, newer in rotations(part.detected, order).items():
            entries[older]["next"] = place[newer]
            part.after[newer] = older
        files += [entries[index] for index in order]
    stream = arcdiag_core.Ingest(files, [compiled(text) for text in texts.values()])
    for part in parts:
        builder.add_bundle(
            part.number, part.bundle.source, part.bundle.sha256, part.bundle.kind
        )
    builder.add_events(stream)
    builder.add_templates(stream.templates())
    reports = sorted(stream.reports(), key=lambda report: report["file_id"])
    start = 0
    for part in parts:
        end = start + len(part.detected)
        ours = zip(part.detected, reports[start:end], strict=True)
        _account(builder, part, [made.report(*pair) for pair in ours])
        start = end


def _plans(families: Families, parts: Sequence[Part]) -> dict[tuple[str, bool], str]:
    """Return the plans that are needed, by family and whether for its JSON form."""
    needed = {
        (found.family.id, found.as_json)
        for part in parts
        for found in part.detected
        if found.family is not None
    }
    return {
        (name, as_json): formats.core_plan(family, as_json=as_json)
        for name, family in families.items()
        for as_json in (False, True)
        if (name, as_json) in needed
    }


def _parts(
    bundles: Sequence[Bundle], families: Families, zone: str, now: datetime | None
) -> list[Part]:
    labels = Names()
    parts = []
    for number, given in enumerate(bundles, start=1):
        said = said_by(given)
        one = given if said.live else _without_times(given)
        detected = formats.detect(one, families)
        chosen = formats.choose_zone(detected, zone)
        reference, how = reference_time(one, detected, chosen, now)
        name = _called(one.source)
        # Two sources of one name stay apart: the second is `logs.zip (2)`.
        label = labels.take(name).text if len(bundles) > 1 else ""
        parts.append(
            Part(
                *(number, one, detected, chosen, reference, how, name, label),
                said,
            )
        )
    return parts


def _without_times(one: Bundle) -> Bundle:
    """Return a bundle without time stamps: those of copied files say nothing."""
    members = tuple(replace(member, modified=None) for member in one.members)
    return replace(one, members=members)


def _called(source: str) -> str:
    """Return what a source is called; `.` and `..` by the folder they are."""
    name = PurePath(source).name
    return name if name not in {"", ".."} else Path(source).resolve().name


def _entries(
    part: Part, plans: list[tuple[str, bool]], first: int
) -> list[dict[str, Any]]:
    reference = round(part.reference.timestamp() * 1_000_000)
    return [
        {
            "file_id": number,
            "path": str(found.member.path),
            "offset": found.member.offset,
            "packed": found.member.packed,
            "packing": str(found.member.packing),
            "crc": found.member.crc,
            "size": found.member.size,
            "plan": (
                plans.index((found.family.id, found.as_json)) if found.family else None
            ),
            "zone": list(formats.file_zone(found.family, part.zone).table),
            "reference_us": reference,
        }
        for number, found in enumerate(part.detected, start=first)
    ]


def _account(builder: Builder, part: Part, reports: Sequence[Report]) -> None:
    rows = []
    problems = [_placed(part, problem) for problem in part.bundle.problems]
    for found, report in zip(part.detected, reports, strict=True):
        name = part.file(found.member.name)
        rows.append(_file_row(part, found, name, report))
        problems += [Problem(name, *entry) for entry in report["problems"]]
    problems += [replace(gap, file=part.file(gap.file)) for gap in part.said.gaps]
    problems += _joined(part, reports)
    problems += same_content(part.detected, reports, part.file)
    wrong = add_documents(builder, part.detected, part.file)
    problems += fewer(wrong, part.bundle.source)
    if not any(row.log for row in rows):
        problems.append(_nothing_known(part.bundle))
    builder.add_files(rows)
    builder.add_problems(part.number, problems)


def _joined(part: Part, reports: Sequence[Report]) -> Iterator[Problem]:
    """Yield what was joined over the rotation of a log."""
    for newer, older in part.after.items():
        count, lines = reports[newer]["joined"], reports[older]["lines"]
        if count:
            said = "the first line" if count == 1 else f"the first {count} lines"
            before = part.file(part.detected[older].member.name)
            text = (
                f"Line {lines} of {before} has no end: it was torn when the log was "
                f"rotated. Its rest, {said} of this file, was joined to the record "
                "there."
            )
            name = part.file(part.detected[newer].member.name)
            yield Problem(name, 1, "torn-line", text)


def _placed(part: Part, problem: Problem) -> Problem:
    """Return a problem of a member under the name that the member has in `Files`."""
    if problem.file == part.bundle.source:
        return problem
    return replace(problem, file=part.file(problem.file))


def _file_row(part: Part, found: Detected, name: str, report: Report) -> FileRow:
    first, last = (
        moment.replace(tzinfo=None) if moment else None
        for moment in map(moment_of, (report["first_us"], report["last_us"]))
    )
    words = ""
    if last is not None:
        words, certain = zone_policy(found, part.zone, report["offsets"], part.dated_by)
        (part.certain if certain else part.assumed).append(report["file_id"])
    return FileRow(
        file_id=report["file_id"],
        bundle_id=part.number,
        file=name,
        original=found.member.original,
        log=found.family.id if found.family else "",
        encoding=report["encoding"],
        size=min(report["bytes"], MOST_BYTES),
        lines=report["lines"],
        events=report["events"],
        continued=report["continued"],
        blank=report["blank"],
        unparsed=report["unparsed"],
        first=first,
        last=last,
        zone_policy=words,
    )


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
    seen = max(sorted(set(systems)), key=systems.count) if systems else ""
    named = Named(
        part.name,
        part.said.system or seen,
        part.zone.words,
        part.said.machine,
        part.said.agent_version,
    )
    builder.finish_bundle(part.number, named)
    if part.said.sha256:
        builder.keep_hash(part.number, part.said.sha256)
    moment, how = collected(builder, part.bundle, part.certain, part.assumed)
    if part.said.collected is not None:
        moment, how = part.said.collected.replace(tzinfo=None), "manifest"
    builder.set_collected(part.number, moment, how)
