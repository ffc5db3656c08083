"""The page of an inbox: one static HTML file, worst first, then newest first."""

from __future__ import annotations

import html
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from diag.text import show
from diag.watch.inboxstate import Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.watch.inboxfind import Left
    from diag.watch.inboxstate import Entry

MOST_LEFT = 200
WORDS = {
    Verdict.CRITICAL: "Critical",
    Verdict.HIGH: "High",
    Verdict.FAILED: "Not checked",
    Verdict.MEDIUM: "Medium",
    Verdict.LOW: "Low",
    Verdict.PARTIAL: "Read in part",
    Verdict.CLEAN: "Nothing found",
}
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" \
content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>arcdiag inbox</title>
<style>
:root { color-scheme: light dark; --page: #fff; --text: #1b1b1f; --line: #8886;
  --bad: #b3261e; --odd: #8a4b00; --well: #1b6e3c; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --page: #131316; --text: #e6e6ea;
  --bad: #ff8a80; --odd: #ffb74d; --well: #81c995; --link: #8ab4f8; } }
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; background: var(--page); color: var(--text); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td.v { font-weight: 600; } td.v, td.t, td.reports { white-space: nowrap; }
td.n { overflow-wrap: anywhere; min-width: 7rem; }
.critical, .high, .failed { color: var(--bad); } .medium, .low, .partial
  { color: var(--odd); } .clean { color: var(--well); }
a { color: var(--link); } .reports a { margin-right: .8em; }
small { display: block; }
@media (max-width: 45rem) { thead { position: absolute; clip-path: inset(50%); }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .6rem 0; }
  td { display: block; border: 0; padding: .1rem 0; } }
</style>
</head>
<body>
<main>
<h1>arcdiag inbox</h1>
"""
COLUMNS = ("Verdict", "Machine", "Bundle", "Arrived (UTC)", "Findings", "Reports")


def page(entries: dict[str, Entry], left: Sequence[Left]) -> bytes:
    """Return the page.

    Args:
        entries: The bundles by name.
        left: What lies in the inbox and is not checked.

    Returns:
        HTML without scripts; the same input gives the same bytes.
    """
    done = [(name, one) for name, one in entries.items() if one.stage is Stage.DONE]
    done.sort(key=lambda pair: pair[0])
    done.sort(key=lambda pair: pair[1].arrived, reverse=True)
    done.sort(key=lambda pair: pair[1].verdict.rank)
    parts = [HEAD, f"<p>{_summary(one for _, one in done)}</p>\n"]
    if done:
        heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        parts.append(f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n")
        parts += [_row(name, entry) for name, entry in done]
        parts.append("</tbody>\n</table>\n")
    parts += [*_left(left), "</main>\n</body>\n</html>\n"]
    return "".join(parts).encode("utf-8")


def counted(counts: dict[str, int]) -> str:
    """Return how many findings there are of each severity: `1 critical, 4 high`."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _summary(entries: Iterable[Entry]) -> str:
    found = [entry.verdict for entry in entries]
    if not found:
        return "No bundle was checked yet."
    words = [
        f"{found.count(verdict):,} {WORDS[verdict].lower()}"
        for verdict in Verdict
        if verdict in found
    ]
    number = "1 bundle" if len(found) == 1 else f"{len(found):,} bundles"
    return f"{number}: {', '.join(words)}."


def _row(name: str, entry: Entry) -> str:
    verdict = entry.verdict
    machines = ", ".join(entry.machines) or "not known"
    gone = "<small>no longer in the inbox</small>" if entry.gone else ""
    said = f"<small>{_safe(entry.said)}</small>" if entry.said else ""
    moment = _safe(entry.arrived.replace("T", " ").removesuffix("Z"))
    links = "".join(
        f'<a href="{_link(report)}" aria-label="{_kind(report)} report of '
        f'{_safe(name)}">{_kind(report)}</a>'
        for report in entry.reports
    )
    return (
        f'<tr><td class="v {verdict}">{WORDS[verdict]}</td>'
        f'<td class="n">{_safe(machines)}</td><td class="n">{_safe(name)}{gone}</td>'
        f'<td class="t">{moment}</td><td>{counted(entry.counts)}{said}</td>'
        f'<td class="reports">{links}</td></tr>\n'
    )


def _left(left: Sequence[Left]) -> list[str]:
    if not left:
        return []
    parts = ["<h2>Not looked at</h2>\n<ul>\n"]
    parts += [
        f"<li>{_safe(one.name)}: {_safe(one.why)}</li>\n" for one in left[:MOST_LEFT]
    ]
    if len(left) > MOST_LEFT:
        parts.append(f"<li>and {len(left) - MOST_LEFT:,} more</li>\n")
    return [*parts, "</ul>\n"]


def _kind(report: str) -> str:
    return _safe(report.rpartition(".")[2].upper())


def _safe(text: str) -> str:
    return html.escape(show(text))


def _link(path: str) -> str:
    """Return a path of the inbox as an address; `./` keeps it from being another."""
    return html.escape(f"./{quote(os.fsencode(path))}")
