"""The one table of a run, as text or JSON."""

from __future__ import annotations

import json as _json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.scenarios.judge import Verdict

HEAD = ("scenario", "kind", "found", "missed", "alarms", "evidence", "causes", "exit")


def totals(verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the figures of a run."""
    wanted = sum(one.wanted for one in verdicts)
    found = sum(one.found for one in verdicts)
    return {
        "scenarios": len({one.name for one in verdicts}),
        "bundles": len(verdicts),
        "wanted": wanted,
        "found": found,
        "recall": round(found / wanted, 4) if wanted else 1.0,
        "false_alarms_high": sum(len(one.alarms) for one in verdicts),
        "evidence": sum(one.with_lines for one in verdicts),
        "evidence_right": sum(one.lines_right for one in verdicts),
        "causes_wrong": sum(len(one.causes) for one in verdicts),
        "exit_codes_right": sum(one.exit == one.expected_exit for one in verdicts),
        "other_lower_findings": sum(len(one.others) for one in verdicts),
        "good": sum(one.good for one in verdicts),
    }


def json(verdicts: list[Verdict]) -> str:
    """Return the table as JSON."""
    page = {
        "scenarios": [asdict(one) | {"good": one.good} for one in verdicts],
        "totals": totals(verdicts),
    }
    return _json.dumps(page, indent=1) + "\n"


def text(verdicts: list[Verdict]) -> str:
    """Return the table: a row for each scenario, what was wrong, and the totals."""
    names = dict.fromkeys(one.name for one in verdicts)
    rows: list[tuple[str, ...]] = [HEAD]
    rows += [_row([v for v in verdicts if v.name == name]) for name in names]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    out = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    out += [line for one in verdicts for line in _wrong(one)]
    figures = totals(verdicts)
    out += ["", *(f"{key:>22}  {value}" for key, value in figures.items())]
    return "\n".join(line.rstrip() for line in out) + "\n"


def _row(verdicts: list[Verdict]) -> tuple[str, ...]:
    first = verdicts[0]
    codes = sorted({_code(one) for one in verdicts})
    found, wanted = sum(v.found for v in verdicts), sum(v.wanted for v in verdicts)
    right = sum(v.lines_right for v in verdicts)
    shown = sum(v.with_lines for v in verdicts)
    return (
        first.name,
        first.kind,
        f"{found}/{wanted}",
        str(sum(len(v.missed) for v in verdicts)),
        str(sum(len(v.alarms) for v in verdicts)),
        f"{right}/{shown}",
        "wrong" if any(v.causes for v in verdicts) else "right",
        ", ".join(codes),
    )


def _code(verdict: Verdict) -> str:
    right = verdict.exit == verdict.expected_exit
    return f"{verdict.exit}" if right else f"{verdict.exit} not {verdict.expected_exit}"


def _wrong(verdict: Verdict) -> list[str]:
    parts = {
        "missed": verdict.missed, "false alarm": verdict.alarms,
        "evidence": verdict.evidence, "cause": verdict.causes,
    }  # fmt: skip
    return [
        f"! {verdict.name} seed {verdict.seed}: {kind}: {text}"
        for kind, texts in parts.items()
        for text in texts
    ]
