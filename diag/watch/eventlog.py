"""The Application log of Windows, by the system's own calls.

An event is of the source `arcdiag`, and of an id that the message file of the system's
`eventcreate` knows: its text is the event's one string, nothing else. So nothing of our
own has to be installed for Event Viewer to show it (docs/watch.md).
"""

from __future__ import annotations

import ctypes
import re
import sys
from typing import TYPE_CHECKING, Any

from diag.errors import UsageError
from diag.watch.ledger import What, line_of, proof_of

if TYPE_CHECKING:
    from diag.watch.ledger import Event

SOURCE = "arcdiag"
ERROR, WARNING, INFORMATION = 1, 2, 4
KINDS = {
    "critical": ERROR,
    "high": ERROR,
    "medium": WARNING,
    "low": INFORMATION,
}
# 1 to 1000 are the ids of that message file; these stand in docs/watch.md.
IDS = {
    What.OPEN: 100,
    What.RAISED: 101,
    What.WORSE: 102,
    What.EASED: 103,
    What.CLEARED: 104,
}
LONGEST = 31_839  # characters of a string, as ReportEventW says
# Event Viewer replaces these wherever they stand, and knows no escape (MS-EVEN,
# 3.2.4.1.5). A space behind the sign is the vendor's own advice (KB 934640).
INSERTED = re.compile(r"%(?=[0-9%{!])")
HINT = "on Linux there is --syslog"


class EventLogWay:
    """Tells the Application log."""

    def __init__(self, system: Any = None) -> None:  # noqa: ANN401 - a library of Windows
        """Open it.

        Args:
            system: Has the three calls of `advapi32`; that of the system if None.

        Raises:
            UsageError: There is no such log.
        """
        self._system = _advapi() if system is None else system
        try:
            self._log = self._opened()
        except OSError as error:
            raise UsageError(str(error), where="--eventlog") from error

    def _opened(self) -> int:
        log: int | None = self._system.RegisterEventSourceW(None, SOURCE)
        if not log:
            raise _failed()
        return log

    def put(self, event: Event) -> None:
        """Write one event.

        Raises:
            OSError: It could not be written.
        """
        if self._reported(event):
            return
        self.close()  # the log was started anew
        self._log = self._opened()
        if not self._reported(event):
            raise _failed()

    def _reported(self, event: Event) -> bool:
        text = (ctypes.c_wchar_p * 1)(text_of(event))
        kind, number = kind_of(event), IDS[event.what]
        return bool(
            self._system.ReportEventW(
                self._log, kind, 0, number, None, 1, 0, text, None
            )
        )

    def close(self) -> None:
        """Close it."""
        self._system.DeregisterEventSource(self._log)


def kind_of(event: Event) -> int:
    """Return the kind of an event in the log. What is over is for information."""
    ends = event.what in {What.CLEARED, What.OPEN}
    return INFORMATION if ends else KINDS[event.known.severity]


def text_of(event: Event) -> str:
    """Return an event and its proof as lines that such a log takes as they are."""
    lines = filter(None, (line_of(event), proof_of(event)))
    text = INSERTED.sub("% ", "\r\n".join(lines))
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _advapi() -> Any:  # noqa: ANN401 - a library of Windows
    if sys.platform != "win32":
        text = "this system has no event log of Windows"
        raise UsageError(text, where="--eventlog", hint=HINT)
    from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR, LPVOID, WORD

    made = ctypes.WinDLL("advapi32", use_last_error=True)
    made.RegisterEventSourceW.argtypes = [LPCWSTR, LPCWSTR]
    made.RegisterEventSourceW.restype = HANDLE
    made.ReportEventW.argtypes = [
        HANDLE, WORD, WORD, DWORD, LPVOID, WORD, DWORD, LPVOID, LPVOID,
    ]  # fmt: skip
    made.ReportEventW.restype = BOOL
    made.DeregisterEventSource.argtypes = [HANDLE]
    made.DeregisterEventSource.restype = BOOL
    return made


def _failed() -> OSError:
    if sys.platform != "win32":
        return OSError("the event log cannot be written")
    return ctypes.WinError(ctypes.get_last_error())
