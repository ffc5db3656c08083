"""Every kind of problem, and whether it means that part of the input was not read.

The one place that decides it: the exit code, the verdict and the sections of the
text report all ask here. A test compares the table with the kinds that the
source can emit.

The question for each kind: can something that a rule looks for stand in what
was left out? Then the kind is a gap, and an input with a gap is never called
clean. A remark tells of something odd in what was read in full.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diag.model import Problem


class Weight(StrEnum):
    """What a problem means for the answer."""

    GAP = "gap"
    REMARK = "remark"


# Kind: weight and the reason for it.
KINDS: dict[str, tuple[Weight, str]] = {
    # The source as a whole.
    "no-known-log": (Weight.GAP, "nothing of it is a log of the agent"),
    "not-a-zip": (Weight.GAP, "named zip but none: what was meant may be missing"),
    "packed-file": (Weight.GAP, "packed in a way that is not unpacked"),
    "empty-file": (Weight.GAP, "there was nothing to read"),
    "empty-zip": (Weight.GAP, "there was nothing to read"),
    "no-files": (Weight.GAP, "there was nothing to read"),
    "truncated-zip": (Weight.GAP, "members behind the cut are missing"),
    "split-zip": (Weight.GAP, "members of the other parts are missing"),
    "bad-directory": (Weight.GAP, "members whose entries are lost may be missing"),
    "second-directory": (Weight.GAP, "members of the other directory are not read"),
    "too-many-members": (Weight.GAP, "those beyond the limit are not read"),
    "too-many-files": (Weight.GAP, "those beyond the limit are not read"),
    "not-collected": (Weight.GAP, "it was there, but is not in the bundle, or in part"),
    "source-damage": (Weight.GAP, "what the damage took is not in the copy"),
    "too-deep": (Weight.GAP, "what lies deeper is not read"),
    "same-content": (Weight.REMARK, "both are read"),
    "stray-bytes": (Weight.REMARK, "every member was found and read"),
    # A member that is not read, or not to its end.
    "denied": (Weight.GAP, "not read"),
    "vanished": (Weight.GAP, "not read"),
    "unreadable": (Weight.GAP, "not read, or not to its end"),
    "symlink": (Weight.GAP, "what it leads to is not read"),
    "special-file": (Weight.GAP, "not opened, though a log may be meant"),
    "too-big": (Weight.GAP, "not read"),
    "encrypted": (Weight.GAP, "not read"),
    "unknown-method": (Weight.GAP, "not read"),
    "missing-header": (Weight.GAP, "no member at the listed place"),
    "overlap": (Weight.GAP, "not read, or cut where the next member begins"),
    "torn": (Weight.GAP, "its end is missing"),
    "truncated-while-read": (Weight.GAP, "its end is missing"),
    "trailing-bytes": (Weight.GAP, "what stands behind the gzip data may be log"),
    "inflate-failed": (Weight.GAP, "what stood behind the damage is lost"),
    "size-mismatch": (Weight.GAP, "longer or shorter than announced"),
    "over-limit": (Weight.GAP, "what came after the limit is not read"),
    "bad-crc": (Weight.GAP, "the content is not what was packed"),
    # Inside a member.
    "long-line": (Weight.GAP, "the middle of the line is not searched"),
    "long-record": (Weight.GAP, "the middle of the record is not searched"),
    "not-understood": (Weight.GAP, "no line was understood, so no rule saw them"),
    "bad-json": (Weight.GAP, "what stands behind the fault is in no table"),
    "big-json": (Weight.GAP, "what is beyond the limit is in no table"),
    "empty-document": (Weight.GAP, "what it should say is in no table"),
    "odd-json": (Weight.REMARK, "every value is read"),
    "torn-events": (Weight.GAP, "events that could not be read are missing"),
    "no-reader": (Weight.GAP, "what reads such a file is not installed"),
    "odd-xml": (
        Weight.REMARK,
        "what is declared is not used; every event is read",
    ),
    "date-order": (
        Weight.REMARK,
        "every event is kept; day and month may be exchanged",
    ),
    "torn-line": (Weight.REMARK, "joined with its rest in the next part of the log"),
    "bad-utf8": (Weight.REMARK, "the bytes are kept as text"),
    "nul-bytes": (Weight.REMARK, "the bytes are kept as text"),
    "mixed-encoding": (Weight.REMARK, "each part is read in its own"),
    "guessed-encoding": (Weight.REMARK, "read in full; lines would look odd if wrong"),
    "bad-time": (Weight.REMARK, "the event is kept, without a time"),
    "undated-time": (Weight.REMARK, "the event is kept, without a time"),
    "ambiguous-time": (Weight.REMARK, "the event is kept, at one of two times"),
    "clock-back": (Weight.REMARK, "every event is kept, in the order of the lines"),
    # Names and headers; the content is checked by its CRC.
    "bad-header": (Weight.REMARK, "the data were found, and the CRC judges them"),
    "unlisted": (Weight.REMARK, "found by its own header and read"),
    "name-mismatch": (Weight.REMARK, "read under one of its names"),
    "duplicate-name": (Weight.REMARK, "both are read"),
    "bad-name": (Weight.REMARK, "read under a cleaned name"),
    "unsafe-name": (Weight.REMARK, "read under a cleaned name"),
    # Rules.
    "rule-stopped": (Weight.GAP, "what the rule would have found is unknown"),
    "log-missing": (Weight.REMARK, "told among the rules that were not judged"),
}

# Gaps of another sort: every byte was read, but no rule knows what it is.
UNKNOWN = frozenset({"no-known-log", "not-understood"})


def is_gap(problem: Problem) -> bool:
    """Return whether a problem means that part of the input was not read.

    Args:
        problem: Of any kind; an unknown one, as from a newer store, is a gap.
    """
    weight, _ = KINDS.get(problem.kind, (Weight.GAP, ""))
    return weight is Weight.GAP


def gaps(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that mean that part of the input was not read."""
    return tuple(problem for problem in problems if is_gap(problem))
