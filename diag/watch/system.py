"""Telling the system's own log: syslog or the journal; see `eventlog` for Windows."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.watch.ledger import What, line_of, proof_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diag.watch.ledger import Event

# Severity: the level of syslog. What clears is for information.
LEVELS = {"critical": 2, "high": 3, "medium": 4, "low": 5, "info": 6}
INFO = 6
DAEMON = 3
LONGEST = 1_900  # bytes of a message: more is cut on its way
LOCAL = "/dev/log"
PORT = 514


def level_of(event: Event) -> int:
    """Return the level of syslog for an event, 2 (critical) to 6 (information)."""
    ends = event.what in {What.CLEARED, What.OPEN}
    return INFO if ends else LEVELS[event.known.severity]


def text_of(event: Event) -> str:
    """Return an event with its proof in one line, as long as such a log takes."""
    proof = proof_of(event)
    text = f"{line_of(event)} | {proof}" if proof else line_of(event)
    return text.encode()[:LONGEST].decode("utf-8", "ignore")


class SyslogWay:
    """The local syslog or journal, or a server by UDP (RFC 3164's form)."""

    def __init__(self, address: str = LOCAL) -> None:
        """Open it.

        Args:
            address: A socket such as `/dev/log`, or `host` or `host:port`.

        Raises:
            UsageError: There is none.
        """
        self._address = address
        host, _, port = address.partition(":")
        if port and not port.isdecimal():
            text = f"'{port}' is no port"
            raise UsageError(text, where="--syslog", hint="give host:514")
        self._server = (host, int(port or PORT))
        try:
            self._socket = self._opened()
        except OSError as error:
            raise UsageError(
                f"{address}: {error.strerror or error}",
                where="--syslog",
                hint="give the socket of the system's log, or host:port",
            ) from error

    def _opened(self) -> socket.socket:
        if self._address.startswith("/"):
            kind = getattr(socket, "AF_UNIX", None)
            if kind is None:
                raise OSError("this system has no such sockets")
            return _connected(kind, 0, self._address)
        kind, _, protocol, _, where = socket.getaddrinfo(
            *self._server, type=socket.SOCK_DGRAM
        )[0]
        return _connected(kind, protocol, where)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def put(self, event: Event) -> None:
        """Send one message.

        Raises:
            OSError: It could not be sent.
        """
        priority = DAEMON << 3 | level_of(event)
        data = f"<{priority}>arcdiag: {text_of(event)}".encode()
        try:
            self._socket.send(data)
        except OSError:  # the log was started anew, or is full for a moment
            self._socket.close()
            self._socket = self._opened()
            self._socket.send(data)


def _connected(
    kind: int, protocol: int, where: str | tuple[object, ...]
) -> socket.socket:
    made = socket.socket(kind, socket.SOCK_DGRAM, protocol)
    try:
        made.connect(where)
    except OSError:
        made.close()
        raise
    return made


class PrefixWay:
    """Lines for a journal that reads our output: each begins with its level."""

    def __init__(self, write: Callable[[Sequence[str]], None]) -> None:
        """Take what writes lines."""
        self._write = write

    def put(self, event: Event) -> None:
        """Write one line."""
        self._write([f"<{level_of(event)}>{text_of(event)}"])
