"""The last words of a run: what is there, what is not, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.collect.told import (
    ABSENT,
    DENIED,
    DENY_LIST,
    LOCKED,
    NOT_REDACTED,
    OUTSIDE,
    OVER,
    SPECIAL,
    TIMED_OUT,
    UNREADABLE,
    VANISHED,
)
from diag.packing import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diag.collect.front import Bundle
    from diag.collect.options import Options
    from diag.collect.record import Outcome
    from diag.collect.told import Left

MOST_NAMED = 5  # of one reason; all stand in the manifest

# In this order: what is missing, and what can be done about it.
ADVICE = {
    DENIED: "may not be read; run it as root or administrator",
    LOCKED: "held by another process; run it again later",
    UNREADABLE: "the system could not read it",
    TIMED_OUT: "took too long; run it again, with --fast if the machine can bear it",
    NOT_REDACTED: "could not be freed of secrets; --no-redact takes it as it is",
    VANISHED: "gone when it was its turn; run it again if it matters",
    OVER: "too much; give more with --max-size, or --full",
    OUTSIDE: "not of the time asked for",
    SPECIAL: "a link, pipe, socket, device, or a hard link from elsewhere",
    DENY_LIST: "never taken: keys, tokens, certificates",
    ABSENT: "not there; not every machine has everything",
}


def summary_of(
    done: Outcome,
    options: Options,
    bundle: Bundle,
    counts: Mapping[str, int],
    seconds: float,
) -> list[str]:
    """Return the lines that end a run.

    Args:
        done: What was collected.
        options: What was asked for.
        bundle: Where it lies.
        counts: What was redacted, by kind.
        seconds: How long it took.
    """
    lines = [_first(done, seconds), _redacted(options, counts)]
    lines += missing_lines(done.left)
    for name, note in done.short:
        lines.append(f"  in part     {name}: {note}")
    where = bundle.path or "stdout"
    lines.append(f"bundle        {where} ({bundle.size:,} bytes)")
    lines.append(f"sha256        {bundle.sha256}")
    name = bundle.path or "BUNDLE"
    lines.append(f"next          arcdiag verify {name}; arcdiag check {name}")
    lines.append("              To pass it on, send the zip and the sha256 apart.")
    return lines


def _first(done: Outcome, seconds: float) -> str:
    cut = f", {done.cut:,} cut to their newest part" if done.cut else ""
    size = f"{done.size / 1e6:,.1f} MB of files read"
    word = "member" if done.taken == 1 else "members"
    return f"collected     {done.taken:,} {word}{cut}; {size} in {seconds:,.1f} s"


def _redacted(options: Options, counts: Mapping[str, int]) -> str:
    if not options.redact:
        return "redacted      nothing (--no-redact): do not pass this bundle on unread"
    if not counts:
        return "redacted      no secret was found"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    return f"redacted      {kinds}"


def missing_lines(left: Sequence[Left]) -> list[str]:
    """Return lines about what was not taken, by reason.

    Args:
        left: Everything that was not.
    """
    lines = []
    for reason, advice in ADVICE.items():
        names = sorted({one.name for one in left if one.reason == reason})
        if not names:
            continue
        lines.append(f"not taken     {len(names):,} {reason}: {advice}")
        if reason in manifest.GAPS or reason == OVER:
            lines += [f"                {name}" for name in names[:MOST_NAMED]]
            more = len(names) - MOST_NAMED
            if more > 0:
                lines.append(f"                and {more:,} more, see manifest.json")
    return lines
