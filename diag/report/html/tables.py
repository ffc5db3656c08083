"""What was not looked at, what became of the rules, of every line, and the hashes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.report.gather import number_of
from diag.report.html.build import Html, join, tag, within
from diag.report.html.findings import badge, table_of
from diag.report.words import missing, place_of, short, told_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.dossier import Dossier, FileAccount, Origin, RuleTold
    from diag.model import Diagnosis, FileSummary, Problem

# Bytes of each part.
PROBLEMS, RULES, FILES, ORIGINS = 120_000, 200_000, 300_000, 60_000


def not_looked_at(diagnosis: Diagnosis) -> Html:
    """Return what could not be read, and which rules lack a log."""
    told = told_problems(diagnosis)
    lacking = missing(diagnosis)
    rules = [
        tag(
            "li",
            tag("b", short(one.logs)),
            tag("span", f" {short(one.reason)} ", class_="dim") if one.reason else " ",
            tag("span", short(", ".join(one.rules)), class_="dim"),
        )
        for one in lacking
    ]
    errors = [tag("li", short(text)) for text in diagnosis.rule_errors]
    parts = [
        _problems("Could not be read", told.unread),
        _problems("Read, but not recognised", told.unknown),
        _list("Rules that were not judged, by the log that they lack", rules),
        _list("Rules that are wrong, and did not run", errors),
        _problems("Odd, but read", told.odd),
    ]
    if not any(parts):
        return tag("p", "Everything was read, and every rule could look.")
    return join(*parts)


def _problems(title: str, problems: Sequence[Problem]) -> Html | None:
    items = (
        tag(
            "li",
            tag("code", short(place_of(one.file, one.line) or "rules")),
            tag("span", f" {one.kind}", class_="dim"),
            tag("br"),
            short(one.text),
        )
        for one in problems
    )
    return _list(title, items, len(problems))


def _list(title: str, items: Iterable[Html], count: int = -1) -> Html | None:
    made = list(items) if count < 0 else items
    number = len(made) if isinstance(made, list) else count
    if not number:
        return None
    kept, _ = within(made, PROBLEMS)
    if len(kept) < number:
        kept.append(tag("li", f"and {number - len(kept):,} more", class_="cut"))
    return join(tag("h3", title), tag("ul", *kept, class_="plain"))


def rules_of(dossier: Dossier) -> Html:
    """Return every rule and what became of it."""
    order = ("fired", "stopped", "not judged", "silenced", "clean", "not run")
    rules = sorted(dossier.rules, key=lambda one: (order.index(one.became), one.rule))
    kept, _ = within((_rule(one) for one in rules), RULES)
    table = table_of("Rules", ("Rule", "What it looks for", "Severity", "Became"), kept)
    numbers = Counter(str(one.became) for one in rules)
    said = ", ".join(f"{numbers[word]:,} {word}" for word in order if numbers[word])
    return join(
        tag("p", f"{number_of(len(rules), 'rule')}: {said}."),
        tag("details", tag("summary", "All rules, and what became of each"), table),
        _left(len(rules) - len(kept), "rules"),
    )


def _rule(one: RuleTold) -> Html:
    why = tag("span", f" {short(one.why)}", class_="dim") if one.why else None
    return tag(
        "tr",
        tag("td", tag("code", one.rule)),
        tag("td", short(one.name)),
        tag("td", badge(str(one.severity))),
        tag("td", tag("span", str(one.became), class_="became"), why),
        class_="row",
    )


def files_of(diagnosis: Diagnosis, dossier: Dossier | None) -> Html:
    """Return what became of every line of every file."""
    if dossier is None or not dossier.files:
        count = len(diagnosis.files)
        rows = (_summary(one) for one in diagnosis.files)
        heads: tuple[str, ...] = ("File", "Log", "Lines", "Events", "Not understood")
    else:
        count = len(dossier.files)
        rows = (_account(one) for one in dossier.files)
        heads = (
            *("File", "Log", "Lines", "Parsed", "Blank", "Not understood", "Events"),
            *("First", "Last", "Zone", "Encoding", "Bytes"),
        )
    kept, _ = within(rows, FILES)
    table = table_of("Files", heads, kept)
    return join(table, _left(count - len(kept), "files"))


def _summary(one: FileSummary) -> Html:
    numbers = (one.lines, one.events, one.unparsed)
    return tag(
        "tr",
        tag("td", tag("code", short(one.file))),
        tag("td", one.log or "unknown"),
        *(_number(number) for number in numbers),
        class_="row",
    )


def _account(one: FileAccount) -> Html:
    numbers = (one.lines, one.parsed, one.blank, one.unparsed, one.events)
    texts = (iso(one.first), iso(one.last), short(one.zone), one.encoding)
    return tag(
        "tr",
        tag("td", tag("code", short(one.file))),
        tag("td", one.log or "unknown"),
        *(_number(number) for number in numbers),
        *(tag("td", text) for text in texts),
        _number(one.size),
        class_="row",
    )


def _number(number: int) -> Html:
    return tag("td", f"{number:,}", class_="number")


def origins_of(dossier: Dossier) -> Html:
    """Return where the data are from, and the hashes that prove it."""
    kept, _ = within((_origin(one) for one in dossier.origins), ORIGINS)
    return join(*kept, _left(len(dossier.origins) - len(kept), "sources"))


def _origin(one: Origin) -> Html:
    facts = {
        "Machine": short(one.computer),
        "Source": f"{short(one.source)} ({one.kind})",
        "Collected": iso(one.collected) or "unknown",
        "Zone of local times": short(one.zone) or "unknown",
        "SHA-256 of the source": one.sha256,
        "SHA-256 of its manifest": one.manifest or "it has no manifest of ours",
    }
    pairs = (
        join(tag("dt", name), tag("dd", value, class_="hash"))
        for name, value in facts.items()
    )
    return tag("dl", *pairs, class_="facts")


def _left(count: int, what: str) -> Html | None:
    if count <= 0:
        return None
    text = f"{count:,} more {what} had no room here; --format json lists all."
    return tag("p", text, class_="cut")
