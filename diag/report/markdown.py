"""Findings with somebody's notes as Markdown: for a ticket, a mail, a wiki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.report.gather import all_problems, counts, references
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.model import Diagnosis, Evidence, Finding

# What Markdown or the HTML in it would act on.
ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")
MOST_LINES = 40  # of one piece of evidence

Notes = dict[int, str]


def as_markdown(
    diagnosis: Diagnosis,
    notes: Notes | None = None,
    marks: Sequence[tuple[str, int, str, str]] = (),
) -> str:
    """Return the findings, worst first, with what somebody noted.

    Args:
        diagnosis: What was found.
        notes: By the number of the finding in the diagnosis.
        marks: Lines with a note: file, line, text of the line, note.

    Returns:
        Markdown in which no text of a log is markup; equal input gives equal text.
    """
    rows = [*_head(diagnosis)]
    for number, one in enumerate(diagnosis.findings):
        if not one.benign:
            rows += _finding(one, (notes or {}).get(number, ""))
    normal = [one for one in diagnosis.findings if one.benign]
    if normal:
        rows += ["## Normal, not a fault", ""]
        rows += [f"- {_plain(one.title)} ({_plain(one.rule)})" for one in normal]
        rows.append("")
    if diagnosis.suppressed:
        rows += ["## Silenced", ""]
        for one in diagnosis.suppressed:
            why = f": {one.silence.reason}" if one.silence else ""
            rows.append(f"- {_plain(f'{one.title} ({one.rule}){why}')}")
        rows.append("")
    rows += _marks(marks)
    problems = all_problems(diagnosis)
    if problems:
        rows += ["## Not read or not judged", ""]
        for bad in problems:
            place = f"{bad.file}:{bad.line}: " if bad.file else ""
            rows.append(f"- {_plain(f'{place}{bad.text}')}")
        rows.append("")
    return "\n".join(rows)


def _head(diagnosis: Diagnosis) -> Iterator[str]:
    found = counts(diagnosis)
    words = ", ".join(f"{count} {level}" for level, count in found.items())
    yield f"# Findings: {words or 'none'}"
    yield ""
    for one in diagnosis.bundles:
        agent = one.agent_version or "unknown"
        about = f"{one.computer}: {one.os or 'system unknown'}, agent {agent}"
        yield f"- {_plain(f'{about}, from {one.source}')}"
    moment = iso(diagnosis.now)
    yield f"- judged {f'as of {moment}' if moment else 'without a time'}"
    cover = diagnosis.coverage
    yield f"- {cover.fired + cover.clean} of {cover.rules} rules could look"
    yield ""


def _finding(one: Finding, note: str) -> Iterator[str]:
    yield f"## {str(one.severity).upper()}: {_plain(one.title)}"
    yield ""
    yield f"- rule: {_plain(one.rule)}"
    first, last = iso(one.first_seen), iso(one.last_seen)
    span = first if first == last else f"{first} to {last}"
    yield f"- when: {span or 'no time known'}, {one.count:,} times"
    if one.explained_by:
        yield f"- because of: {_plain(', '.join(one.explained_by))}"
    if note:
        yield f"- **note**: {_plain(note)}"
    yield ""
    if one.why:
        yield from (_plain(one.why), "")
    for proof in one.evidence:
        yield from _evidence(proof)
    if one.counter_check:
        yield from (_plain(f"{one.counter_check.text} {one.counter_check.result}"), "")
    for number, step in enumerate(one.remedy, 1):
        kind = "changes the machine" if step.changes == "state" else "only looks"
        yield f"{number}. {_plain(step.text)} ({kind})"
        if step.command:
            yield from ("", *_block(step.command, "   "), "")
    if one.remedy:
        yield ""
    for address in references(one):
        yield (
            f"- <{address}>"
            if re.fullmatch(r"https?://[\w./?=&%#:~+-]+", address)
            else f"- {_plain(address)}"
        )
    yield ""


def _evidence(proof: Evidence) -> Iterator[str]:
    moment = f" at {iso(proof.time)}" if proof.time else ""
    yield f"{_plain(f'{proof.file}:{proof.line}')}{moment}"
    yield ""
    lines = proof.text.split("\n")
    yield from _block("\n".join(lines[:MOST_LINES]))
    yield ""


def _marks(marks: Sequence[tuple[str, int, str, str]]) -> Iterator[str]:
    if marks:
        yield from ("## Lines with a note", "")
    for file, line, text, note in marks:
        yield _plain(f"{file}:{line}") + (f" **{_plain(note)}**" if note else "")
        yield from ("", *_block(text), "")


def _block(text: str, indent: str = "") -> Iterator[str]:
    """Yield a fenced block that no text can end."""
    shown = [show(line) for line in text.split("\n")]
    longest = max((len(run) for run in re.findall("`+", "\n".join(shown))), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{indent}{row}" for row in (fence, *shown, fence))


def _plain(text: str) -> str:
    """Return a text in one line that Markdown takes as it is."""
    return ACTIVE.sub(r"\\\1", show(" ".join(text.split())))
