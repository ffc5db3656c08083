"""Findings as Markdown: for a ticket, a mail, a wiki; with notes from triage."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.report.gather import coverage, number_of, references
from diag.report.words import (
    alarming,
    cut,
    judged,
    machines,
    missing,
    place_of,
    since_words,
    step_notes,
    told_problems,
    verdict,
    when,
)
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diag.model import Diagnosis, Evidence, Finding

# What Markdown or the HTML in it would act on; without brackets there are no links, and
# inside a word an underscore stands for itself.
ACTIVE = re.compile(r"([\\`*{}\[\]<>#|~&]|(?<![^\W_])_|_(?![^\W_]))")
BEGIN = re.compile(r"^([-+=])|^(\d+)([.)])")  # would begin a list or end a title
MENTION = re.compile(r"(?<!\w)@(?=\w)")  # would call somebody
MOST = 60_000  # bytes; what a ticket takes
MOST_FINDINGS = 0.75  # of it are for findings in full
MOST_TITLES = 0.85  # the share until which the others are at least named
MOST_LINES = 40  # of one piece of evidence
LONG, SHORT = 3_000, 500  # characters of a text that may be long, and of one in a line

Notes = dict[int, str]


def as_markdown(
    diagnosis: Diagnosis,
    notes: Notes | None = None,
    marks: Sequence[tuple[str, int, str, str]] = (),
    *,
    most: int = MOST,
) -> str:
    """Return the findings, worst first, with what somebody noted.

    Args:
        diagnosis: What was found.
        notes: By the number of the finding in the diagnosis.
        marks: Lines with a note: file, line, text of the line, note.
        most: How many bytes it may be; what is cut is said in it.

    Returns:
        Markdown in which no text of a log is markup; equal input gives equal text.
    """
    sheet = _Sheet(most)
    sheet.add(_head(diagnosis), most)
    _findings(sheet, diagnosis, notes or {})
    sheet.list("Lines with a note", (list(_mark(*one)) for one in marks), "lines")
    normal = alarming(diagnosis.findings)[1]
    sheet.list(
        "Normal, not a fault",
        ([f"- {_plain(one.title)} ({_plain(one.rule)})"] for one in normal),
        "findings",
    )
    sheet.list("Silenced", ([_silenced(one)] for one in diagnosis.suppressed), "ones")
    if diagnosis.since:
        gone = ([_gone(*one)] for one in diagnosis.since.gone)
        sheet.list(f"In {diagnosis.since.report}, and not now", gone, "findings")
    sheet.list("Not looked at", _not_looked_at(diagnosis), "entries")
    return sheet.text()


class _Sheet:
    """Rows up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self.most = most - 600  # for what says that something was cut
        self.size = 0
        self._rows: list[str] = []

    def add(self, rows: Iterable[str], limit: float) -> bool:
        """Add rows if they fit; return whether they did."""
        made = list(rows)
        size = sum(len(row.encode("utf-8", "replace")) + 1 for row in made)
        if self.size + size > limit:
            return False
        self._rows += made
        self.size += size
        return True

    def list(self, title: str, parts: Iterable[Sequence[str]], what: str) -> None:
        """Add a section, or as much of it as there is room for."""
        made = list(parts)
        if not made:
            return
        self._rows += [f"## {_plain(title)}", ""]
        self.size += len(title) * 2 + 5
        for number, rows in enumerate(made):
            if not self.add(rows, self.most):
                left = len(made) - number
                self._rows.append(f"- {left:,} of {len(made):,} {what} are cut off")
                break
        self._rows.append("")

    def text(self) -> str:
        """Return all of it."""
        return "\n".join(self._rows)


def _head(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"# Azure Arc agent: {_plain(machines(diagnosis))}"
    yield ""
    yield _plain(" ".join(verdict(diagnosis)))
    yield ""
    for one in diagnosis.bundles[:20]:
        agent = one.agent_version or "unknown"
        about = f"{one.computer}: {one.os or 'system unknown'}, agent {agent}"
        yield f"- {_plain(f'{about}, from {one.source}')}"
    if len(diagnosis.bundles) > 20:  # noqa: PLR2004 - as above
        yield f"- and {len(diagnosis.bundles) - 20:,} more machines"
    yield f"- judged {judged(diagnosis)} ({_plain(diagnosis.now_from)})"
    yield f"- {_plain(coverage(diagnosis))}"
    if diagnosis.since:
        yield f"- {_plain(since_words(diagnosis.since))}"
    yield ""


def _findings(sheet: _Sheet, diagnosis: Diagnosis, notes: Notes) -> None:
    """Write findings in full, then titles, then only how many there are."""
    short, left = 0, 0
    for number, one in enumerate(diagnosis.findings):
        if one.benign:
            continue
        full = () if short else _finding(one, notes.get(number, ""))
        if not short and sheet.add(full, sheet.most * MOST_FINDINGS):
            continue
        lead = ["## More findings, without their evidence", ""] if not short else []
        note = f" **note**: {_plain(notes[number])}" if number in notes else ""
        title = (
            f"- {str(one.severity).upper()}: {_plain(one.title)} ({_plain(one.rule)})"
        )
        short += 1
        if left or not sheet.add([*lead, title + note], sheet.most * MOST_TITLES):
            left += 1
    if short:
        count = number_of(short, "finding")
        said = f"{count} had no room here in full, {left:,} of them not even by title; "
        sheet.add(["", f"*{said}`arcdiag check` lists all.*", ""], sheet.most)


def _finding(one: Finding, note: str) -> Iterator[str]:
    yield f"## {str(one.severity).upper()}: {_plain(one.title)}"
    yield ""
    mark = " (experimental)" if one.status == "experimental" else ""
    yield f"- rule: {_plain(one.rule)}{mark}"
    yield f"- when: {_plain(when(one))}"
    if one.explained_by:
        yield f"- because of: {_plain(', '.join(one.explained_by))}"
    if note:
        yield f"- **note**: {_plain(note)}"
    yield ""
    if one.why:
        yield from (_plain(one.why, LONG), "")
    for _, alike in groupby(one.evidence, key=lambda proof: proof.text):
        yield from _evidence(list(alike))
    more = one.count - len(one.evidence)
    if one.evidence and more > 0:
        yield from (f"and {more:,} more", "")
    if one.counter_check:
        said = f"{one.counter_check.text} {one.counter_check.result}"
        yield from (_plain(said, LONG), "")
    yield from _remedy(one)


def _remedy(one: Finding) -> Iterator[str]:
    for number, step in enumerate(one.remedy, 1):
        notes = ", ".join(step_notes(step)) or "only looks"
        yield f"{number}. {_plain(step.text, LONG)} ({notes})"
        if step.command:
            yield from ("", *_block(cut(step.command, LONG)[0], "   "), "")
    if one.remedy and not one.remedy[-1].command:
        yield ""
    for address in references(one):
        yield (
            f"- <{address}>"
            if re.fullmatch(r"https?://[\w./?=&%#:~+-]+", address)
            else f"- {_plain(address)}"
        )
    yield ""


def _evidence(proofs: list[Evidence]) -> Iterator[str]:
    """Yield places whose texts are equal, and the text once."""
    proof = proofs[0]
    for one in proofs:
        moment = f" at {iso(one.time)}" if one.time else ""
        more = "\\" if one is not proofs[-1] else ""  # a line of its own
        yield f"{_plain(place_of(one.file, one.line))}{moment}{more}"
    yield ""
    text, left = cut(proof.text, LONG, MOST_LINES)
    rows = [text, f"({left})"] if left else [text]
    yield from _block("\n".join(rows))
    yield ""


def _mark(file: str, line: int, text: str, note: str) -> Iterator[str]:
    yield _plain(place_of(file, line)) + (f" **{_plain(note)}**" if note else "")
    yield from ("", *_block(text), "")


def _silenced(one: Finding) -> str:
    why = f": {one.silence.reason}" if one.silence else ""
    return f"- {_plain(f'{one.title} ({one.rule}){why}')}"


def _gone(rule: str, _computer: str, title: str, why: str) -> str:
    return f"- {_plain(f'{title} ({rule})')}{f': {_plain(why)}' if why else ''}"


def _not_looked_at(diagnosis: Diagnosis) -> Iterator[list[str]]:
    """Yield what could not be read, then what no rule could judge, then oddities."""
    told = told_problems(diagnosis)
    for bad in (*told.unread, *told.unknown):
        place = f"{place_of(bad.file, bad.line)}: " if bad.file else ""
        yield [f"- {_plain(f'{place}{bad.text}')}"]
    for one in missing(diagnosis):
        note = f" ({one.reason})" if one.reason else ""
        rules = ", ".join(one.rules)
        yield [
            f"- no log {_plain(f'{one.logs}{note}')}, so not judged: {_plain(rules)}"
        ]
    for text in diagnosis.rule_errors:
        yield [f"- wrong rule: {_plain(text)}"]
    for odd in told.odd:
        place = f"{place_of(odd.file, odd.line)}: " if odd.file else ""
        yield [f"- odd, but read: {_plain(f'{place}{odd.text}')}"]


def _block(text: str, indent: str = "") -> Iterator[str]:
    """Yield a fenced block that no text can end."""
    shown = [show(line) for line in text.split("\n")]
    longest = max((len(run) for run in re.findall("`+", "\n".join(shown))), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{indent}{row}" for row in (fence, *shown, fence))


def _plain(text: str, most: int = SHORT) -> str:
    """Return a text in one line that Markdown takes as it is."""
    kept, left = cut(" ".join(text.split()), most)
    plain = ACTIVE.sub(r"\\\1", show(kept))
    plain = BEGIN.sub(lambda f: f"{f[2] or ''}\\{f[1] or f[3]}", plain)
    plain = MENTION.sub("@<!-- -->", plain)
    return f"{plain}… ({left})" if left else plain
