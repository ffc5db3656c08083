"""What RE2 would refuse is refused when a query is compiled, with a reason.

This is no parser of regular expressions: it finds the slips that people make and
the constructs that a linear engine cannot have. What passes may still be refused
by the engine when the query runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.kql.scope import Scope

LONGEST = 2_000
MOST_REPEATS = 1_000
PIECES = re.compile(
    r"""\\(?P<escape>[\s\S]?)
  | (?P<set>\[\^?\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*(?P<close>\]?))
  | (?P<group>\((?:\?(?P<how>P?<?[=!:A-Za-z-]*))?)
  | (?P<end>\))
  | \{(?P<low>[0-9]+)(?:,(?P<high>[0-9]*))?\}
  | (?P<star>[*+?])
  | [\s\S]""",
    re.VERBOSE,
)


def check_regex(scope: Scope, pattern: str, at: int) -> int:
    """Check a constant pattern.

    Args:
        scope: For the message.
        pattern: A regular expression for RE2.
        at: Where it stands in the query.

    Returns:
        How many groups it captures.

    Raises:
        KqlError: RE2 would refuse it.
    """
    wrong, groups = _inspect(pattern)
    if wrong:
        raise scope.error(f"invalid regular expression: {wrong}", at, "KQL107")
    return groups


def _inspect(pattern: str) -> tuple[str, int]:
    if len(pattern) > LONGEST:
        return f"{len(pattern):,} characters; {LONGEST:,} at most", 0
    depth, groups, repeatable = 0, 0, False
    for piece in PIECES.finditer(pattern):
        wrong = _piece(piece, repeatable=repeatable)
        if wrong:
            return wrong, 0
        if piece["group"] is not None:
            depth += 1
            groups += piece["how"] is None or piece["how"].startswith("P<")
        if piece["end"] is not None:
            depth -= 1
        if depth < 0:
            return "unexpected )", 0
        repeatable = piece["group"] is None and piece.group() not in {"|", "^"}
    return ("missing )" if depth else ""), groups


def _piece(piece: re.Match[str], *, repeatable: bool) -> str:
    """Return what is wrong with one piece of a pattern, or nothing."""
    if piece["escape"] == "":
        return "a backslash at its end"
    if piece["escape"] is not None and piece["escape"] in "123456789":
        return "back-references are not supported"
    if piece["set"] is not None and not piece["close"]:
        return "missing ]"
    if piece["how"] is not None and re.match(r"<?[=!]", piece["how"]):
        return "look-around is not supported"
    if piece["star"] is not None and not repeatable:
        return f"nothing to repeat before {piece['star']}"
    bounds = [int(n) for n in (piece["low"], piece["high"]) if n]
    if any(bound > MOST_REPEATS for bound in bounds):
        return f"more than {MOST_REPEATS:,} repetitions"
    return ""
