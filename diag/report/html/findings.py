"""The findings of a page: at a glance, and each in full with its proof and remedy."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from diag.clock import iso
from diag.report.gather import number_of, references
from diag.report.html.build import Html, join, jump, link, tag, within
from diag.report.words import SHORT, alarming, cut, place_of, short, step_notes, when

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.model import Diagnosis, Evidence, Finding, Step

LONG, MOST_LINES = 3_000, 60  # of one text, of one piece of evidence
MOST_EVIDENCE = 20  # of a finding
GLANCE, ASIDE = 250_000, 80_000  # bytes
GLANCE_FROM = 3  # findings
MANY = 30  # of them at a glance

Notes = dict[int, str]


class Findings(NamedTuple):
    """The findings at a glance, when there are some, and in full."""

    glance: Html | None
    full: Html


def findings_of(diagnosis: Diagnosis, notes: Notes, room: int) -> Findings:
    """Return what the page says of the findings.

    Args:
        diagnosis: What was found.
        notes: What somebody noted, by the number of the finding.
        room: How many bytes there are for findings in full.
    """
    numbers = {id(one): place for place, one in enumerate(diagnosis.findings)}
    faults, _ = alarming(diagnosis.findings)
    cards = (
        _card(number, one, notes.get(numbers[id(one)], ""))
        for number, one in enumerate(faults, 1)
    )
    kept, _ = within(cards, room)
    full = join(*kept)
    if len(kept) < len(faults):
        left = number_of(len(faults) - len(kept), "finding")
        said = (
            f"{left} had no room here in full. The list above names as many as it can."
        )
        full = join(full, tag("p", said, class_="cut"))
    many = len(faults) >= GLANCE_FROM or len(kept) < len(faults)
    return Findings(_glance(faults, len(kept)) if many else None, full)


def normal(diagnosis: Diagnosis) -> Html | None:
    """Return what looks like a fault and is none."""
    _, some = alarming(diagnosis.findings)
    return _aside((_short(one) for one in some), len(some))


def silenced(diagnosis: Diagnosis) -> Html | None:
    """Return what is silenced, by whom and why."""
    some = diagnosis.suppressed
    return _aside((_silenced(one) for one in some), len(some))


def badge(word: str) -> Html:
    """Return a severity as a word in its colour."""
    return tag("span", word, class_=f"badge {word}")


def _glance(faults: Sequence[Finding], in_full: int) -> Html:
    rows = (
        tag(
            "tr",
            tag("td", badge(str(one.severity))),
            tag("td", _title(number, one, in_full)),
            tag("td", tag("code", one.rule), _causes(one)),
            tag("td", iso(one.first_seen)),
            data_severity=str(one.severity),
            class_="glance",
        )
        for number, one in enumerate(faults, 1)
    )
    kept, _ = within(rows, GLANCE)
    heads = ("", "Finding", "Rule", "Since")
    table = table_of("Findings at a glance", heads, kept, tall=len(kept) > MANY)
    if len(kept) == len(faults):
        return table
    left = f"{len(faults) - len(kept):,} more findings are not even named here."
    return join(table, tag("p", left, class_="cut"))


def table_of(
    title: str, heads: Sequence[str], rows: Sequence[Html], *, tall: bool = False
) -> Html:
    """Return a table that scrolls in itself where it is wider than the page.

    Args:
        title: For those who do not see it.
        heads: Of its columns.
        rows: As they are.
        tall: It scrolls in its height, too, so that what comes next is near.
    """
    head = tag("tr", *(tag("th", one or "Severity", scope="col") for one in heads))
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    look = "wide tall" if tall else "wide"
    return tag("div", table, class_=look, tabindex="0", role="region", aria_label=title)


def _title(number: int, one: Finding, in_full: int) -> Html:
    title = short(one.title)
    return jump(f"f{number}", title) if number <= in_full else tag("span", title)


def _causes(one: Finding) -> Html | None:
    if not one.explained_by:
        return None
    causes = short(", ".join(one.explained_by))
    return tag("span", f" because of {causes}", class_="dim")


def _card(number: int, one: Finding, note: str) -> Html:
    mark = " · experimental" if one.status == "experimental" else ""
    head = tag(
        "header",
        badge(str(one.severity)),
        tag("h3", short(one.title)),
        tag("p", tag("code", one.rule), f"{mark} · {when(one)}", class_="dim"),
    )
    why = cut(one.why, LONG)
    return tag(
        "article",
        head,
        tag("p", f"Note: {cut(note, LONG)[0]}", class_="note") if note else None,
        tag("p", f"Because of {short(', '.join(one.explained_by))}.", class_="cause")
        if one.explained_by
        else None,
        tag("p", why[0], f" ({why[1]})" if why[1] else None, class_="why")
        if one.why
        else None,
        _proofs(one),
        _check(one),
        _remedy(one),
        _references(one),
        class_=f"finding {one.severity}",
        id=f"f{number}",
        data_severity=str(one.severity),
    )


def _proofs(one: Finding) -> Html | None:
    if not one.evidence:
        return None
    shown = one.evidence[:MOST_EVIDENCE]
    alike = groupby(shown, key=lambda proof: (proof.text, proof.before, proof.after))
    parts = [_proof(list(group)) for _, group in alike]
    more = max(one.count, len(one.evidence)) - len(shown)
    if more > 0:
        parts.append(tag("p", f"and {more:,} more", class_="dim"))
    return join(tag("h4", "Evidence"), *parts)


def _proof(proofs: list[Evidence]) -> Html:
    """Return places whose texts are equal, and the text once."""
    proof = proofs[0]
    places = [_place(one) for one in proofs]
    text, left = cut(proof.text, LONG, MOST_LINES)
    lines = [
        *(_near(one) for one in proof.before),
        tag("span", f"{text}\n", class_="hit"),
        tag("span", f"({left})\n", class_="dim") if left else None,
        *(_near(one) for one in proof.after),
    ]
    caption = tag("figcaption", *places)
    return tag("figure", caption, tag("pre", *lines, tabindex="0"))


def _place(proof: Evidence) -> Html:
    moment = iso(proof.time)
    return tag(
        "span",
        tag("code", place_of(short(proof.file), proof.line)),
        tag("time", moment, datetime=moment) if moment else None,
    )


def _near(one: Evidence) -> Html:
    first = cut(one.text.split("\n", 1)[0], SHORT)[0]
    return tag("span", f"{one.line}: {first}\n", class_="near")


def _check(one: Finding) -> Html | None:
    if one.counter_check is None:
        return None
    text = cut(one.counter_check.text, LONG)[0]
    result = cut(one.counter_check.result, LONG)[0]
    return join(tag("h4", "Counter-check"), tag("p", f"{text} ", tag("b", result)))


def _remedy(one: Finding) -> Html | None:
    if not one.remedy:
        return None
    steps = (tag("li", *_step(step)) for step in one.remedy)
    return join(tag("h4", "Remedy"), tag("ol", *steps, class_="remedy"))


def _step(step: Step) -> Iterator[Html]:
    notes = [tag("span", note, class_="tag") for note in step_notes(step)]
    yield tag("span", cut(step.text, LONG)[0])
    yield from notes
    if step.command:
        command = cut(step.command, LONG)[0]
        yield tag("pre", tag("code", command), class_="command", tabindex="0")


def _references(one: Finding) -> Html | None:
    found = references(one)
    if not found:
        return None
    items = (tag("li", link(address)) for address in found[:MOST_EVIDENCE])
    return join(tag("h4", "References"), tag("ul", *items, class_="links"))


def _short(one: Finding) -> Html:
    proof = one.evidence[0] if one.evidence else None
    place = place_of(proof.file, proof.line) if proof else ""
    note = tag("span", f" {one.rule} {short(place)}", class_="dim")
    return tag("li", short(one.title), note)


def _silenced(one: Finding) -> Html:
    said = ""
    if one.silence:
        until = f" until {iso(one.silence.until)}" if one.silence.until else ""
        said = f"by {one.silence.by}{until}: {one.silence.reason}"
    note = tag("span", f" {one.rule} {short(said)}", class_="dim")
    return tag("li", badge(str(one.severity)), f" {short(one.title)}", note)


def gone(diagnosis: Diagnosis) -> Html | None:
    """Return what an older report had and this one lacks."""
    if diagnosis.since is None:
        return None
    some = diagnosis.since.gone
    items = (
        tag(
            "li",
            short(title),
            tag("span", f" {rule}{f' · {why}' if why else ''}", class_="dim"),
        )
        for rule, _, title, why in some
    )
    return _aside(items, len(some))


def _aside(items: Iterator[Html], count: int) -> Html | None:
    """Return a list, as much of it as there is room for."""
    if not count:
        return None
    kept, _ = within(items, ASIDE)
    if len(kept) < count:
        kept.append(tag("li", f"and {count - len(kept):,} more", class_="cut"))
    return tag("ul", *kept, class_="plain")
