"""Parts of SARIF: messages, and places inside a bundle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from diag.clock import iso
from diag.report.words import cut, place_of
from diag.text import show

if TYPE_CHECKING:
    from diag.model import Diagnosis, Evidence, Finding

BASE = "BUNDLE"  # what the paths are relative to: nothing that is on a disk
LONG, MOST_LINES = 4_000, 60
LINK = re.compile(r"\[([^\[\]]*)\]\(")  # what a viewer would make a link of


def message(text: str) -> dict[str, str]:
    """Return a message in which nothing is a placeholder or a link."""
    shown = "\n".join(show(row) for row in text.split("\n"))
    shown = LINK.sub(r"\\[\1\\](", shown)
    return {"text": shown.replace("{", "{{").replace("}", "}}") or "-"}


def locations(one: Finding, diagnosis: Diagnosis) -> list[dict[str, Any]]:
    """Return where it is: its first line, or the bundle when no line shows it.

    Code scanning refuses a whole report when one result has no artifact.
    """
    machine = {"name": show(one.computer) or "unknown", "kind": "resource"}
    if one.evidence:
        return [{**location(one.evidence[0]), "logicalLocations": [machine]}]
    sources = {bundle.computer: bundle.source for bundle in diagnosis.bundles}
    name = sources.get(one.computer, "").replace("\\", "/").rpartition("/")[2]
    # Code scanning wants a line; the text of the result has none.
    place = {"artifactLocation": artifact(name), "region": _line(1)}
    return [{"physicalLocation": place, "logicalLocations": [machine]}]


def location(proof: Evidence) -> dict[str, Any]:
    """Return file and line of a piece of evidence, with its text."""
    place: dict[str, Any] = {"artifactLocation": artifact(proof.file)}
    text, left = cut(proof.text, LONG, MOST_LINES)
    if proof.line > 0:
        snippet = f"{text}\n({left})" if left else text
        place["region"] = {
            **_line(proof.line),
            "snippet": {"text": snippet},
        }
    moment = f" at {iso(proof.time)}" if proof.time else ""
    said = f"{place_of(proof.file, proof.line)}{moment}"
    return {"physicalLocation": place, "message": message(said)}


def _line(number: int) -> dict[str, int]:
    """Return a whole line. Without an end column it goes to the end."""
    return {"startLine": number, "startColumn": 1, "endLine": number}


def artifact(file: str) -> dict[str, str]:
    """Return a file of the bundle."""
    return {"uri": relative_uri(file), "uriBaseId": BASE}


def relative_uri(file: str) -> str:
    """Return a name inside a bundle as a relative reference that leads nowhere else.

    Args:
        file: With `/` between its parts.
    """
    raw = file.encode("utf-8", "surrogatepass").strip(b"/")
    parts = [quote(part, safe="") for part in raw.split(b"/")]
    dots = {".": "%2E", "..": "%2E%2E"}  # steps of a path, not names
    return "/".join(dots.get(part, part) for part in parts if part) or "unknown"
