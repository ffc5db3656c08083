"""All exit codes, and which one a diagnosis has."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.model import Diagnosis, Severity


class Exit(IntEnum):
    """What the number of a finished command says."""

    CLEAN = 0  # done; nothing found, everything read
    TOOL_ERROR = 1  # arcdiag itself, the disk or the store failed
    USAGE = 2  # the command line, a rule or a definition is wrong
    ALARM = 3  # findings at or above --fail-on (high)
    LOWER = 4  # findings, all lower
    PARTIAL = 5  # nothing found, but part of the input could not be read
    INTERRUPTED = 130  # Ctrl-C


def of_diagnosis(diagnosis: Diagnosis, fail_on: Severity) -> Exit:
    """Return the exit code of a check.

    Args:
        diagnosis: What was found.
        fail_on: The mildest severity that is an alarm.

    Returns:
        With findings their code, whatever could not be read; without any,
        `PARTIAL` when something could not be read, never `CLEAN`.
    """
    from diag.report.gather import alarms, all_problems
    from diag.report.kinds import gaps

    found = alarms(diagnosis)
    if any(one.severity.rank <= fail_on.rank for one in found):
        return Exit.ALARM
    if found:
        return Exit.LOWER
    return Exit.PARTIAL if gaps(all_problems(diagnosis)) else Exit.CLEAN
