"""Two machines side by side, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag import __version__
from diag.clock import iso
from diag.report.json import safe_json
from diag.report.page import Page

if TYPE_CHECKING:
    from typing import TextIO

    from diag.model import Comparison, Diagnosis, Difference
    from diag.report.formats import Style

SCHEMA_VERSION = 1
LOOKS = {
    "finding": "bold red",
    "service": "bold yellow",
    "endpoint": "bold yellow",
    "extension": "bold yellow",
    "setting": "bold cyan",
    "version": "bold cyan",
    "message": "bold",
}
KIND = 10  # columns of the kind in front of a difference


def write_text(
    comparison: Comparison, stream: TextIO, style: Style, *, most: int = 0
) -> None:
    """Write what is different, most surprising first.

    Args:
        comparison: What `compare` returned.
        stream: Where to.
        style: Colour and width.
        most: How many differences; 0 for all. How many there are is always told.
    """
    page = Page(stream, style)
    if not style.quiet:
        for word, side in (("GOOD", comparison.good), ("BAD", comparison.bad)):
            _head(page, word, side)
        page.blank()
    shown = comparison.differences[: most or None]
    for one in shown:
        _difference(page, one)
    rest = len(comparison.differences) - len(shown)
    if rest:
        text = f"{rest:,} less surprising differences are not shown (--most 0)"
        page.line((text, "dim"))
    if not comparison.differences:
        page.line(("No difference was found.", "bold"))
    for log, owner in comparison.uncompared:
        text = f"{log}: only {owner.upper()} has this log, so there is no comparison"
        page.line((text, "dim"))


def _head(page: Page, word: str, side: Diagnosis) -> None:
    for one in side.bundles:
        facts = f"  {one.os or 'system unknown'} · agent "
        facts += one.agent_version or "version unknown"
        page.line((f"{word:<5}", "bold"), (one.computer, "bold"), (facts, ""), hang=7)
        page.line((one.source, "dim"), indent=7)
    moment = iso(side.now)
    told = f"as of {moment}" if moment else "without a time"
    page.line((f"{told} ({side.now_from})", "dim"), indent=7)


def _difference(page: Page, one: Difference) -> None:
    lead = [(f"{one.kind:<{KIND}}", LOOKS[one.kind])]
    where = f"{one.log}: " if one.log else ""
    page.columned(lead, KIND, (f"{where}{one.text}", ""))
    page.line((f"{one.good} → {one.bad}", "bold"), indent=KIND)
    for proof in one.evidence[:1]:
        page.line((f"{proof.file}:{proof.line}", "dim"), indent=KIND)


def as_json(comparison: Comparison) -> str:
    """Return the comparison as indented JSON with a line end.

    Args:
        comparison: What `compare` returned.

    Returns:
        Text that `diff-1.schema.json` describes.
    """
    return safe_json(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": f"arcdiag {__version__}",
            "good": _side(comparison.good),
            "bad": _side(comparison.bad),
            "differences": [_plain(one) for one in comparison.differences],
            "not_compared": [
                {"log": log, "only_in": side} for log, side in comparison.uncompared
            ],
        }
    )


def _side(side: Diagnosis) -> dict[str, Any]:
    return {
        "now": iso(side.now) or None,
        "now_from": side.now_from,
        "bundles": [
            {
                "computer": one.computer,
                "os": one.os,
                "agent_version": one.agent_version,
                "source": one.source,
            }
            for one in side.bundles
        ],
    }


def _plain(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "log": one.log,
        "text": one.text,
        "good": one.good,
        "bad": one.bad,
        "surprise": round(one.surprise, 1),
        "severity": str(one.severity) if one.severity else "",
        "evidence": [
            {"file": proof.file, "line": proof.line, "text": proof.text}
            for proof in one.evidence
        ],
    }
