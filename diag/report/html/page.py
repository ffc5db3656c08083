"""The page: its head, what it says first, and its sections in their order."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from diag import __version__
from diag.dossier import Cleaned
from diag.model import Severity
from diag.report.gather import counts, coverage, number_of
from diag.report.html import findings, tables
from diag.report.html.build import Html, join, jump, raw, tag, within
from diag.report.html.findings import ASIDE, GLANCE, badge, findings_of
from diag.report.html.picture import in_words, picture
from diag.report.words import (
    cut,
    headline,
    judged,
    machines,
    short,
    since_words,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.dossier import Dossier
    from diag.model import Diagnosis
    from diag.report.html.findings import Notes

Section = tuple[str, str, Html]  # id, title, what stands in it
HERE = Path(__file__).parent
MOST_MACHINES = 10  # whose facts stand at the top
MOST_BYTES = 3_000_000  # of the whole page; each part has a share, findings the rest
FRAME = 60_000  # style, script, head, titles


def as_html(
    diagnosis: Diagnosis,
    dossier: Dossier | None = None,
    notes: Notes | None = None,
    marks: Sequence[tuple[str, int, str, str]] = (),
) -> str:
    """Return the report as one page.

    Args:
        diagnosis: What was found.
        dossier: Rules, times, files and origins; without it their parts are missing.
        notes: What somebody noted, by the number of the finding.
        marks: Lines with a note: file, line, text of the line, note.

    Returns:
        HTML that loads nothing and runs one script of ours, which only filters; all is
        there without it. At most 3 MB, and it says what was cut. Equal input gives
        equal text.
    """
    top = _top(diagnosis, dossier)
    drawn = _timeline(diagnosis, dossier)
    others = list(_others(diagnosis, dossier, marks))
    used = sum(part.size for _, _, part in (*drawn, *others))
    room = MOST_BYTES - top.size - used - GLANCE - FRAME
    found = findings_of(diagnosis, notes or {}, room)
    sections = [
        *([("glance", "At a glance", found.glance)] if found.glance else []),
        *drawn,
        *([("findings", "Findings", found.full)] if found.full.size else []),
        *others,
    ]
    body = join(
        top,
        _nav(sections),
        _tools(),
        tag("main", *(_section(*one) for one in sections), id="main"),
        tag("footer", tag("p", f"arcdiag {__version__}, judged {judged(diagnosis)}.")),
    )
    style, script = _own("report.css"), _own("report.js")
    title = f"{machines(diagnosis)}: {headline(diagnosis)}"
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        raw(f"<style>{style}</style>"),
    )
    page = tag("html", tag("head", head), _body(body, script), lang="en")
    return f"<!DOCTYPE html>\n{page.text}\n"


def _body(body: Html, script: str) -> Html:
    skip = tag("p", jump("main", "To the report"), class_="skip")
    return tag("body", skip, body, raw(f"<script>{script}</script>"))


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy() -> str:
    """Return what the page may do: nothing but its own style and script."""
    return (
        f"default-src 'none'; style-src {_hash(_own('report.css'))}; "
        f"script-src {_hash(_own('report.js'))}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _top(diagnosis: Diagnosis, dossier: Dossier | None) -> Html:
    found = counts(diagnosis)
    tiles = [
        tag(
            "li",
            tag("b", f"{found.get(one, 0):,}"),
            tag("span", str(one)),
            class_=f"tile {one if found.get(one) else 'none'}",
        )
        for one in Severity
        if one is not Severity.INFO
    ]
    sentences = " ".join(verdict(diagnosis))
    return tag(
        "header",
        tag("p", "Azure Arc agent report", class_="kind"),
        tag("h1", machines(diagnosis)),
        tag("p", sentences, class_="verdict"),
        tag("ul", *tiles, class_="tiles"),
        *(_machines(diagnosis)),
        tag("p", _about(diagnosis), class_="dim"),
        _cleaned(dossier) if dossier else None,
        class_="top",
    )


def _machines(diagnosis: Diagnosis) -> Iterator[Html]:
    for one in diagnosis.bundles[:MOST_MACHINES]:
        facts = f"{one.os or 'system unknown'} · agent {one.agent_version or 'unknown'}"
        name = tag("b", short(one.computer)) if len(diagnosis.bundles) > 1 else None
        lead = " · " if name else None
        yield tag("p", name, lead, f"{facts} · ", tag("code", short(one.source)))
    more = len(diagnosis.bundles) - MOST_MACHINES
    if more > 0:
        yield tag("p", f"and {more:,} more machines, listed at the end", class_="cut")


def _about(diagnosis: Diagnosis) -> str:
    lines = sum(one.lines for one in diagnosis.files)
    account = f"{number_of(len(diagnosis.files), 'file')}, {number_of(lines, 'line')}"
    said = f"Judged {judged(diagnosis)} ({diagnosis.now_from}). {account}. "
    said += f"{coverage(diagnosis)}."
    if diagnosis.since:
        said += f" {since_words(diagnosis.since).capitalize()}."
    return said


def _cleaned(dossier: Dossier) -> Html:
    if dossier.cleaned is Cleaned.NOTHING:
        text = "Nothing was replaced in this report: it may hold secrets."
        return tag("p", text, class_="warn")
    what = "Secrets and names" if dossier.cleaned is Cleaned.NAMES else "Secrets"
    number = f"{dossier.replaced:,} found" if dossier.replaced else "none was found"
    return tag("p", f"{what} were replaced: {number}.", class_="dim")


def _nav(sections: list[Section]) -> Html:
    links = (tag("li", jump(name, title)) for name, title, _ in sections)
    return tag("nav", tag("ul", *links), aria_label="Sections")


def _section(name: str, title: str, content: Html) -> Html:
    return tag("section", tag("h2", title), content, id=name)


def _timeline(diagnosis: Diagnosis, dossier: Dossier | None) -> list[Section]:
    if dossier is None or dossier.timeline is None:
        return []
    shown = picture(dossier.timeline, diagnosis)
    return [("timeline", "Timeline", join(shown, in_words(dossier.timeline)))]


def _others(
    diagnosis: Diagnosis,
    dossier: Dossier | None,
    marks: Sequence[tuple[str, int, str, str]],
) -> Iterator[Section]:
    """Yield what stands behind the findings."""
    if marks:
        yield "marks", "Lines with a note", _marks(marks)
    if part := findings.normal(diagnosis):
        yield "normal", "Normal, not a fault", part
    if part := findings.silenced(diagnosis):
        yield "silenced", "Silenced", part
    if diagnosis.since and (part := findings.gone(diagnosis)):
        yield "gone", f"In {short(diagnosis.since.report)}, and not now", part
    yield "unseen", "What was not looked at", tables.not_looked_at(diagnosis)
    if dossier and dossier.rules:
        yield "rules", "Rules", tables.rules_of(dossier)
    title = "Files, and what became of their lines"
    yield "files", title, tables.files_of(diagnosis, dossier)
    if dossier and dossier.origins:
        yield "proof", "Where the data are from", tables.origins_of(dossier)


def _tools() -> Html:
    """Return what filters; the script shows it, and without one it is not there."""
    boxes = (
        tag(
            "label",
            tag("input", type="checkbox", checked="", value=str(one), class_="level"),
            badge(str(one)),
        )
        for one in Severity
    )
    words = tag(
        "label",
        tag("span", "Search in findings, rules and files"),
        tag("input", type="search", id="words", autocomplete="off"),
    )
    status = tag("p", id="shown", role="status", class_="dim")
    inside = (words, tag("div", *boxes, class_="boxes"), status)
    return tag("div", *inside, class_="tools", role="search")


def _marks(marks: Sequence[tuple[str, int, str, str]]) -> Html:
    parts = (
        tag(
            "figure",
            tag(
                "figcaption",
                tag("span", tag("code", f"{short(file)}:{line}"), tag("b", note)),
            ),
            tag("pre", cut(text, 3_000)[0], tabindex="0"),
        )
        for file, line, text, note in marks
    )
    kept, _ = within(parts, 2 * ASIDE)
    if len(kept) < len(marks):
        kept.append(tag("p", f"and {len(marks) - len(kept):,} more", class_="cut"))
    return join(*kept)
